import { button, expect, field, heading, isTold, link, menu, open, saying, signIn, test } from "../fixtures/index.ts";

test("a guest reads without an account", async ({ guest, member }) => {
  const discussion = await member.api.discussion("Bread without salt", "Is there a way?");
  const number = await member.api.comment(discussion, "In Tuscany they do it *always*.");
  await member.api.comment(discussion, "Dante complained about it.", number);

  await open(guest.page, "/");
  await link(guest.page, "Bread without salt").first().click();
  await expect(heading(guest.page, "Bread without salt")).toBeVisible();
  await expect(guest.page.locator(".opening")).toContainText("Is there a way?");
  await expect(saying(guest.page, "In Tuscany").locator("em")).toHaveText("always");
  await expect(guest.page.getByText("1 reply")).toBeVisible();

  await link(saying(guest.page, "In Tuscany"), member.name).click();
  await expect(heading(guest.page, member.name)).toBeVisible();
  await expect(guest.page.getByText("Dante complained about it.")).toBeVisible();
});

test("a guest is offered to sign in where only members can write, and comes back", async ({ guest, member }) => {
  const discussion = await member.api.discussion("Where do guests land?");
  await open(guest.page, `/d/${discussion}`);
  await expect(field(guest.page, "Your comment")).toHaveCount(0);
  await link(guest.page.locator("#composer-closed"), "Sign in").click();
  await signIn(guest.page, member.name, member.password);
  await isTold(guest.page, "You are signed in.");
  await expect(heading(guest.page, "Where do guests land?")).toBeVisible();
  await expect(field(guest.page, "Your comment")).toBeVisible();
});

test("a guest who wants to start a discussion signs in first", async ({ guest, member }) => {
  await open(guest.page, "/");
  await link(guest.page, "Sign in to start one").click();
  await signIn(guest.page, member.email, member.password);
  await expect(heading(guest.page, "Start a discussion")).toBeVisible();
});

test("what is for members only asks a guest to sign in", async ({ guest, member }) => {
  const discussion = await member.api.discussion("For members only");
  const number = await member.api.comment(discussion, "A comment to reach for");
  for (const path of ["/new", "/account", "/prove", `/c/${number}/reply`, `/c/${number}/edit`, `/c/${number}/delete`]) {
    const answer = await guest.page.goto(path);
    expect(answer?.status(), path).toBe(401);
    await expect(heading(guest.page, "Please sign in"), path).toBeVisible();
    await expect(link(guest.page.locator("main"), "Sign in"), path).toHaveAttribute("href", `/sign-in?next=${encodeURIComponent(path)}`);
  }
});

test("what does not exist says so, and leads on", async ({ guest }) => {
  for (const path of ["/d/999999", "/d/seven", "/c/999999", "/u/nobody-of-that-name", "/nowhere", "/admin", "/admin/users/1", "/admin/nothing"]) {
    const answer = await guest.page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(heading(guest.page, "Nothing here"), path).toBeVisible();
    await link(guest.page.locator("main"), "All discussions").click();
    await expect(guest.page).toHaveURL("/");
  }
});

test("mangled addresses lead to the page all the same", async ({ guest, member }) => {
  const discussion = await member.api.discussion("An address that was cut short");
  await member.api.comment(discussion, "Still here");
  for (const query of ["?after=zz", "?from=%ff", "?after=&before=&from=", "?notice=nonsense", "?%zz"]) {
    const answer = await guest.page.goto(`/d/${discussion}${query}`);
    expect(answer?.status(), query).toBe(200);
    await expect(saying(guest.page, "Still here"), query).toBeVisible();
  }
});

test("the colours are chosen by a button and stay chosen", async ({ guest }) => {
  await open(guest.page, "/register");
  const colours = guest.page.getByRole("group", { name: "Colours" });
  await expect(button(colours, "System")).toHaveAttribute("aria-pressed", "true");
  await button(colours, "Dark").click();
  await expect(guest.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(guest.page).toHaveURL(/\/register/);
  const dark = await guest.page.locator("html").evaluate((html) => getComputedStyle(html).backgroundColor);
  await guest.page.goto("/");
  await expect(guest.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await button(colours, "Light").click();
  await expect(guest.page.locator("html")).toHaveAttribute("data-theme", "light");
  const light = await guest.page.locator("html").evaluate((html) => getComputedStyle(html).backgroundColor);
  expect(light).not.toBe(dark);
  await expect(menu(guest.page)).toHaveCount(0);
});
