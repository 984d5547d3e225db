// Where one is signed in, and what one takes along or leaves behind.

import { button, expect, isTold, link, menu, open, signIn, test } from "../fixtures/index.ts";

test("a session that is ended from another browser dies on its next click", async ({ member, people }) => {
  const elsewhere = await people.guest();
  await open(elsewhere.page, "/sign-in");
  await signIn(elsewhere.page, member.name, member.password);
  await isTold(elsewhere.page, "You are signed in.");

  const { page } = member;
  await open(page, "/account/sessions");
  const sessions = page.locator(".sessions > li");
  await expect(sessions).toHaveCount(2);
  await button(sessions.filter({ hasNotText: "This one" }), "End this session").click();
  await isTold(page, "That session has ended.");
  await expect(sessions).toHaveCount(1);

  await link(elsewhere.page.locator(".site-nav"), "Discussions").click();
  await expect(menu(elsewhere.page)).toHaveCount(0);
  await expect(menu(page)).toContainText(member.name);
});

test("everything that somebody wrote can be taken along", async ({ member }) => {
  const { page } = member;
  await member.api.discussion("What do I take along?");
  await open(page, "/account/data");
  await button(page, "Make an archive").click();
  await isTold(page, "Your archive is being made.");
  await expect(async () => {
    await page.reload();
    await expect(link(page, "Take the archive")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const [archive] = await Promise.all([page.waitForEvent("download"), link(page, "Take the archive").click()]);
  expect(archive.suggestedFilename()).toBe("my-data.zip");
});

test("who leaves for good can change their mind", async ({ member }) => {
  const { page } = member;
  await open(page, "/account/data");
  await page.getByLabel("Take my words away as well").check();
  await button(page, "Delete my account").click();
  await isTold(page, "Your account will be deleted in 14 days");
  await expect(menu(page)).toHaveCount(0);

  await open(page, "/sign-in");
  await signIn(page, member.name, member.password);
  await expect(page.getByRole("heading", { name: "Your account is about to be deleted" })).toBeVisible();
  await button(page, "Keep my account and sign in").click();
  await isTold(page, "You are signed in.");
  await expect(menu(page)).toContainText(member.name);
});
