import { aName, button, expect, fill, heading, isTold, link, open, PASSWORD, test } from "../fixtures/index.ts";
import { Provider, TITLE } from "../fixtures/provider.ts";

test("an account elsewhere opens one here, is linked, proves who acts, and is unlinked", async ({ found }) => {
  const provider = await Provider.start();
  const people = await found(provider.settings);
  provider.serve(people.world.address);

  const { page: newcomer } = await people.guest();
  await test.step("somebody new registers without a password", async () => {
    await open(newcomer, "/register");
    await button(newcomer, `Continue with ${TITLE}`).click();
    await provider.recognise(newcomer, "lovelace");
    await expect(heading(newcomer, "New here")).toBeVisible();
    await expect(newcomer.getByText(`${TITLE} knows you as lovelace`)).toBeVisible();
    await fill(newcomer, { "User name": "ada", "E-mail address": "ada@example.org" });
    await button(newcomer, "Make my account").click();
    await isTold(newcomer, "Welcome. Your account is ready.");
  });

  await test.step("and comes in again, in another browser", async () => {
    const { page } = await people.guest();
    await open(page, "/sign-in");
    await button(page, `Continue with ${TITLE}`).click();
    await provider.recognise(page, "lovelace");
    await isTold(page, "You are signed in.");
    await open(page, "/account");
    await expect(page.getByText("ada@example.org")).toBeVisible();
  });

  await test.step("the only way in cannot be unlinked", async () => {
    await open(newcomer, "/account/providers");
    await button(newcomer, "Unlink").click();
    await isTold(newcomer, "This is the only way into your account.");
  });

  await test.step("the provider asks again when it is to prove who acts, and a first password is chosen", async () => {
    await open(newcomer, "/prove?next=/account");
    await expect(newcomer.getByLabel("Password", { exact: true })).toHaveCount(0);
    await button(newcomer, `Confirm with ${TITLE}`).click();
    await provider.recognise(newcomer, "lovelace");
    await expect(heading(newcomer, "Choose a password")).toBeVisible();
    await fill(newcomer, { "New password": PASSWORD });
    await button(newcomer, "Choose password").click();
    await isTold(newcomer, "Your account has a password now.");
  });

  await test.step("then it can be unlinked, and opens nothing any more", async () => {
    await link(newcomer.getByRole("navigation", { name: "Your account" }), "Accounts elsewhere").click();
    await button(newcomer, "Unlink").click();
    await isTold(newcomer, "Unlinked.");
    await expect(newcomer.getByText("None yet.")).toBeVisible();
    const { page } = await people.guest();
    await open(page, "/sign-in");
    await button(page, `Continue with ${TITLE}`).click();
    await provider.recognise(page, "lovelace");
    await expect(heading(page, "New here")).toBeVisible();
  });

  await test.step("a member with a password links one, and comes in with it", async () => {
    const [{ page, api }, name] = [await people.guest(), aName("member")];
    await api.done("accounts/register", { username: name, email: `${name}@example.org`, password: PASSWORD });
    await open(page, "/account/providers");
    await button(page, `Link an account at ${TITLE}`).click();
    await provider.recognise(page, "hopper");
    await isTold(page, "Linked.");
    await expect(page.getByText("hopper")).toBeVisible();
    const { page: elsewhere } = await people.guest();
    await open(elsewhere, "/sign-in");
    await button(elsewhere, `Continue with ${TITLE}`).click();
    await provider.recognise(elsewhere, "hopper");
    await isTold(elsewhere, "You are signed in.");
    await expect(elsewhere.locator(".site-header")).toContainText(name);
  });

  await provider.stop();
});

test("a provider that is down is told, and other ways stay open", async ({ found }) => {
  const provider = await Provider.start();
  const people = await found(provider.settings);
  await provider.stop();
  const { page } = await people.guest();
  await open(page, "/sign-in");
  await button(page, `Continue with ${TITLE}`).click();
  await isTold(page, "The other site cannot be reached at the moment.");
  await expect(page.getByLabel("User name or e-mail address")).toBeVisible();
});
