import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expect, inColours, open, test } from "../fixtures/index.ts";
import { prepareTour } from "../fixtures/tour.ts";

/** For people to look at; nothing compares them. */
const PICTURES = join(import.meta.dirname, "..", "screenshots");
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
/** A desk at 400 %, or the smallest of phones. */
const SMALLEST = { width: 320, height: 640 };

test("every page answers, says where one is, leads nowhere wrong, and fits its screen", async ({ found, scripts }) => {
  test.setTimeout(300_000);
  const { stops, people: eyes } = await prepareTour(await found());
  const followed = new Set<string>();
  await mkdir(PICTURES, { recursive: true });
  for (const { name, path, eyes: whose, status } of stops) {
    await test.step(`${whose}: ${name}`, async () => {
      const { page, api } = eyes[whose];
      const which = `${whose}: ${name}`;
      expect.soft(await api.status(path), which).toBe(status);
      await open(page, path);
      await expect.soft(page.getByRole("heading", { level: 1 }), which).toHaveCount(1);
      await expect.soft(page.getByRole("main"), which).toHaveCount(1);
      await expect.soft(page, which).toHaveTitle(/Locutory$/);
      const islands = await page.locator("leptos-island").count();
      const loader = page.locator("script[type=module][src^='/assets/loader-'][integrity^='sha384-']");
      expect.soft(await loader.count(), `${which} names the loader`).toBe(1);
      const waking = page.locator("script[type=importmap] + script[data-script][data-wasm][data-integrity^='sha384-']");
      expect.soft(await waking.count(), `${which} says what wakes islands just where it has one`).toBe(islands > 0 ? 1 : 0);
      expect.soft(await page.locator("script").count(), `${which} carries no other script`).toBe(islands > 0 ? 2 : 1);
      expect.soft(await deadAnchors(page), `${which} has links within the page that lead nowhere`).toEqual([]);
      for (const target of status === 200 ? await localLinks(page) : []) {
        if (!followed.has(`${whose} ${target}`)) {
          followed.add(`${whose} ${target}`);
          expect.soft(await api.status(target), `${target}, from ${which}`).toBeLessThan(400);
        }
      }
      for (const [width, viewport] of Object.entries({ smallest: SMALLEST, phone: PHONE, desk: DESK })) {
        await page.setViewportSize(viewport);
        expect.soft(await excess(page), `${which} is wider than the ${width} screen`).toBeLessThanOrEqual(0);
        for (const colorScheme of scripts && viewport !== SMALLEST ? (["light", "dark"] as const) : []) {
          await inColours(page, colorScheme);
          await page.screenshot({ path: join(PICTURES, `${whose}-${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
    });
  }
});

function deadAnchors(page: Page): Promise<string[]> {
  return page.locator("a[href^='#']").evaluateAll((links) =>
    links.map((link) => link.getAttribute("href") ?? "").filter((href) => href.length > 1 && !document.getElementById(href.slice(1))),
  );
}

async function localLinks(page: Page): Promise<string[]> {
  const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  return links.map((link) => link.split("#")[0] ?? "");
}

/** By how many pixels the page is wider than its screen. */
function excess(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
