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
  menu,
  open,
  PASSWORD,
  register,
  reply,
  saying,
  signIn,
  signOut,
  startDiscussion,
  test,
  unfold,
} from "../fixtures/index.ts";

test.describe("registering", () => {
  const MISTAKES: [label: string, typed: string, told: string][] = [
    ["User name", "", "Please enter a user name."],
    ["User name", "a", "Please use at least 2 characters for the user name."],
    ["User name", "a".repeat(31), "Please use at most 30 characters for the user name."],
    ["User name", "ada lovelace", "Please use only letters, digits, and the signs _ . - in a user name."],
    ["User name", "-ada", "Please begin and end the name with a letter or digit, with one sign at a time between them."],
    ["User name", "Moderator", "This name is kept for the site itself. Please choose another one."],
    ["User name", "аdа-lovelace", "Please use letters of one alphabet only, so that the name cannot pass for another one."],
    ["E-mail address", "", "Please enter an e-mail address."],
    ["E-mail address", "ada@", "Please enter an e-mail address such as ada@example.org."],
    ["E-mail address", "<b>@example.org", "Please enter an e-mail address such as ada@example.org."],
    ["Password", "", "Please enter a password."],
    ["Password", "too short", "Please use at least 15 characters for the password."],
    ["Password", "x".repeat(129), "Please use at most 128 characters for the password."],
    ["Password", "passwordpassword", "This password is among those that attackers try first."],
    ["Password", "123456789012345", "This password is among those that attackers try first."],
  ];

  test("every mistake is told beside its field, and nothing typed is lost", async ({ guest, scripts }) => {
    test.slow();
    const { page } = guest;
    const right = { "User name": aName("ada"), "E-mail address": "ada@example.org", Password: PASSWORD };
    await open(page, "/register");
    for (const [label, typed, told] of MISTAKES) {
      await test.step(`${label}: ${typed || "nothing"}`, async () => {
        await awake(page);
        const texts: Record<string, string> = { ...right, [label]: typed };
        await fill(page, texts);
        await button(page, "Register").click();
        await isAtFault(field(page, label), told);
        for (const other of Object.keys(right).filter((other) => other !== label)) {
          await isFaultless(field(page, other));
        }
        await expect(field(page, "User name")).toHaveValue(texts["User name"]!);
        await expect(field(page, "E-mail address")).toHaveValue(texts["E-mail address"]!);
        expect(await page.content()).not.toContain(`value="${PASSWORD}"`);
        if (!scripts) {
          await expect(field(page, "Password")).toHaveValue("");
        }
        await expect(menu(page)).toHaveCount(0);
      });
    }
  });

  test("several mistakes are told at once", async ({ guest }) => {
    const { page } = guest;
    await register(page, { name: "x", email: "nonsense", password: "short" });
    await isAtFault(field(page, "User name"), "at least 2 characters");
    await isAtFault(field(page, "E-mail address"), "such as ada@example.org");
    await isAtFault(field(page, "Password"), "at least 15 characters");
  });

  test("a name that is taken, or looks like one that is, is refused", async ({ guest, member }) => {
    const { page } = guest;
    const twin = member.name.toUpperCase();
    for (const name of [member.name, twin]) {
      await register(page, { name, email: "somebody.else@example.org", password: PASSWORD });
      await isAtFault(field(page, "User name"), "Somebody has this name, or one that looks the same.");
      await expect(field(page, "User name")).toHaveValue(name);
    }
  });

  test("a password must not lean on the name of its owner", async ({ guest }) => {
    const name = aName("gudrun");
    await register(guest.page, { name, email: `${name}@example.org`, password: `${name}${name}` });
    await isAtFault(field(guest.page, "Password"), "contains the name of the site, your user name or your e-mail address");
  });

  test("an address that somebody has is not given away", async ({ guest, member }) => {
    const { page } = guest;
    const name = aName("second");
    await register(page, { name, email: member.email, password: PASSWORD });
    await isTold(page, "Welcome. Your account is ready.");
    await open(page, "/account");
    await expect(page.getByText("Signing in by this address does not work for this account.")).toBeVisible();
    await signOut(page);
    await open(page, "/sign-in");
    await signIn(page, member.email, member.password);
    await isTold(page, "You are signed in.");
    await open(page, "/account");
    await expect(page.locator(".facts")).toContainText(member.name);
  });

  test("a passphrase is suggested that will do", async ({ guest, scripts }) => {
    const { page } = guest;
    await open(page, "/register");
    await unfold(page, "Suggest a passphrase");
    const phrase = (await page.locator(".suggestion code").textContent()) ?? "";
    expect(phrase.length).toBeGreaterThanOrEqual(15);
    const name = aName("phrased");
    await fill(page, { "User name": name, "E-mail address": `${name}@example.org` });
    if (scripts) {
      await button(page, "Use this one").click();
      await expect(field(page, "Password")).toHaveValue(phrase);
    } else {
      await expect(button(page, "Use this one")).toBeHidden();
      await field(page, "Password").fill(phrase);
    }
    await button(page, "Register").click();
    await isTold(page, "Welcome. Your account is ready.");
    await expect(menu(page)).toContainText(name);
  });
});

test.describe("signing in and out", () => {
  test("by name, however it is written, and by e-mail address", async ({ guest, member }) => {
    const { page } = guest;
    for (const login of [member.name, member.name.toUpperCase(), member.email, member.email.toUpperCase()]) {
      await open(page, "/sign-in");
      await signIn(page, login, member.password);
      await isTold(page, "You are signed in.");
      await expect(menu(page)).toContainText(member.name);
      await signOut(page);
      await isTold(page, "You are signed out.");
      await expect(menu(page)).toHaveCount(0);
    }
  });

  test("a wrong password and an unknown name are told in the same words", async ({ guest, member, scripts }) => {
    const { page } = guest;
    for (const login of [member.name, "nobody-of-that-name", "nobody@example.org"]) {
      await open(page, "/sign-in");
      await signIn(page, login, "not the password at all");
      await isTold(page, "That did not match. Please check the name and the password and try again.");
      await expect(field(page, "User name or e-mail address")).toHaveValue(login);
      if (!scripts) {
        await expect(field(page, "Password")).toHaveValue("");
      }
    }
    await signIn(page, member.name, member.password);
    await isTold(page, "You are signed in.");
  });

  test("empty fields are told beside them", async ({ guest }) => {
    const { page } = guest;
    await open(page, "/sign-in");
    await button(page, "Sign in").click();
    await isAtFault(field(page, "User name or e-mail address"), "Please enter a user name or e-mail address.");
    await isAtFault(field(page, "Password"), "Please enter a password.");
  });

  test("who guesses too often has to wait, and is told how long", async ({ found }) => {
    const people = await found({ LOCUTORY_LIMITS__SIGN_IN_FREE_TRIES: "1" });
    const victim = await people.member();
    const { page } = await people.guest();
    await open(page, "/sign-in");
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await signIn(page, victim.name, "a guess that is wrong");
      await expect(page.getByRole("alert").first()).toBeVisible();
      if (await page.getByText("That was too often.").isVisible()) break;
      await awake(page);
    }
    await isTold(page, /That was too often\. Please try again in \d+ seconds?\./);
    await expect(field(page, "User name or e-mail address")).toHaveValue(victim.name);
  });

  test("who is signed in already is led on", async ({ member }) => {
    for (const path of ["/register", "/sign-in"]) {
      await member.page.goto(path);
      await expect(member.page, path).toHaveURL("/");
    }
    await member.page.goto("/sign-in?next=%2Fnew");
    await expect(heading(member.page, "Start a discussion")).toBeVisible();
  });
});

test.describe("writing", () => {
  test("a discussion is started, previewed and changed by its author", async ({ member, guest }) => {
    const { page } = member;
    await open(page, "/new");
    await field(page, "Title").fill("Which flour for rye?");
    await field(page, "Opening text").fill("I have **type 997** and _type 1150_.");
    await button(page, "Preview").click();
    const preview = page.getByRole("region", { name: "Preview" });
    await expect(preview.locator("strong")).toHaveText("type 997");
    await expect(field(page, "Title")).toHaveValue("Which flour for rye?");
    await awake(page);
    await button(page, "Start discussion").click();
    await isTold(page, "Your discussion is open.");

    await link(page.locator(".opening"), "Edit").click();
    await awake(page);
    await expect(field(page, "Opening text")).toHaveValue("I have **type 997** and _type 1150_.");
    await field(page, "Title").fill("Which flour for a rye bread?");
    await button(page, "Save discussion").click();
    await isTold(page, "The discussion is saved.");
    await open(guest.page, new URL(page.url()).pathname);
    await expect(heading(guest.page, "Which flour for a rye bread?")).toBeVisible();
    await expect(guest.page.locator(".opening .edited")).toBeVisible();
  });

  test("a discussion without a proper title is refused with everything kept", async ({ member }) => {
    const { page } = member;
    await open(page, "/new");
    for (const [title, told] of [
      ["", "Please enter a title."],
      ["ab", "Please use at least 3 characters for the title."],
      ["x".repeat(151), "Please use at most 150 characters for the title."],
    ] as const) {
      await awake(page);
      await field(page, "Title").fill(title);
      await field(page, "Opening text").fill("An opening that took an hour to write.");
      await button(page, "Start discussion").click();
      await isAtFault(field(page, "Title"), told);
      await expect(field(page, "Title")).toHaveValue(title);
      await expect(field(page, "Opening text")).toHaveValue("An opening that took an hour to write.");
    }
  });

  test("a comment is previewed, published, changed and deleted", async ({ member, guest }) => {
    const { page } = member;
    const path = `/d/${await member.api.discussion("What to do with old bread?")}`;
    await open(page, path);
    await field(page, "Your comment").fill("- dumplings\n- *bread soup*");
    await button(page, "Preview").click();
    await expect(page.getByRole("region", { name: "Preview" }).locator("li em")).toHaveText("bread soup");
    await expect(field(page, "Your comment")).toHaveValue("- dumplings\n- *bread soup*");
    await expect(page.locator("article.comment")).toHaveCount(0);
    await comment(page, "- dumplings\n- *bread soup*");

    await link(saying(page, "dumplings"), "Edit").click();
    await expect(heading(page, "Edit your comment")).toBeVisible();
    await awake(page);
    await expect(field(page, "Your comment")).toHaveValue("- dumplings\n- *bread soup*");
    await field(page, "Your comment").fill("Crumbs for schnitzel.");
    await button(page, "Save comment").click();
    await isTold(page, "Your comment is saved.");
    await expect(saying(page, "Crumbs for schnitzel.").locator(".edited")).toBeVisible();
    await expect(page.getByText("dumplings")).toHaveCount(0);

    await link(saying(page, "Crumbs for schnitzel."), "Delete").click();
    await expect(page.getByText("nobody can bring it back")).toBeVisible();
    await button(page, "Delete comment").click();
    await isTold(page, "Your comment is deleted.");
    await open(guest.page, path);
    await expect(guest.page.getByText("No comments yet")).toBeVisible();
  });

  test("a deleted comment that was answered leaves a place", async ({ member, guest }) => {
    const { page } = member;
    const discussion = await member.api.discussion("Taking words back");
    const number = await member.api.comment(discussion, "I wish I had not said this");
    await member.api.comment(discussion, "But it was answered", number);
    await open(page, `/d/${discussion}`);
    await link(saying(page, "I wish I had not said this"), "Delete").click();
    await button(page, "Delete comment").click();
    await isTold(page, "Your comment is deleted.");
    await open(guest.page, `/d/${discussion}`);
    await expect(guest.page.locator(`#comment-${number}`)).toHaveText("This comment was deleted.");
    await expect(saying(guest.page, "But it was answered")).toBeVisible();
  });

  test("replies stand below what they answer, down to the depth at which they stop moving in", async ({ member }) => {
    const { page } = member;
    await open(page, `/d/${await member.api.discussion("How deep can it go?")}`);
    await comment(page, "Depth number 0");
    for (const depth of [1, 2, 3]) {
      await reply(page, `Depth number ${depth - 1}`, `Depth number ${depth}`);
      await expect(page.locator("ol.thread ".repeat(depth + 1)).getByText(`Depth number ${depth}`)).toBeVisible();
    }
  });

  test("an empty comment, and one that is too long, are refused with the text kept", async ({ member }) => {
    const { page } = member;
    await open(page, `/d/${await member.api.discussion("Too little, too much")}`);
    await button(page, "Publish comment").click();
    await isAtFault(field(page, "Your comment"), "Please write something first.");
    const long = "word ".repeat(2_001);
    await awake(page);
    await field(page, "Your comment").fill(long);
    await button(page, "Publish comment").click();
    await isAtFault(field(page, "Your comment"), "Please use at most 10,000 characters for the comment.");
    await expect(field(page, "Your comment")).toHaveValue(long);
    await expect(page.getByText("No comments yet")).toBeVisible();
  });

  test("pressing publish twice publishes once", async ({ member }) => {
    const { page } = member;
    await open(page, `/d/${await member.api.discussion("Twice is once")}`);
    await field(page, "Your comment").fill("Said once");
    await button(page, "Publish comment").dblclick();
    await isTold(page, "Your comment is published.");
    await expect(page.locator("#comments-title")).toHaveText("1 comment");
    await page.reload();
    await expect(saying(page, "Said once")).toHaveCount(1);
  });

  test("a form that arrives twice publishes once", async ({ member }) => {
    const { page, api } = member;
    const discussion = await api.discussion("The network stuttered");
    await open(page, `/d/${discussion}`);
    const once = await page.locator("input[name=once]").inputValue();
    const fields = { discussion, body: "Arrived twice", once };
    expect(await api.done("comments/publish", fields)).toBe(await api.done("comments/publish", fields));
    await page.reload();
    await expect(saying(page, "Arrived twice")).toHaveCount(1);
    await open(page, "/new");
    const start = { title: "Started twice", opening: "And yet once", once: await page.locator("input[name=once]").inputValue() };
    expect(await api.done("discussions/start", start)).toBe(await api.done("discussions/start", start));
  });

  test("a locked discussion takes no comments and says so", async ({ member, moderator }) => {
    const { page } = member;
    const discussion = await member.api.discussion("Soon to be locked");
    await member.api.comment(discussion, "The last word");
    await open(page, `/d/${discussion}`);
    await field(page, "Your comment").fill("I was just writing this.");
    await moderator.api.done("discussions/set_openness", { discussion, openness: "locked" });
    await button(page, "Publish comment").click();
    await isTold(page, "This discussion is locked and takes no more comments.");
    await expect(field(page, "Your comment")).toHaveValue("I was just writing this.");
    await open(page, `/d/${discussion}`);
    await expect(page.locator(".composer-closed")).toContainText("This discussion is locked and takes no more comments.");
    await expect(field(page, "Your comment")).toHaveCount(0);
    await expect(link(saying(page, "The last word"), "Reply")).toHaveCount(0);
  });

  test("what was typed is kept when the session has ended meanwhile", async ({ member, admin }) => {
    const { page } = member;
    await open(page, `/d/${await member.api.discussion("A long train of thought")}`);
    await field(page, "Your comment").fill("It took me an hour to write this.");
    await admin.api.done("accounts/end_sessions", { user: member.id });
    await button(page, "Publish comment").click();
    await isTold(page, "Please sign in first.");
    await expect(field(page, "Your comment")).toHaveValue("It took me an hour to write this.");

    const tab = member.context.waitForEvent("page");
    await link(page, "Sign in in another tab").click();
    const other = await tab;
    await signIn(other, member.name, member.password);
    await isTold(other, "You are signed in.");
    await button(page, "Publish comment").click();
    await isTold(page, "Your comment is published.");
    await expect(saying(page, "It took me an hour to write this.")).toHaveCount(1);
    await expect(page.locator("#comments-title")).toHaveText("1 comment");
  });

  test("whoever writes too fast is told when to go on, and loses nothing", async ({ found }) => {
    const people = await found();
    const member = await people.member();
    const chief = await people.firstAdmin();
    const discussion = await member.api.discussion("Slowly, slowly");
    await chief.api.done("site/save_settings", {
      name: "Locutory",
      description: "",
      registration: "open",
      staff_factor: "optional",
      comment_length: 100,
      comments_per_minute: 1,
      discussions_per_hour: 1,
      edit_window: 0,
    });
    const { page } = member;
    await open(page, `/d/${discussion}`);
    await comment(page, "The first one");
    await awake(page);
    await field(page, "Your comment").fill("The second one");
    await button(page, "Publish comment").click();
    await isTold(page, /That was too often\. Please try again in \d+ seconds?\./);
    await expect(field(page, "Your comment")).toHaveValue("The second one");
    await expect(link(page.locator("article.comment"), "Edit")).toHaveCount(0);
    await open(page, "/new");
    await fill(page, { Title: "One too many", "Opening text": "Of the same hour" });
    await button(page, "Start discussion").click();
    await isTold(page, /That was too often\. Please try again in \d+ minutes?\./);
    await expect(field(page, "Title")).toHaveValue("One too many");
  });
});

test.describe("finding one's way", () => {
  test("a permalink leads to the page on which the comment stands", async ({ member, guest }) => {
    const discussion = await member.api.discussion("A long discussion");
    const numbers: number[] = [];
    for (let place = 1; place <= 120; place += 1) {
      numbers.push(await member.api.comment(discussion, `Comment at the place ${place}.`));
    }
    const { page } = guest;
    await open(page, `/d/${discussion}`);
    await expect(page.locator("article.comment")).toHaveCount(50);
    await expect(page.locator("#comments-title")).toHaveText("120 comments");
    await link(page, "Later comments").first().click();
    await expect(saying(page, "the place 51.")).toBeVisible();
    await link(page, "Later comments").last().click();
    await expect(saying(page, "the place 120.")).toBeVisible();
    await expect(link(page, "Later comments")).toHaveCount(0);
    await link(page, "Earlier comments").first().click();
    await expect(saying(page, "the place 51.")).toBeVisible();
    await expect(saying(page, "the place 101.")).toHaveCount(0);

    await page.goto(`/c/${numbers[109]}`);
    await expect(page).toHaveURL(new RegExp(`#comment-${numbers[109]}$`));
    await expect(saying(page, "the place 110.")).toBeInViewport();

    await open(page, `/u/${member.name}`);
    await expect(page.getByText("120 comments").first()).toBeVisible();
    await expect(page.getByText("Comment at the place 120.")).toBeVisible();
    await link(page, "Older comments").click();
    await expect(page.getByText("Comment at the place 90.")).toBeVisible();
    await link(page, "Newest comments").click();
    await expect(page.getByText("Comment at the place 120.")).toBeVisible();
  });

  test("the list of discussions goes on, page after page", async ({ found }) => {
    const people = await found();
    const member = await people.member();
    for (let place = 1; place <= 65; place += 1) {
      await member.api.discussion(`Discussion at the place ${place}.`);
    }
    const { page } = await people.guest();
    await open(page, "/");
    await expect(page.locator("li.discussion")).toHaveCount(30);
    await expect(page.getByText("Discussion at the place 65.")).toBeVisible();
    await link(page, "Older discussions").click();
    await expect(heading(page, "Older discussions")).toBeVisible();
    await link(page, "Older discussions").click();
    await expect(page.locator("li.discussion")).toHaveCount(5);
    await expect(page.getByText("Discussion at the place 1.")).toBeVisible();
    await expect(link(page, "Older discussions")).toHaveCount(0);
    await link(page, "Newest discussions").click();
    await expect(page).toHaveURL("/");
  });
});

test.describe("one's own account", () => {
  test("the password is changed by whoever knows the old one, and other sessions end", async ({ member, people }) => {
    const { page } = member;
    const elsewhere = await people.guest();
    await open(elsewhere.page, "/sign-in");
    await signIn(elsewhere.page, member.name, member.password);
    await isTold(elsewhere.page, "You are signed in.");

    const next = "four orange kites above the harbour";
    await open(page, "/account");
    await fill(page, { "Current password": "this is not the one", "New password": next });
    await button(page, "Change password").click();
    await isAtFault(field(page, "Current password"), "This is not your current password.");
    await awake(page);
    await fill(page, { "Current password": member.password, "New password": "short" });
    await button(page, "Change password").click();
    await isAtFault(field(page, "New password"), "Please use at least 15 characters for the password.");
    await awake(page);
    await fill(page, { "Current password": member.password, "New password": next });
    await button(page, "Change password").click();
    await isTold(page, "The password is changed. All other sessions have ended.");
    await expect(menu(page)).toContainText(member.name);

    await open(elsewhere.page, "/");
    await expect(menu(elsewhere.page)).toHaveCount(0);
    await open(elsewhere.page, "/sign-in");
    await signIn(elsewhere.page, member.name, member.password);
    await isTold(elsewhere.page, "That did not match.");
    await signIn(elsewhere.page, member.name, next);
    await isTold(elsewhere.page, "You are signed in.");
  });

  test("a member sees what the site knows of them, and nobody else's address", async ({ member, guest }) => {
    await open(member.page, "/account");
    for (const known of [member.name, member.email, "Member"]) {
      await expect(member.page.locator(".facts").getByText(known, { exact: true }), known).toBeVisible();
    }
    await startDiscussion(member.page, "Something of mine", "To be found again");
    await open(guest.page, `/u/${member.name}`);
    await expect(link(guest.page, "Something of mine")).toBeVisible();
    expect(await guest.page.content()).not.toContain(member.email);
  });
});
