import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, open, test } from "../fixtures/index.ts";
import { prepareTour } from "../fixtures/tour.ts";

const PICTURES = join(import.meta.dirname, "..", "screenshots");
const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } } as const;

test("every page answers, has one heading, and says where one is", async ({ found }) => {
  test.setTimeout(120_000);
  const people = await found();
  const { stops, people: eyes } = await prepareTour(people);
  for (const { name, path, eyes: whose, status } of stops) {
    const { page } = eyes[whose];
    const answer = await page.goto(path);
    expect.soft(answer?.status(), path).toBe(status);
    await expect.soft(page.getByRole("heading", { level: 1 }), `${whose}: ${name}`).toHaveCount(1);
    await expect.soft(page, `${whose}: ${name}`).toHaveTitle(/Locutory$/);
    await expect.soft(page.getByRole("main"), `${whose}: ${name}`).toHaveCount(1);
    const dead = await page.locator("a[href]").evaluateAll((links) =>
      links.map((link) => link.getAttribute("href") ?? "").filter((href) => href.startsWith("#") && href.length > 1 && !document.getElementById(href.slice(1))),
    );
    expect.soft(dead, `${whose}: ${name} has links within the page that lead nowhere`).toEqual([]);
  }
});

test("every link of every page leads to a page", async ({ found }) => {
  test.setTimeout(120_000);
  const people = await found();
  const { stops, people: eyes } = await prepareTour(people);
  const seen = new Set<string>();
  for (const { path, eyes: whose, status } of stops.filter(({ status }) => status === 200)) {
    const { page, api } = eyes[whose];
    expect((await page.goto(path))?.status()).toBe(status);
    const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    for (const target of links.map((link) => link.split("#")[0] ?? "")) {
      const key = `${whose} ${target}`;
      if (!seen.has(key)) {
        seen.add(key);
        expect.soft(await api.status(target), `${target}, from ${path} for the ${whose}`).toBeLessThan(400);
      }
    }
  }
});

for (const [width, viewport] of Object.entries(WIDTHS)) {
  test(`no page has to be scrolled sideways, and all have their picture taken: ${width}`, async ({ found, scripts }) => {
    test.setTimeout(240_000);
    const people = await found();
    const { stops, people: eyes } = await prepareTour(people);
    const folder = join(PICTURES, width);
    await mkdir(folder, { recursive: true });
    for (const { name, path, eyes: whose } of stops) {
      const { page } = eyes[whose];
      await page.setViewportSize(viewport);
      await open(page, path);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(excess, `${whose}: ${name} is wider than the screen`).toBeLessThanOrEqual(0);
      for (const colorScheme of scripts ? (["light", "dark"] as const) : []) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(folder, `${whose}-${name}-${colorScheme}.png`), fullPage: true, animations: "disabled" });
      }
    }
  });
}

test("no page has to be scrolled sideways on the smallest of screens", async ({ found }) => {
  test.setTimeout(120_000);
  const people = await found();
  const { stops, people: eyes } = await prepareTour(people);
  for (const { name, path, eyes: whose } of stops) {
    const { page } = eyes[whose];
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(path);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(excess, `${whose}: ${name} is wider than 320 pixels`).toBeLessThanOrEqual(0);
  }
});
