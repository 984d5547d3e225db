import { count, LETTERS, linkTo } from "../fixtures/letters.ts";
import { button, expect, field, fill, heading, isTold, link, open, PASSWORD, register, signIn, signOut, test } from "../fixtures/index.ts";

const NEW_PASSWORD = "four patient otters counting";

test("an address is confirmed, a password reset, and a change taken back, by the letters themselves", async ({ found }) => {
  const people = await found({ ...LETTERS });
  const { world } = people;
  await world.chief();
  const { page } = await people.guest();

  await test.step("registering leads to a letter, and the letter in", async () => {
    await register(page, { name: "jonas", email: "jonsa@example.org", password: PASSWORD });
    await expect(heading(page, "Confirm your e-mail address")).toBeVisible();
    await expect(page.getByText("jonsa@example.org").first()).toBeVisible();
  });

  await test.step("a mistyped address is corrected", async () => {
    await field(page, "The right e-mail address").fill("jonas@example");
    await button(page, "Correct the address").click();
    await expect(page.getByText("Please enter an e-mail address such as ada@example.org.").first()).toBeVisible();
    await field(page, "The right e-mail address").fill("jonas@example.org");
    await button(page, "Correct the address").click();
    await isTold(page, "A letter is on its way.");
    await expect(page.getByText("jonas@example.org").first()).toBeVisible();
  });

  await test.step("it is not sent again at once", async () => {
    await button(page, "Send it again").click();
    await expect(page.getByText(/That was too often\. Please try again in \d+ seconds?\./).first()).toBeVisible();
    expect(await count(world, "jonas@example.org", "/verify/")).toBeLessThanOrEqual(1);
  });

  await test.step("the link's page has a button, and the address no token", async () => {
    await open(page, await linkTo(world, "jonas@example.org", "/verify/"));
    expect(new URL(page.url()).pathname).toBe("/verify");
    await button(page, "Confirm this address").click();
    await isTold(page, "You are signed in.");
  });

  await test.step("the address is changed by the letter to the new one", async () => {
    await open(page, "/account/email");
    await field(page, "New e-mail address").fill("jonas.new@example.org");
    await button(page, "Send the letter").click();
    await isTold(page, "A letter is on its way to the new address.");
    await open(page, await linkTo(world, "jonas.new@example.org", "/verify/"));
    await button(page, "Confirm this address").click();
    await isTold(page, "Your e-mail address is confirmed.");
    await open(page, "/account/email");
    await expect(page.getByText("jonas.new@example.org").first()).toBeVisible();
  });

  await test.step("and taken back by the letter to the old one, which ends the session", async () => {
    const other = await people.guest();
    await open(other.page, await linkTo(world, "jonas@example.org", "/email-undo/"));
    await button(other.page, "Give me my address back").click();
    await isTold(other.page, "The account has its old e-mail address again");
    await page.goto("/account/email");
    await expect(page.getByText("Please sign in first.").first()).toBeVisible();
  });

  await test.step("a forgotten password is replaced by a letter", async () => {
    await open(page, "/sign-in");
    await link(page, "Password forgotten?").click();
    await fill(page, { "User name or e-mail address": "jonas@example.org" });
    await button(page, "Send me a letter").click();
    await isTold(page, "If there is such an account, a letter is on its way.");
    await open(page, await linkTo(world, "jonas@example.org", "/password/"));
    await field(page, "New password").fill(NEW_PASSWORD);
    await button(page, "Set password").click();
    await isTold(page, "The password is changed.");
    await signIn(page, "jonas", NEW_PASSWORD);
    await isTold(page, "You are signed in.");
    await signOut(page);
  });
});
