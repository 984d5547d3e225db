// What axe finds on pages, and what the browser itself complains of, as JSON.
// Standard input: [{"url": …, "cookies": "a=b; c=d"}, …].

import { readFileSync } from "node:fs";

import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH, args: ["--no-sandbox"] });
const seen = [];
for (const page of JSON.parse(readFileSync(0, "utf8"))) {
  for (const colorScheme of ["light", "dark"]) {
    seen.push({ url: page.url, colorScheme, ...(await look(page, colorScheme)) });
  }
}
await browser.close();
console.log(JSON.stringify(seen));

async function look({ url, cookies }, colorScheme) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, colorScheme });
  const jar = (cookies ?? "").split("; ").filter(Boolean).map((pair) => {
    const [name, ...value] = pair.split("=");
    return { name, value: value.join("="), url: new URL("/", url).href, secure: true };
  });
  await context.addCookies(jar);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const answer = await page.goto(url, { waitUntil: "networkidle" });
  // That a page is not there is written to the console by the browser, and is no fault of the page.
  const faults = complaints.filter((text) => !(answer.status() >= 400 && text.includes(`status of ${answer.status()}`)));
  // Without this mode axe puts a script into the page, which a strict policy refuses.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(RULES).analyze();
  await context.close();
  // People may begin what they write with whichever heading they like.
  const isOfPeople = (id, { target }) => id === "heading-order" && target.join(" ").includes(".prose ");
  const ours = violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.filter((node) => !isOfPeople(id, node)) }));
  return {
    status: answer.status(),
    violations: ours
      .filter(({ nodes }) => nodes.length > 0)
      .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target }) => target.join(" ")).slice(0, 3) })),
    complaints: faults,
  };
}
