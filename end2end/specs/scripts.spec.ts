// What scripts add. That nothing breaks without them is what all other files are about.

import {
  aName,
  awake,
  button,
  comment,
  expect,
  field,
  fill,
  heading,
  isAtFault,
  isFaultless,
  isTold,
  link,
  open,
  PASSWORD,
  saying,
  signIn,
  test,
} from "../fixtures/index.ts";

test("a reply is written where the comment stands", async ({ member }) => {
  const discussion = await member.api.discussion("In place");
  const first = await member.api.comment(discussion, "The first comment");
  await member.api.comment(discussion, "The second comment");
  const { page } = member;
  await open(page, `/d/${discussion}`);
  const area = field(page, "Your comment");
  await area.fill("Meant for nobody in particular");
  await link(saying(page, "The first comment"), "Reply").click();
  await expect(page).toHaveURL(`/d/${discussion}`);
  await expect(area).toBeFocused();
  await expect(area).toHaveValue("");
  await expect(page.locator(`#comment-${first} + #composer`)).toBeVisible();
  await expect(heading(page, "Write a reply")).toBeVisible();
  await expect(page.locator(".composer-context")).toContainText(`Replying to ${member.name}`);
  await area.fill("Meant for the first");
  await link(page, "Not a reply").click();
  await expect(heading(page, "Write a comment")).toBeVisible();
  await expect(area).toHaveValue("Meant for nobody in particular\n\nMeant for the first");

  await link(saying(page, "The first comment"), "Reply").click();
  await area.fill("An answer in place");
  await button(page, "Publish comment").click();
  await isTold(page, "Your comment is published.");
  await expect(page.locator("ol.thread ol.thread").getByText("An answer in place")).toBeVisible();
});

test("what is written survives a reload, and can be discarded", async ({ member }) => {
  const discussion = await member.api.discussion("Kept in the browser");
  const { page } = member;
  await open(page, `/d/${discussion}`);
  await field(page, "Your comment").fill("Half a thought");
  await page.reload();
  await awake(page);
  await expect(field(page, "Your comment")).toHaveValue("Half a thought");
  await expect(page.getByText("What you wrote here earlier is back.")).toBeVisible();
  await button(page, "Discard it").click();
  await expect(field(page, "Your comment")).toHaveValue("");
  await page.reload();
  await awake(page);
  await expect(field(page, "Your comment")).toHaveValue("");

  await field(page, "Your comment").fill("A whole thought");
  await comment(page, "A whole thought");
  await open(page, `/d/${discussion}`);
  await expect(field(page, "Your comment"), "what is published is kept no longer").toHaveValue("");

  await open(page, "/new");
  await field(page, "Opening text").fill("An opening to come back to");
  await page.reload();
  await awake(page);
  await expect(field(page, "Opening text")).toHaveValue("An opening to come back to");
});

test("what one person wrote is not shown to the next one in the same browser", async ({ member, people }) => {
  const other = await people.member();
  const discussion = await member.api.discussion("A shared browser");
  const { page } = member;
  await open(page, `/d/${discussion}`);
  await field(page, "Your comment").fill("Between me and my browser");
  await member.context.clearCookies();
  await open(page, `/sign-in?next=%2Fd%2F${discussion}`);
  await signIn(page, other.name, other.password);
  await isTold(page, "You are signed in.");
  await awake(page);
  await expect(field(page, "Your comment")).toHaveValue("");
});

test("a password can be looked at", async ({ guest }) => {
  const { page } = guest;
  await open(page, "/sign-in");
  const password = field(page, "Password");
  await password.fill("what did I type");
  await expect(password).toHaveAttribute("type", "password");
  await button(page, "Show: Password").click();
  await expect(password).toHaveAttribute("type", "text");
  await expect(button(page, "Show: Password")).toHaveAttribute("aria-pressed", "true");
  await expect(password).toHaveValue("what did I type");
  await button(page, "Show: Password").click();
  await expect(password).toHaveAttribute("type", "password");
});

test("a password tells how long it still has to grow", async ({ guest }) => {
  const { page } = guest;
  await open(page, "/register");
  await field(page, "Password").pressSequentially("twelve chars");
  await expect(page.getByText("3 more characters to go")).toBeVisible();
  await field(page, "Password").pressSequentially(" 15");
  await expect(page.getByText("Long enough.")).toBeVisible();
});

test("the length of a text is told only near its limit", async ({ member }) => {
  const { page } = member;
  await open(page, `/d/${await member.api.discussion("Counting")}`);
  const area = field(page, "Your comment");
  const count = page.locator(".composer .count");
  await area.fill("x".repeat(8_999));
  await expect(count).toHaveText("");
  await area.fill("x".repeat(9_990));
  await expect(count).toHaveText("10 characters left");
  await expect(count).toHaveAttribute("data-state", "near");
  await area.fill("x".repeat(10_001));
  await expect(count).toHaveText("1 character too many");
  await expect(count).toHaveAttribute("data-state", "over");
});

test("a field tells what is wrong when it is left, and not before", async ({ guest, member }) => {
  const { page } = guest;
  await open(page, "/register");
  const name = field(page, "User name");
  await name.focus();
  await page.keyboard.press("Tab");
  await isFaultless(name);
  await name.pressSequentially("a");
  await isFaultless(name);
  await page.keyboard.press("Tab");
  await isAtFault(name, "Please use at least 2 characters for the user name.");
  await name.fill("ada");
  await page.keyboard.press("Tab");
  await isFaultless(name);
  await field(page, "E-mail address").fill("ada@");
  await page.keyboard.press("Tab");
  await isAtFault(field(page, "E-mail address"), "such as ada@example.org");

  await open(member.page, "/new");
  await field(member.page, "Title").fill("ab");
  await member.page.keyboard.press("Tab");
  await isAtFault(field(member.page, "Title"), "Please use at least 3 characters for the title.");
});

test("Ctrl and Enter send what is written", async ({ member }) => {
  const { page } = member;
  await open(page, `/d/${await member.api.discussion("By shortcut")}`);
  await field(page, "Your comment").fill("Sent by shortcut");
  await page.keyboard.press("Control+Enter");
  await isTold(page, "Your comment is published.");
  await expect(saying(page, "Sent by shortcut")).toBeVisible();
});

test("offline nothing is lost, and it can be sent later", async ({ member }) => {
  const { page, context } = member;
  await open(page, `/d/${await member.api.discussion("In a tunnel")}`);
  await field(page, "Your comment").fill("Written in a tunnel");
  await context.setOffline(true);
  await button(page, "Publish comment").click();
  await isTold(page, "The server cannot be reached. What you typed is kept in this browser; please try again.");
  await expect(field(page, "Your comment")).toHaveValue("Written in a tunnel");
  await expect(button(page, "Publish comment")).not.toHaveAttribute("aria-busy", "true");
  await context.setOffline(false);
  await button(page, "Publish comment").click();
  await isTold(page, "Your comment is published.");
});

test("a button shows that it is working, and does not work twice", async ({ member }) => {
  const { page } = member;
  await open(page, `/d/${await member.api.discussion("At work")}`);
  let sent = 0;
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/api/comments/publish", async (route) => {
    sent += 1;
    await answered;
    await route.continue();
  });
  await field(page, "Your comment").fill("Sent once, however often pressed");
  const publish = button(page, "Publish comment");
  await publish.click();
  await expect(publish).toHaveAttribute("aria-busy", "true");
  await publish.click();
  await page.keyboard.press("Control+Enter");
  answer();
  await isTold(page, "Your comment is published.");
  expect(sent).toBe(1);
});

test("coming back after publishing finds an empty form, ready for more", async ({ member }) => {
  const { page } = member;
  const path = `/d/${await member.api.discussion("There and back")}`;
  await open(page, path);
  await field(page, "Your comment").fill("The first of two");
  await button(page, "Publish comment").click();
  await isTold(page, "Your comment is published.");
  await page.goBack();
  await awake(page);
  await expect(field(page, "Your comment")).toHaveValue("");
  await comment(page, "The second of two");
  await open(page, path);
  await expect(page.locator("article.comment")).toHaveCount(2);
});

test("the link of a comment is copied", async ({ member }) => {
  const { page, context } = member;
  await context.grantPermissions(["clipboard-write"]);
  const number = await member.api.comment(await member.api.discussion("To be passed on"), "Worth a link");
  await open(page, `/c/${number}`);
  const before = page.url();
  await link(saying(page, "Worth a link"), "Copy link").click();
  await expect(link(saying(page, "Worth a link"), "Copied")).toBeVisible();
  await expect(page.getByText("The link is copied.")).toBeAttached();
  expect(page.url()).toBe(before);
  // No script of a page may read the clipboard; the person can paste it.
  await field(page, "Your comment").focus();
  await page.keyboard.press("ControlOrMeta+V");
  await expect(field(page, "Your comment")).toHaveValue(`${member.api.address}/c/${number}`);
});

test("a page is usable before its scripts have come, and if they never come", async ({ member }) => {
  const { page } = member;
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(`/d/${await member.api.discussion("No scripts came")}`);
  await field(page, "Your comment").fill("Published by the form alone");
  await button(page, "Publish comment").click();
  await isTold(page, "Your comment is published.");
  // That the browser complained is what this test asked for.
  member.complaints.length = 0;
});

test("registering with scripts leads to the same place as without", async ({ guest }) => {
  const { page } = guest;
  const name = aName("scripted");
  await open(page, "/register");
  await fill(page, { "User name": name, "E-mail address": `${name}@example.org`, Password: PASSWORD });
  await button(page, "Register").click();
  await isTold(page, "Welcome. Your account is ready.");
  await expect(page).toHaveURL("/?notice=welcome");
});
