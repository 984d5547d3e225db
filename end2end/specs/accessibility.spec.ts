import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { button, expect, field, inColours, open, saying, test } from "../fixtures/index.ts";
import { prepareTour } from "../fixtures/tour.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function faults(page: Page): Promise<string[]> {
  // Without its style a page is not the one that people see.
  await page.waitForLoadState("load");
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} — ${node.failureSummary}`));
}

/** Without scripts the colours are the same: there, one theme will do. */
const themes = (scripts: boolean) => (scripts ? (["light", "dark"] as const) : (["light"] as const));

/** Controls of less than 24 pixels, together with their labels (WCAG 2.2, 2.5.8). */
function tooSmall(page: Page): Promise<string[]> {
  return page.locator("button, summary, input:not([type=hidden]), select, .button").evaluateAll((controls) =>
    controls
      .map((control) => {
        const boxes = [control, ...((control as HTMLInputElement).labels ?? [])].map((element) => element.getBoundingClientRect());
        return { control, width: Math.max(...boxes.map(({ width }) => width)), height: Math.max(...boxes.map(({ height }) => height)) };
      })
      .filter(({ width, height }) => width > 0 && height > 0 && Math.min(width, height) < 24)
      .map(({ control, width, height }) => `${control.outerHTML.slice(0, 90)} is ${Math.round(width)} × ${Math.round(height)}`),
  );
}

test.describe("examined by axe", () => {
  test.use({ examined: true });

  test("no page has a barrier that axe can find, nor anything on a phone that is too small to press", async ({ found, scripts }) => {
    test.setTimeout(300_000);
    const { stops, people: eyes } = await prepareTour(await found());
    for (const { name, path, eyes: whose } of stops) {
      await test.step(`${whose}: ${name}`, async () => {
        const { page } = eyes[whose];
        await page.setViewportSize({ width: 1280, height: 900 });
        await open(page, path);
        // What is folded is looked at as well.
        await page.locator("details:not([open]):not(.menu) > summary").evaluateAll((all) => {
          for (const summary of all) (summary.parentElement as HTMLDetailsElement).open = true;
        });
        for (const colorScheme of themes(scripts)) {
          await inColours(page, colorScheme);
          expect.soft(await faults(page), `${whose}: ${name}, ${colorScheme}`).toEqual([]);
        }
        await page.setViewportSize({ width: 390, height: 844 });
        expect.soft(await tooSmall(page), `${whose}: ${name}, on a phone`).toEqual([]);
      });
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`no form that was refused and no open menu has a barrier either, in ${colorScheme} colours`, async ({ member, guest, moderator, scripts }) => {
      test.skip(!scripts && colorScheme === "dark", "the colours are the same with scripts");
      for (const person of [member, guest, moderator]) {
        await inColours(person.page, colorScheme);
      }
      await open(guest.page, "/register");
      await button(guest.page, "Register").click();
      await expect(field(guest.page, "User name")).toHaveAttribute("aria-invalid", "true");
      expect.soft(await faults(guest.page), "registering").toEqual([]);
      await open(guest.page, "/sign-in");
      await button(guest.page, "Sign in").click();
      await expect(field(guest.page, "Password")).toHaveAttribute("aria-invalid", "true");
      expect.soft(await faults(guest.page), "signing in").toEqual([]);

      const discussion = await member.api.discussion("Menus and mistakes");
      await member.api.comment(discussion, "With a menu");
      await open(member.page, `/d/${discussion}`);
      await field(member.page, "Your comment").fill("**A preview**");
      await button(member.page, "Preview").click();
      await expect(member.page.getByRole("region", { name: "Preview" })).toBeVisible();
      expect.soft(await faults(member.page), "a preview").toEqual([]);
      await open(moderator.page, `/d/${discussion}`);
      await saying(moderator.page, "With a menu").locator("summary").click();
      expect.soft(await faults(moderator.page), "an open menu of a comment").toEqual([]);
      await moderator.page.locator(".opening summary").click();
      expect.soft(await faults(moderator.page), "an open menu of a discussion").toEqual([]);
      await moderator.page.locator(".site-header summary").click();
      expect.soft(await faults(moderator.page), "one's own open menu").toEqual([]);
      await open(moderator.page, "/admin/comments");
      await moderator.page.getByRole("checkbox").first().check();
      await button(moderator.page, "Hide selected").click();
      await expect(moderator.page.locator(".error-summary")).toBeVisible();
      expect.soft(await faults(moderator.page), "moderation without a reason").toEqual([]);
    });
  }
});

test("the keyboard skips to the content, and its place is always seen", async ({ guest, member }) => {
  await member.api.discussion("Reached by keyboard");
  const { page } = guest;
  await open(page, "/");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.locator("#main a").first()).toBeFocused();
  const outline = await page.locator("#main a").first().evaluate((link) => {
    const style = getComputedStyle(link);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  expect(outline, "the focus is seen").toBe(true);
});

test("the focus goes through a form from top to bottom", async ({ guest, scripts }) => {
  const { page } = guest;
  await open(page, "/sign-in");
  await field(page, "User name or e-mail address").focus();
  await page.keyboard.press("Tab");
  await expect(field(page, "Password")).toBeFocused();
  if (scripts) {
    await page.keyboard.press("Tab");
    await expect(button(page, "Show: Password")).toBeFocused();
  }
  await page.keyboard.press("Tab");
  await expect(field(page, "Keep me signed in")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(button(page, "Sign in")).toBeFocused();
});

test("a form that was refused leads to what is wrong", async ({ guest, moderator, member, scripts }) => {
  const { page } = guest;
  await open(page, "/register");
  await field(page, "Password").fill("short");
  await page.keyboard.press("Enter");
  await expect(field(page, "User name")).toHaveAttribute("aria-invalid", "true");
  if (scripts) {
    await expect(field(page, "User name")).toBeFocused();
  } else {
    const summary = page.locator(".error-summary");
    await expect(summary).toBeFocused();
    await expect(summary).toContainText("Three things need your attention");
    await summary.getByRole("link", { name: "Please enter an e-mail address." }).click();
    await expect(field(page, "E-mail address")).toBeFocused();
  }

  await member.api.comment(await member.api.discussion("To be moderated by keyboard"), "A comment");
  await open(moderator.page, "/admin/comments");
  await moderator.page.getByRole("checkbox").first().check();
  await button(moderator.page, "Hide selected").click();
  await expect(moderator.page.locator(".error-summary")).toBeFocused();
});

test("menus open and act by keyboard alone", async ({ member }) => {
  const { page } = member;
  await open(page, "/");
  await page.locator(".site-header summary").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Your account" })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Your account" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/account");
});

test("a discussion is written, answered and left by keyboard alone", async ({ member }) => {
  const { page } = member;
  await open(page, `/d/${await member.api.discussion("By keyboard alone")}`);
  await field(page, "Your comment").focus();
  await page.keyboard.type("Typed without a mouse");
  await page.keyboard.press("Tab");
  if ((await button(page, "Publish comment").evaluate((element) => element === document.activeElement)) === false) {
    await page.keyboard.press("Tab");
  }
  await expect(button(page, "Publish comment")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(saying(page, "Typed without a mouse")).toBeVisible();
});
