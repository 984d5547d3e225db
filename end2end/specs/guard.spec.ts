import { button, expect, field, fill, isTold, open, PASSWORD, test } from "../fixtures/index.ts";

/** A site on which a single registration is pressure already. */
const PRESSED = { LOCUTORY_LIMITS__REGISTRATIONS_BEFORE_CHALLENGE: "1", LOCUTORY_LIMITS__CHALLENGE_BITS: "12" };

test("what a password would withstand is told while it is typed, where scripts run", async ({ guest, scripts }) => {
  const { page } = guest;
  await open(page, "/register");
  const meter = page.getByRole("meter", { name: "Strength of the password" });
  await expect(meter).toBeHidden();
  await field(page, "User name").fill("wilhelmina");
  await field(page, "Password").fill("wilhelmina1987");
  if (!scripts) {
    await expect(meter).toBeHidden();
    return;
  }
  await expect(page.getByText("Too easy to guess")).toBeVisible();
  await expect(page.getByText("It contains a year or a date.")).toBeVisible();
  await expect(meter).toHaveJSProperty("value", 0);
  await field(page, "Password").fill("nine copper lanterns drift past");
  await expect(page.getByText("Very good")).toBeVisible();
  await expect(meter).toHaveJSProperty("value", 4);
  await field(page, "Password").fill("");
  await expect(meter).toBeHidden();
});

test("under pressure the browser works for a moment, or goes through the slower lane", async ({ found, scripts }) => {
  const people = await found({ ...PRESSED, LOCUTORY_LIMITS__SLOW_LANE_PER_MINUTE: "1" });
  const newcomers = ["ada", "grace", "edith"];
  for (const [place, name] of newcomers.entries()) {
    const { page } = await people.guest();
    await open(page, "/register");
    await fill(page, { "User name": name, "E-mail address": `${name}@example.org`, Password: PASSWORD });
    await button(page, "Register").click();
    if (place === 0 || scripts) {
      await isTold(page, "Welcome. Your account is ready.");
    } else {
      await expect(page.getByText("only a few a minute are let through without a script")).toBeVisible();
      await expect(field(page, "User name")).toHaveValue(name);
    }
  }
});

test("a field that people do not see is out of the way of everybody", async ({ guest }) => {
  const { page } = guest;
  await open(page, "/register");
  const trap = page.locator("#website");
  await expect(trap).not.toBeInViewport();
  await expect(page.getByRole("textbox", { name: "Leave this empty" })).toHaveCount(0);
  await field(page, "User name").focus();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press("Tab");
    await expect(trap).not.toBeFocused();
  }
});
