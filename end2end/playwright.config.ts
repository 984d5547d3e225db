import { defineConfig } from "@playwright/test";

/** The browser to use; Playwright's own where none is named. */
const executablePath = process.env.LOCUTORY_CHROMIUM || undefined;

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  // A fault that shows now and then is a fault.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "with-scripts", use: { javaScriptEnabled: true } },
    { name: "without-scripts", use: { javaScriptEnabled: false }, testIgnore: /scripts\.spec\.ts/ },
  ],
});
