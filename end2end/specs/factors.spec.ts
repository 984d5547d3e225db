import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { Authenticator } from "../fixtures/authenticator.ts";
import {
  aName,
  awake,
  button,
  codeOf,
  expect,
  field,
  heading,
  isAtFault,
  isTold,
  link,
  nextCode,
  open,
  PASSWORD,
  register,
  setUpApp,
  signIn,
  signOut,
  test,
  unfold,
  USUAL_SETTINGS,
} from "../fixtures/index.ts";

async function givePassword(page: Page, name: string): Promise<void> {
  await open(page, "/sign-in");
  await signIn(page, name, PASSWORD);
  await expect(heading(page, "One more proof")).toBeVisible();
  await awake(page);
}

test("an app is set up by its code, and asked for from then on", async ({ member }) => {
  test.setTimeout(120_000);
  const { page } = member;
  let key = "";
  let recovery = "";
  await test.step("set up", async () => {
    await open(page, "/account");
    await link(page, "Security").click();
    await button(page, "Set up an app").click();
    await expect(page.getByRole("img", { name: "The key as a QR code" })).toBeVisible();
    key = (await page.locator(".key").textContent()) ?? "";
    await button(page, "Set up the app").click();
    await isAtFault(field(page, "Code from the app"), "Please enter a code.");
    await field(page, "Code from the app").fill("000000");
    await button(page, "Set up the app").click();
    await isAtFault(field(page, "Code from the app"), "This code did not match.");
    await field(page, "Code from the app").fill(codeOf(key));
    await button(page, "Set up the app").click();
    await expect(page.locator(".codes li")).toHaveCount(10);
    recovery = (await page.locator(".codes code").first().textContent()) ?? "";
    const [file] = await Promise.all([page.waitForEvent("download"), link(page, "Keep them as a file").click()]);
    expect(file.suggestedFilename()).toBe("recovery-codes.txt");
    expect(await readFile(await file.path(), "utf8")).toContain(recovery);
    await link(page, "I have stored the codes").click();
    await expect(page.getByText("You have 10 codes left.")).toBeVisible();
    expect(await page.content()).not.toContain(recovery);
  });

  const code = await test.step("signing in asks for its next code", async () => {
    await signOut(page);
    await givePassword(page, member.name);
    const next = await nextCode(key);
    await field(page, "Code from your authenticator app").fill(next);
    await button(page, "Go on").click();
    await isTold(page, "You are signed in.");
    return next;
  });

  await test.step("a code does not work twice, but a recovery code does once", async () => {
    await signOut(page);
    await givePassword(page, member.name);
    await field(page, "Code from your authenticator app").fill(code);
    await button(page, "Go on").click();
    await isAtFault(field(page, "Code from your authenticator app"), "Each works once");
    await awake(page);
    await unfold(page, "Use a recovery code");
    await field(page, "Recovery code").fill(recovery);
    await button(page, "Use this code").click();
    await isTold(page, "You are signed in.");
    await open(page, "/account/security");
    await expect(page.getByText("You have 9 codes left.")).toBeVisible();
  });

  await test.step("new recovery codes replace the old ones, and the app can be removed", async () => {
    await button(page, "Make new recovery codes").click();
    await expect(page.locator(".codes li")).toHaveCount(10);
    await expect(page.getByText("You have 10 codes left.")).toBeVisible();
    await button(page, "Remove the app").click();
    await isTold(page, "The authenticator app is removed.");
    await expect(button(page, "Set up an app")).toBeVisible();
  });
});

test("who waits too long or wants to be somebody else begins again", async ({ member }) => {
  const { page } = member;
  await setUpApp(member.api);
  await open(page, "/");
  await signOut(page);
  await givePassword(page, member.name);
  expect((await page.goto("/account"))?.status(), "half a sign-in opens nothing").toBe(401);
  await open(page, "/sign-in/continue");
  await button(page, "Sign in as somebody else").click();
  await expect(heading(page, "Sign in")).toBeVisible();
  await page.goto("/sign-in/continue");
  await expect(page).toHaveURL("/sign-in");
});

test("staff is held at the page that sets a second factor up", async ({ found }) => {
  const people = await found();
  const moderator = await people.moderator();
  const chief = await people.world.chief();
  await chief.done("site/save_settings", { ...USUAL_SETTINGS, staff_factor: "required" });
  const { page } = moderator;
  expect((await page.goto("/admin/comments"))?.status()).toBe(403);
  await link(page, "Set up a second factor").click();
  await isTold(page, "This site asks its moderators and admins for a second factor");
  await button(page, "Set up an app").click();
  const key = (await page.locator(".key").textContent()) ?? "";
  await field(page, "Code from the app").fill(codeOf(key));
  await button(page, "Set up the app").click();
  await expect(page.locator(".codes li")).toHaveCount(10);
  expect((await page.goto("/admin/comments"))?.status()).toBe(200);
});

test.describe("passkeys", () => {
  async function addPasskey(page: Page, authenticator: Authenticator, name: string): Promise<void> {
    await open(page, "/account/security");
    await field(page, "Name of the new passkey").fill(name);
    await authenticator.touched(async () => {
      await button(page, "Add a passkey").click();
      await isTold(page, "The passkey is added.");
    });
  }

  test("without scripts the pages say so and offer the other ways", async ({ member, scripts }) => {
    test.skip(scripts, "with scripts there is nothing to say");
    const { page } = member;
    await open(page, "/account/security");
    await expect(page.getByText("To add a passkey, please let this page run its scripts.")).toBeVisible();
    await expect(button(page, "Add a passkey")).toBeHidden();
    await expect(button(page, "Set up an app")).toBeVisible();
    await signOut(page);
    await open(page, "/sign-in");
    await expect(page.getByText("Passkeys need scripts, which do not run here.")).toBeVisible();
    await signIn(page, member.name, member.password);
    await isTold(page, "You are signed in.");
  });

  test("are added, renamed, and sign in by themselves", async ({ member, scripts }) => {
    test.skip(!scripts, "a passkey needs scripts");
    const { page } = member;
    const authenticator = await Authenticator.in(page);
    await open(page, "/account/security");
    await button(page, "Add a passkey").click();
    await isAtFault(field(page, "Name of the new passkey"), "Please enter a name.");
    await addPasskey(page, authenticator, "Laptop");
    const row = page.locator(".passkeys li");
    await expect(row).toContainText("Laptop");
    await expect(row).toContainText("On one device only");
    await expect(row).toContainText("never used yet");
    await awake(page);
    await unfold(row, "Rename");
    await field(row, "Name").fill("My laptop");
    await button(row, "Rename").click();
    await isTold(page, "The passkey has its new name.");

    await test.step("by the button", async () => {
      await signOut(page);
      // The device that answers here would also fill in, and be faster than a hand.
      await page.addInitScript(() => {
        if (location.search === "?by=button") {
          PublicKeyCredential.isConditionalMediationAvailable = async () => false;
        }
      });
      await open(page, "/sign-in?by=button");
      await authenticator.touched(async () => {
        await button(page, "Sign in with a passkey").click();
        await isTold(page, "You are signed in.");
      });
    });

    await test.step("by what the browser fills in", async () => {
      await signOut(page);
      await authenticator.touched(async () => {
        await page.goto("/sign-in");
        await isTold(page, "You are signed in.");
      });
    });

    await open(page, "/account/security");
    await expect(row).toContainText("My laptop");
    await expect(row).toContainText("last used");
  });

  test("stand in for the second factor and for the password, until they are removed", async ({ member, scripts }) => {
    test.skip(!scripts, "a passkey needs scripts");
    const { page } = member;
    const authenticator = await Authenticator.in(page);
    await addPasskey(page, authenticator, "Laptop");
    await signOut(page);
    await givePassword(page, member.name);
    await authenticator.touched(async () => {
      await button(page, "Use a passkey").click();
      await isTold(page, "You are signed in.");
    });
    await open(page, "/prove?next=%2Faccount%2Fsecurity");
    await authenticator.touched(async () => {
      await button(page, "Confirm with a passkey").click();
      await expect(page).toHaveURL("/account/security");
    });
    await button(page, "Remove Laptop").click();
    await isTold(page, "The passkey is removed.");
    await expect(page.locator(".passkeys")).toHaveCount(0);
    await signOut(page);
    await open(page, "/sign-in");
    await signIn(page, member.name, member.password);
    await isTold(page, "You are signed in.");
  });

  test("of somebody else are refused", async ({ member, scripts }) => {
    test.skip(!scripts, "a passkey needs scripts");
    const { page } = member;
    const authenticator = await Authenticator.in(page);
    await addPasskey(page, authenticator, "Hers");
    const [hers] = await authenticator.credentials();
    await signOut(page);
    const other = aName("other");
    await register(page, { name: other, email: `${other}@example.org`, password: PASSWORD });
    await isTold(page, "Welcome. Your account is ready.");
    await addPasskey(page, authenticator, "His");
    expect(await authenticator.credentials()).toHaveLength(2);
    await signOut(page);
    await givePassword(page, other);
    // What a page of his own would ask of the authenticator.
    await page.route("**/api/accounts/ask_for_passkey", async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { token: string; options: string };
      const options = { ...JSON.parse(body.options), allowCredentials: [{ type: "public-key", id: hers }] };
      await route.fulfill({ response, json: { ...body, options: JSON.stringify(options) } });
    });
    await authenticator.touched(async () => {
      await button(page, "Use a passkey").click();
      await isTold(page, "This passkey was not accepted. Please try again, or use another way.");
    });
    expect((await page.goto("/account"))?.status(), "nobody is signed in").toBe(401);
  });

  test("that are not given leave everything as it was", async ({ member, scripts }) => {
    test.skip(!scripts, "a passkey needs scripts");
    const { page } = member;
    await open(page, "/account/security");
    await page.evaluate(() => {
      navigator.credentials.create = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await field(page, "Name of the new passkey").fill("Never made");
    await button(page, "Add a passkey").click();
    await isTold(page, "No passkey was given. Please try again, or use another way.");
    await expect(button(page, "Add a passkey")).not.toHaveAttribute("aria-busy", "true");
    await open(page, "/account/security");
    await expect(page.locator(".passkeys")).toHaveCount(0);
  });
});
