import {
  aName,
  button,
  codeOf,
  comment,
  expect,
  field,
  fill,
  heading,
  isTold,
  link,
  numberOf,
  open,
  PASSWORD,
  register,
  reply,
  row,
  saying,
  startDiscussion,
  test,
} from "../fixtures/index.ts";

test("a new site is set up, lived in and moderated", async ({ found }) => {
  const people = await found();
  const [{ page: admin }, { page: member }, { page: passer }] = [await people.guest(), await people.guest(), await people.guest()];

  await test.step("the set-up link makes the first admin", async () => {
    await open(admin, people.world.setUpPath);
    await fill(admin, { "User name": "mira", "E-mail address": "mira@example.org", Password: PASSWORD });
    await button(admin, "Create the admin account").click();
    await isTold(admin, "Welcome. Your account is ready.");
  });

  await test.step("who sets up an authenticator app before anything else", async () => {
    await isTold(admin, "This site asks its moderators and admins for a second factor");
    expect((await admin.goto("/admin"))?.status()).toBe(403);
    await link(admin, "Set up a second factor").click();
    await button(admin, "Set up an app").click();
    const key = (await admin.locator(".key").textContent()) ?? "";
    await field(admin, "Code from the app").fill(codeOf(key));
    await button(admin, "Set up the app").click();
    await expect(admin.locator(".codes li")).toHaveCount(10);
    await link(admin, "I have stored the codes").click();
    await link(admin.locator(".site-header"), "Dashboard").click();
    await expect(heading(admin, "Overview")).toBeVisible();
  });

  await test.step("it makes no second one", async () => {
    const answer = await passer.goto(people.world.setUpPath);
    expect(answer?.status()).toBe(409);
    await expect(passer.getByText("This site already has its first admin. Please sign in.")).toBeVisible();
  });

  await test.step("somebody else registers", async () => {
    await register(member, { name: "jonas", email: "jonas@example.org", password: PASSWORD });
    await isTold(member, "Welcome. Your account is ready.");
    await expect(member.getByText("No discussions yet")).toBeVisible();
  });

  await test.step("starts a discussion, comments, and is answered", async () => {
    await startDiscussion(member, "Why does sourdough need so long?", "Mine takes **eighteen** hours.");
    await expect(member.locator(".opening strong")).toHaveText("eighteen");
    await comment(member, "Is my kitchen too cold?");
    await admin.goto(new URL(member.url()).pathname);
    await reply(admin, "Is my kitchen too cold?", "Put it beside the oven.");
    await member.reload();
    await reply(member, "Put it beside the oven.", "That helped, thank you.");
    await expect(member.locator("#comments-title")).toHaveText("3 comments");
  });

  const discussion = new URL(member.url()).pathname;
  const number = await numberOf(saying(member, "Is my kitchen too cold?"));
  const reason = aName("Off the subject");

  await test.step("the admin hides the comment in the dashboard and says why", async () => {
    await link(admin.locator(".site-header"), "Dashboard").click();
    await link(admin.locator(".side-nav"), "Comments").click();
    await admin.getByLabel(`Select the comment ${number} of jonas`).check();
    await field(admin, "Reason").fill(reason);
    await button(admin, "Hide selected").click();
    await isTold(admin, "Hidden. Only moderators and admins see it now.");
    await expect(row(admin, "Is my kitchen too cold?")).toContainText(`Reason: ${reason}`);
  });

  await test.step("its author and everybody else see an empty place, and the replies", async () => {
    for (const page of [member, passer]) {
      await open(page, discussion);
      await expect(page.locator(`#comment-${number}`)).toHaveText("A moderator has taken this comment out of sight.");
      await expect(page.getByText("Is my kitchen too cold?")).toHaveCount(0);
      await expect(saying(page, "That helped, thank you.")).toBeVisible();
    }
  });

  await test.step("the admin restores it", async () => {
    await link(admin.getByRole("navigation", { name: "Comments by state" }), /^Hidden/).click();
    await admin.getByLabel(`Select the comment ${number} of jonas`).check();
    await field(admin, "Reason").fill("Looked at again");
    await button(admin, "Restore selected").click();
    await isTold(admin, "Restored. Everybody can see it again.");
    await open(passer, discussion);
    await expect(passer.locator(`#comment-${number}`)).toContainText("Is my kitchen too cold?");
  });

  await test.step("the audit log tells it all", async () => {
    await open(admin, "/admin/audit");
    const log = admin.locator(".audit-row");
    await expect(log.filter({ hasText: `mira hid the comment ${number} of jonas` })).toContainText(`“${reason}”`);
    await expect(log.filter({ hasText: `mira restored the comment ${number} of jonas` })).toContainText("“Looked at again”");
    await expect(log.filter({ hasText: "jonas registered" })).toHaveCount(1);
    await expect(log.filter({ hasText: "mira set the site up" })).toHaveCount(1);
  });
});
