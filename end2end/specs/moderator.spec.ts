import {
  aName,
  awake,
  button,
  expect,
  field,
  heading,
  isAtFault,
  isTold,
  link,
  numberOf,
  open,
  row,
  saying,
  test,
  unfold,
} from "../fixtures/index.ts";

test("a moderator finds the rooms of moderation, and no others", async ({ moderator }) => {
  const { page } = moderator;
  await open(page, "/");
  await link(page.locator(".site-header"), "Dashboard").click();
  await expect(heading(page, "Comments")).toBeVisible();
  await expect(page.locator(".side-nav a")).toHaveText(["Comments", "Discussions", "Joining"]);
  for (const path of ["/admin/users", "/admin/users/1", "/admin/settings", "/admin/audit"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
  }
});

test("a comment is hidden where it stands, with a reason, and restored", async ({ moderator, member, guest }) => {
  const discussion = await member.api.discussion("Where it stands");
  const number = await member.api.comment(discussion, "Something rude");
  await member.api.comment(discussion, "An answer to it", number);
  const { page } = moderator;

  await open(page, `/d/${discussion}`);
  await unfold(page.locator(`#comment-${number}`), "Moderate");
  await button(page.locator(`#comment-${number}`), "Hide, can be restored").click();
  const rude = page.locator(`#comment-${number}`);
  await isAtFault(field(rude, "Reason"), "Please give a reason.");
  await field(rude, "Reason").fill("Rude");
  await button(rude, "Hide, can be restored").click();
  await isTold(page, "Hidden. Only moderators and admins see it now.");
  await expect(rude).toContainText("Hidden: Rude");
  await expect(rude).toContainText("Something rude");
  await open(guest.page, `/d/${discussion}`);
  await expect(guest.page.locator(`#comment-${number}`)).toHaveText("A moderator has taken this comment out of sight.");

  await unfold(rude, "Moderate");
  await field(rude, "Reason").fill("It was a quotation");
  await button(rude, "Restore").click();
  await isTold(page, "Restored. Everybody can see it again.");
  await open(guest.page, `/d/${discussion}`);
  await expect(saying(guest.page, "Something rude")).toBeVisible();
});

test("a hidden comment without answers leaves nothing to see, nor a way to it", async ({ moderator, member, guest }) => {
  const discussion = await member.api.discussion("Nothing to see");
  const number = await member.api.comment(discussion, "Only for a moment");
  await moderator.api.done("comments/moderate", { deed: "hide", reason: "Spam", "comments[0]": number });
  for (const { page } of [guest, member]) {
    await open(page, `/d/${discussion}`);
    await expect(page.getByText("Only for a moment")).toHaveCount(0);
    expect((await page.goto(`/c/${number}`))?.status()).toBe(404);
  }
  expect((await moderator.page.goto(`/c/${number}`))?.status()).toBe(200);
  await expect(saying(moderator.page, "Only for a moment")).toBeVisible();
});

test("a comment deleted for good is gone for moderators too", async ({ moderator, member }) => {
  const discussion = await member.api.discussion("For good");
  const number = await member.api.comment(discussion, "An address that must not stand here");
  const { page } = moderator;
  await open(page, `/d/${discussion}`);
  const comment = page.locator(`#comment-${number}`);
  await unfold(comment, "Moderate");
  await field(comment, "Reason").fill("Personal data");
  await button(comment, "Delete for good").click();
  await isTold(page, "Deleted for good.");
  await expect(page.getByText("An address that must not stand here")).toHaveCount(0);
  await open(page, `/admin/comments?state=deleted&author=${member.name}`);
  await expect(row(page, member.name)).toContainText("The text is gone.");
  await expect(row(page, member.name)).toContainText("Reason: Personal data");
});

test("comments are found by text, author and state", async ({ moderator, member, people }) => {
  const other = await people.member();
  const [word, otherWord] = [aName("wheat"), aName("barley")];
  const discussion = await member.api.discussion("Searching for grain");
  await member.api.comment(discussion, `All about ${word}`);
  await member.api.comment(discussion, `All about ${otherWord}`);
  const hidden = await other.api.comment(discussion, `No more ${word}`);
  await moderator.api.done("comments/moderate", { deed: "hide", reason: "Enough", "comments[0]": hidden });

  const { page } = moderator;
  await open(page, "/admin/comments");
  await field(page, "Text").fill(word);
  await button(page, "Apply").click();
  await expect(page.locator("tbody tr")).toHaveCount(2);
  await field(page, "Written by").fill(other.name);
  await button(page, "Apply").click();
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await expect(row(page, `No more ${word}`)).toContainText("Hidden");
  await link(page.getByRole("navigation", { name: "Comments by state" }), /^Visible/).click();
  await expect(page.locator("tbody tr")).toHaveCount(0);
  await expect(page.locator(".empty")).toBeVisible();
  await link(page.getByRole("navigation", { name: "Comments by state" }), /^Hidden/).click();
  await expect(row(page, `No more ${word}`)).toBeVisible();
  await field(page, "Written by").fill("nobody-of-that-name");
  await button(page, "Apply").click();
  await expect(page.locator(".empty")).toBeVisible();
  await link(page, "Clear").click();
  await expect(field(page, "Text")).toHaveValue("");
});

test("many comments are hidden, restored and deleted at once, and never without a reason", async ({ moderator, member }) => {
  const discussion = await member.api.discussion("In bulk");
  for (const place of [1, 2, 3]) {
    await member.api.comment(discussion, `Advertisement number ${place}`);
  }
  const { page } = moderator;
  const list = `/admin/comments?author=${member.name}`;
  const tick = async (...places: number[]) => {
    for (const place of places) {
      await row(page, `Advertisement number ${place}`).getByRole("checkbox").check();
    }
  };

  await open(page, list);
  await expect(button(page, "Hide selected"), "nothing is ticked").toBeHidden();
  const answer = await moderator.api.call("comments/moderate", { deed: "hide", reason: "Nothing is ticked" });
  expect(answer.status).toBe(422);
  await tick(1, 2);
  await button(page, "Hide selected").click();
  await expect(page.locator(".error-summary")).toContainText("Please give a reason.");
  await expect(row(page, "Advertisement number 1").getByRole("checkbox")).toBeChecked();
  await expect(row(page, "Advertisement number 3").getByRole("checkbox")).not.toBeChecked();
  await field(page, "Reason").fill("Advertising");
  await button(page, "Hide selected").click();
  await isTold(page, "Hidden. Only moderators and admins see it now.");
  await expect(page).toHaveURL(new RegExp(`author=${member.name}`));
  await expect(row(page, "Advertisement number 1")).toContainText("Hidden");
  await expect(row(page, "Advertisement number 3")).toContainText("Visible");

  await tick(1, 2, 3);
  await field(page, "Reason").fill("A mistake");
  await button(page, "Restore selected").click();
  await isTold(page, "Restored. Everybody can see it again.");
  await expect(page.locator("tbody").getByText("Visible", { exact: true })).toHaveCount(3);

  await tick(3);
  await field(page, "Reason").fill("Fraud");
  await button(page, "Delete selected for good").click();
  await isTold(page, "Deleted for good.");
  await expect(page.getByText("Advertisement number 3")).toHaveCount(0);
  await expect(row(page, "The text is gone.")).toContainText("Reason: Fraud");
  await expect(row(page, "The text is gone.").getByRole("checkbox")).toHaveCount(0);
});

test("the list of comments goes on, page after page", async ({ moderator, member }) => {
  const discussion = await member.api.discussion("More than a page");
  for (let place = 1; place <= 35; place += 1) {
    await member.api.comment(discussion, `Comment at the place ${place}.`);
  }
  const { page } = moderator;
  await open(page, `/admin/comments?author=${member.name}`);
  await expect(page.locator("tbody tr")).toHaveCount(30);
  await link(page, "Older").click();
  await expect(page.locator("tbody tr")).toHaveCount(5);
  await expect(row(page, "at the place 1.")).toBeVisible();
  await link(page, "Newest").click();
  await expect(row(page, "at the place 35.")).toBeVisible();
});

test("a discussion is locked, pinned, renamed and deleted where it stands", async ({ moderator, member, guest }) => {
  const title = aName("where it stands");
  const discussion = await member.api.discussion(title);
  const { page } = moderator;
  await open(page, `/d/${discussion}`);
  const opening = page.locator(".opening");
  for (const [act, told, badge] of [
    ["Lock: no more comments", "The discussion is locked.", "Locked"],
    ["Pin to the top", "The discussion is pinned to the top.", "Pinned"],
  ] as const) {
    await unfold(opening, "Moderate");
    await button(opening, act).click();
    await isTold(page, told);
    await expect(opening.locator(".byline")).toContainText(badge);
  }
  await open(guest.page, "/");
  await expect(guest.page.locator("li.discussion").filter({ hasText: title })).toContainText("Pinned");
  for (const [act, told] of [
    ["Unlock: take comments again", "The discussion takes comments again."],
    ["Unpin", "The discussion is no longer pinned."],
  ] as const) {
    await unfold(opening, "Moderate");
    await button(opening, act).click();
    await isTold(page, told);
  }

  await unfold(opening, "Moderate");
  await field(opening, "Title").fill("x");
  await button(opening, "Rename").click();
  await isAtFault(field(opening, "Title"), "Please use at least 3 characters for the title.");
  await expect(field(opening, "Title")).toHaveValue("x");
  await field(opening, "Title").fill("A clearer title");
  await button(opening, "Rename").click();
  await isTold(page, "The discussion is saved.");
  await expect(heading(page, "A clearer title")).toBeVisible();

  await unfold(opening, "Moderate");
  await expect(opening).toContainText("cannot be undone");
  await button(opening, "Delete discussion").click();
  await isTold(page, "The discussion is deleted.");
  expect((await guest.page.goto(`/d/${discussion}`))?.status()).toBe(404);
});

test("discussions are found, locked, pinned, renamed and deleted in the dashboard", async ({ moderator, member }) => {
  const title = aName("to be kept in order");
  const discussion = await member.api.discussion(title);
  await member.api.comment(discussion, "A comment to count");
  const { page } = moderator;
  await open(page, "/admin/discussions");
  await field(page, "Title").fill(title);
  await button(page, "Apply").click();
  const line = page.locator("tbody tr");
  await expect(line).toHaveCount(1);
  await expect(line).toContainText(member.name);

  for (const [act, told, badge] of [
    ["Lock", "The discussion is locked.", "Locked"],
    ["Pin", "The discussion is pinned to the top.", "Pinned"],
  ] as const) {
    await button(line, act).click();
    await isTold(page, told);
    await expect(line, "the list stays narrowed down").toHaveCount(1);
    await expect(line).toContainText(badge);
  }
  await page.getByLabel("Kind").selectOption("Locked");
  await button(page, "Apply").click();
  await expect(line).toHaveCount(1);
  await page.getByLabel("Kind").selectOption("Open");
  await button(page, "Apply").click();
  await expect(page.getByText("No discussion matches")).toBeVisible();
  await page.getByLabel("Kind").selectOption("Pinned");
  await button(page, "Apply").click();
  await button(line, "Unpin").click();
  await isTold(page, "The discussion is no longer pinned.");
  await open(page, `/admin/discussions?text=${title}`);
  await button(line, "Unlock").click();
  await isTold(page, "The discussion takes comments again.");

  await unfold(line, "Rename or delete");
  await field(line, "New title").fill("");
  await button(line, "Rename").click();
  await isAtFault(field(line, "New title"), "Please enter a title.");
  await field(line, "New title").fill(`${title} anew`);
  await button(line, "Rename").click();
  await isTold(page, "The discussion is saved.");
  await expect(line).toContainText(`${title} anew`);

  await unfold(line, "Rename or delete");
  await expect(line).toContainText("takes the discussion and its 1 comment away");
  await button(line, "Delete for good").click();
  await isTold(page, "The discussion is deleted.");
  await expect(page.getByText("No discussion matches")).toBeVisible();
});

test("a moderator writes like everybody else", async ({ moderator, member }) => {
  const discussion = await member.api.discussion("Moderators talk too");
  const { page } = moderator;
  await open(page, `/d/${discussion}`);
  await field(page, "Your comment").fill("Hello from the team");
  await button(page, "Publish comment").click();
  await isTold(page, "Your comment is published.");
  await awake(page);
  expect(await numberOf(saying(page, "Hello from the team"))).toBeGreaterThan(0);
  await open(member.page, `/u/${moderator.name}`);
  await expect(member.page.getByText("Moderator", { exact: true })).toBeVisible();
});
