import {
  aName,
  awake,
  button,
  expect,
  field,
  fill,
  heading,
  isAtFault,
  isTold,
  link,
  menu,
  open,
  PASSWORD,
  register,
  row,
  saying,
  signIn,
  test,
  type Member,
} from "../fixtures/index.ts";

/** The page of a member in the dashboard. */
const about = (person: Member) => `/admin/users/${person.id}`;

test.describe("the overview", () => {
  test("shows the site at a glance", async ({ admin, member, guest }) => {
    const title = aName("At a glance");
    const discussion = await member.api.discussion(title);
    await member.api.comment(discussion, "The newest of all comments");
    await guest.api.call("accounts/sign_in", { login: member.name, password: "a wrong password" });
    const { page } = admin;
    await open(page, "/");
    await link(page.locator(".site-header"), "Dashboard").click();
    await expect(heading(page, "Overview")).toBeVisible();
    for (const tile of ["Members", "Discussions", "Visible comments", "Hidden comments", "Open sessions"]) {
      await expect(page.locator(".tile").filter({ hasText: tile }).locator("dd").first(), tile).toHaveText(/^[\d,]+$/);
    }
    await expect(page.locator("svg[role=img], figure svg").first()).toBeVisible();
    await expect(page.getByText("The newest of all comments").first()).toBeVisible();
    await expect(page.getByRole("table", { name: "Newest members" })).toContainText(admin.name);
    await expect(page.getByRole("table", { name: "Latest failed sign-ins" })).toContainText("127.0.0.1");
    await link(page, "All failed sign-ins").click();
    await expect(heading(page, "Audit log")).toBeVisible();
    await expect(page.locator(".audit-row").first()).toContainText("failed to sign in");
  });

  test("leads to every room", async ({ admin }) => {
    const { page } = admin;
    await open(page, "/admin");
    for (const room of ["Members", "Comments", "Discussions", "Settings", "Audit log", "Overview"]) {
      await link(page.locator(".side-nav"), room).click();
      await expect(heading(page, room)).toBeVisible();
      await expect(link(page.locator(".side-nav"), room)).toHaveAttribute("aria-current", "page");
      await expect(page).toHaveTitle(`${room} · Dashboard · Locutory`);
    }
  });
});

test.describe("members", () => {
  test("are found by name, address, role and standing", async ({ admin, member, moderator }) => {
    const { page } = admin;
    await open(page, "/admin/users");
    const rows = page.locator("tbody tr");
    await field(page, "Name or e-mail").fill(member.email.toUpperCase());
    await button(page, "Apply").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(member.name);
    await page.getByLabel("Role").selectOption("Moderator");
    await button(page, "Apply").click();
    await expect(page.getByText("Nobody matches")).toBeVisible();
    await field(page, "Name or e-mail").fill(moderator.name);
    await button(page, "Apply").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("Moderator");
    await admin.api.done("accounts/suspend", { user: member.id, reason: "For the list", days: "" });
    await link(page, "Clear").click();
    await page.getByLabel("Standing").selectOption("Suspended");
    await field(page, "Name or e-mail").fill(member.name);
    await button(page, "Apply").click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("until it is lifted");
    await link(rows, member.name).click();
    await expect(heading(page, member.name)).toBeVisible();
  });

  test("are found by names of all alphabets", async ({ admin, people }) => {
    const { page } = admin;
    for (const kind of ["Ødegård", "Мария", "美咲"]) {
      const { name } = await people.member(aName(kind).replace("-", kind === "Ødegård" ? "-" : "").replace(/[a-z]+$/, kind === "Ødegård" ? "$&" : "9"));
      await open(page, "/admin/users");
      await field(page, "Name or e-mail").fill(kind);
      await button(page, "Apply").click();
      await expect(row(page, name).first(), name).toBeVisible();
    }
  });

  test("go on, page after page", async ({ found }) => {
    test.slow();
    const people = await found();
    const { page } = await people.firstAdmin();
    for (let place = 1; place <= 52; place += 1) {
      const { api } = await people.guest();
      await api.done("accounts/register", { username: aName("crowd"), email: `${aName("crowd")}@example.org`, password: PASSWORD });
    }
    await open(page, "/admin/users");
    await expect(page.locator("tbody tr")).toHaveCount(50);
    await link(page, "Older").click();
    await expect(page.locator("tbody tr")).toHaveCount(3);
    await expect(row(page, "mira")).toContainText("Admin");
    await link(page, "Newest").click();
    await expect(page.locator("tbody tr")).toHaveCount(50);
  });

  test("have a page with their sessions, comments and doings", async ({ admin, member }) => {
    const discussion = await member.api.discussion(aName("Doings"));
    await member.api.comment(discussion, "Said by the one whom this page is about");
    const { page } = admin;
    await open(page, about(member));
    await expect(page.locator(".facts")).toContainText(member.email);
    await expect(page.getByRole("table", { name: "Open sessions" }).locator("tbody tr")).toHaveCount(1);
    await expect(page.getByText("Said by the one whom this page is about")).toBeVisible();
    await expect(page.locator(".audit-row").filter({ hasText: `${member.name} registered` })).toHaveCount(1);
    await link(page, "All comments of this member").click();
    await expect(page.locator("tbody tr")).toHaveCount(1);
    await open(page, about(member));
    await link(page, "All entries about this member").click();
    await expect(page.locator(".audit-row")).toHaveCount(2);
  });

  test("get another role, which counts at once", async ({ admin, member }) => {
    await open(member.page, "/");
    await expect(menu(member.page)).toBeVisible();
    const { page } = admin;
    await open(page, about(member));
    await page.getByLabel("Role").selectOption("Moderator");
    await button(page, "Change role").click();
    await isTold(page, "The role is changed. It applies from the next click of that person.");
    await expect(page.locator(".page-head")).toContainText("Moderator");
    await expect(page.locator(".audit-row").filter({ hasText: "changed the role" })).toContainText("member → moderator");

    await open(member.page, "/");
    await expect(menu(member.page), "a new role takes a new session").toHaveCount(0);
    await open(member.page, "/sign-in?next=%2Fadmin");
    await signIn(member.page, member.name, member.password);
    await expect(heading(member.page, "Comments")).toBeVisible();

    await page.getByLabel("Role").selectOption("Member");
    await button(page, "Change role").click();
    await isTold(page, "The role is changed.");
    expect((await member.page.goto("/admin"))?.status()).toBe(404);
  });

  test("are suspended for some days, with a reason that they read, until it is lifted", async ({ admin, member, guest }) => {
    const discussion = await member.api.discussion(aName("Suspended"));
    const { page } = admin;
    await open(page, about(member));
    await button(page, `Suspend ${member.name}`).click();
    await isAtFault(field(page, "Reason"), "Please give a reason.");
    for (const [days, told] of [
      ["0", "the nearest is 1."],
      ["99999", "the nearest is 3,650."],
    ] as const) {
      await field(page, "Reason").fill("Three advertisements in a row");
      await page.getByLabel("Days").fill(days);
      await button(page, `Suspend ${member.name}`).click();
      await isAtFault(page.getByLabel("Days"), told);
      await expect(field(page, "Reason")).toHaveValue("Three advertisements in a row");
      await expect(page.getByLabel("Days")).toHaveValue(days);
    }
    await page.getByLabel("Days").fill("3");
    await button(page, `Suspend ${member.name}`).click();
    await isTold(page, "The account is suspended.");
    await expect(page.locator(".page-head")).toContainText("Suspended");
    await expect(page.locator(".page-head")).toContainText("Three advertisements in a row");

    const until = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    await open(member.page, `/d/${discussion}`);
    await isTold(member.page, new RegExp(`Your account is suspended until ${until}, \\d\\d:\\d\\d UTC\\. You can read, but not take part\\.`));
    await isTold(member.page, "Reason given: Three advertisements in a row");
    await expect(member.page.locator(".composer-closed")).toContainText("Your account is suspended until");
    await expect(field(member.page, "Your comment")).toHaveCount(0);
    expect((await member.api.call("comments/publish", { discussion, body: "All the same" })).status).toBe(403);
    await open(guest.page, "/sign-in");
    await signIn(guest.page, member.name, member.password);
    await expect(heading(guest.page, "Your account is suspended")).toBeVisible();
    await expect(guest.page.getByText("Reason given: Three advertisements in a row")).toBeVisible();
    await button(guest.page, "Go on reading").click();
    await isTold(guest.page, "Reason given: Three advertisements in a row");

    await button(page, "Lift the suspension").click();
    await isTold(page, "The suspension is lifted.");
    await open(member.page, `/d/${discussion}`);
    await expect(field(member.page, "Your comment")).toBeVisible();
    await expect(member.page.getByText("Your account is suspended")).toHaveCount(0);
  });

  test("are suspended without an end when no days are given", async ({ admin, member }) => {
    const { page } = admin;
    await open(page, about(member));
    await field(page, "Reason").fill("Threats");
    await button(page, `Suspend ${member.name}`).click();
    await isTold(page, "The account is suspended.");
    await open(member.page, "/");
    await isTold(member.page, "Your account is suspended. You can read, but not take part.");
    expect((await member.page.goto("/new"))?.status()).toBe(403);
    await expect(heading(member.page, "This is not possible")).toBeVisible();
  });

  test("are signed out everywhere", async ({ admin, member }) => {
    await open(member.page, "/account");
    const { page } = admin;
    await open(page, about(member));
    await button(page, "End all sessions").click();
    await isTold(page, "All sessions of this person have ended.");
    await expect(page.getByText("Not signed in anywhere.")).toBeVisible();
    expect((await member.page.goto("/account"))?.status()).toBe(401);
  });

  test("set a new password with a link that works once", async ({ admin, member, guest }) => {
    const { page } = admin;
    await open(page, about(member));
    await button(page, "Make a password link").click();
    await expect(page.getByText("The link is ready")).toBeVisible();
    const address = (await page.locator(".notice code").textContent()) ?? "";
    expect(address).toContain("/password/");

    await open(guest.page, address);
    await field(guest.page, "New password").fill("too short");
    await button(guest.page, "Set password").click();
    await isAtFault(field(guest.page, "New password"), "Please use at least 15 characters");
    await awake(guest.page);
    const next = "nine copper kettles sing softly";
    await field(guest.page, "New password").fill(next);
    await button(guest.page, "Set password").click();
    await isTold(guest.page, "The password is changed. All other sessions have ended.");
    await signIn(guest.page, member.name, next);
    await isTold(guest.page, "You are signed in.");

    expect((await guest.page.goto(address))?.status()).toBe(403);
    await expect(guest.page.getByText("This link has been used or has ended. Please ask for a new one.")).toBeVisible();
    expect((await member.page.goto("/account"))?.status(), "the sessions of before have ended").toBe(401);
    await open(page, "/admin/audit?deed=password_reset");
    await expect(page.locator(".audit-row").first()).toContainText(member.name);
    expect(await page.content()).not.toContain(address.split("/").at(-1));
  });

  test("cannot take the site's last admin away, nor can admins suspend themselves", async ({ found }) => {
    const people = await found();
    const chief = await people.firstAdmin();
    const { page } = chief;
    await open(page, about(chief));
    await expect(page.getByText("This is your own account: another admin would have to suspend it.")).toBeVisible();
    await page.getByLabel("Role").selectOption("Member");
    await button(page, "Change role").click();
    await isTold(page, "This would leave the site without an admin. Make somebody else an admin first.");
    await expect(page.locator(".page-head")).toContainText("Admin");
    expect((await chief.api.call("accounts/suspend", { user: chief.id, reason: "Oneself", days: "" })).status).toBe(403);
  });
});

test.describe("settings", () => {
  test("are changed and count at once, and nonsense is told beside its field", async ({ found }) => {
    const people = await found();
    const [{ page }, guest, member] = [await people.firstAdmin(), await people.guest(), await people.member()];
    await open(page, "/admin/settings");
    const labels = ["Length of a comment", "Comments per minute", "Discussions per hour", "Time to edit"];
    for (const [label, typed, told] of [
      ["Name", "", "Please enter a name."],
      ["Name", "x".repeat(61), "Please use at most 60 characters for the name."],
      ["Length of a comment", "", "Please enter a length of a comment."],
      ["Length of a comment", "99", "the nearest is 100."],
      ["Length of a comment", "10001", "the nearest is 10,000."],
      ["Comments per minute", "0", "the nearest is 1."],
      ["Comments per minute", "-3", "This is not a number of comments that can be used."],
      ["Discussions per hour", "1001", "the nearest is 1,000."],
      ["Time to edit", "525601", "the nearest is 525,600."],
      ["Time to edit", "1.5", "This is not a number of minutes that can be used."],
      ["Time to edit", "1e3", "This is not a number of minutes that can be used."],
    ] as const) {
      await test.step(`${label}: ${typed || "nothing"}`, async () => {
        await open(page, "/admin/settings");
        await field(page, label).fill(typed);
        await button(page, "Save settings").click();
        await isAtFault(field(page, label), told);
        await expect(field(page, label)).toHaveValue(typed);
        await expect(page.locator(".error-summary")).toContainText("One thing needs your attention");
        for (const other of labels.filter((other) => other !== label)) {
          await expect(field(page, other), other).not.toHaveAttribute("aria-invalid", "true");
        }
      });
    }

    await open(page, "/admin/settings");
    await fill(page, { Name: "The Bread Table", "Length of a comment": "100", "Time to edit": "0" });
    await page.getByLabel("Description").fill("Where bakers meet.");
    await button(page, "Save settings").click();
    await isTold(page, "The settings are saved.");
    await open(guest.page, "/");
    await expect(heading(guest.page, "The Bread Table")).toBeVisible();
    await expect(guest.page).toHaveTitle("The Bread Table");
    await expect(guest.page.locator(".site-footer")).toContainText("Where bakers meet.");
    const discussion = await member.api.discussion("Short and for ever");
    await open(member.page, `/d/${discussion}`);
    await field(member.page, "Your comment").fill("x".repeat(101));
    await button(member.page, "Publish comment").click();
    await isAtFault(field(member.page, "Your comment"), "Please use at most 100 characters for the comment.");
    await member.api.comment(discussion, "Cannot be changed");
    await open(member.page, `/d/${discussion}`);
    await expect(link(saying(member.page, "Cannot be changed"), "Edit")).toHaveCount(0);
    await open(page, "/admin/audit?deed=settings_changed");
    await expect(page.locator(".audit-row").first()).toContainText("The Bread Table");
  });

  test("close the site to newcomers, and open it again", async ({ found }) => {
    const people = await found();
    const [{ page }, guest, late] = [await people.firstAdmin(), await people.guest(), await people.guest()];
    await open(late.page, "/register");
    await open(page, "/admin/settings");
    await page.getByLabel("Closed").check();
    await button(page, "Save settings").click();
    await isTold(page, "The settings are saved.");

    await open(guest.page, "/register");
    await expect(guest.page.getByText("This site takes no new members at the moment").first()).toBeVisible();
    await expect(field(guest.page, "User name")).toHaveCount(0);
    await fill(late.page, { "User name": "latecomer", "E-mail address": "late@example.org", Password: PASSWORD });
    await button(late.page, "Register").click();
    await isTold(late.page, "This site takes no new members at the moment.");
    await expect(field(late.page, "User name")).toHaveValue("latecomer");

    await page.getByLabel("Open").check();
    await button(page, "Save settings").click();
    await isTold(page, "The settings are saved.");
    await register(guest.page, { name: "newcomer", email: "newcomer@example.org", password: PASSWORD });
    await isTold(guest.page, "Welcome. Your account is ready.");
  });
});

test.describe("the audit log", () => {
  test("is narrowed down to a person and to a deed", async ({ admin, member }) => {
    await admin.api.done("accounts/suspend", { user: member.id, reason: "For the log", days: "2" });
    await admin.api.done("accounts/lift_suspension", { user: member.id });
    const { page } = admin;
    await open(page, "/admin/audit");
    await field(page, "By or about").fill(member.name);
    await button(page, "Apply").click();
    const entries = page.locator(".audit-row");
    await expect(entries).toHaveCount(4);
    await expect(entries.nth(0)).toContainText(`${admin.name} lifted the suspension of ${member.name}`);
    await expect(entries.nth(1)).toContainText(`${admin.name} suspended ${member.name}`);
    await expect(entries.nth(1)).toContainText("2 days: “For the log”");
    await expect(entries.nth(1)).toContainText("from 127.0.0.1");
    await page.getByLabel("What was done").selectOption("Suspended");
    await button(page, "Apply").click();
    await expect(entries).toHaveCount(1);
    await page.getByLabel("What was done").selectOption("Deleted the discussion");
    await button(page, "Apply").click();
    await expect(page.getByText("No such entries")).toBeVisible();
    await link(page, "Clear").click();
    await expect(entries.first()).toBeVisible();
  });

  test("goes on, page after page", async ({ admin, member }) => {
    for (let turn = 0; turn < 26; turn += 1) {
      await admin.api.done("accounts/suspend", { user: member.id, reason: "Back and forth", days: "2" });
      await admin.api.done("accounts/lift_suspension", { user: member.id });
    }
    const { page } = admin;
    await open(page, `/admin/audit?person=${member.name}`);
    await expect(page.locator(".audit-row")).toHaveCount(50);
    await link(page, "Older").click();
    await expect(page.locator(".audit-row")).toHaveCount(4);
    await expect(page.locator(".audit-row").last()).toContainText(`${member.name} registered`);
    await link(page, "Newest").click();
    await expect(page.locator(".audit-row")).toHaveCount(50);
  });
});

test("whoever has to prove who they are gives the password again and is led on", async ({ admin, scripts }) => {
  const { page } = admin;
  await open(page, "/prove?next=%2Fadmin%2Fsettings");
  const before = await admin.context.cookies();
  await button(page, "Confirm it is me").click();
  await isAtFault(field(page, "Password"), "Please enter a password.");
  await awake(page);
  await field(page, "Password").fill("this is not the password");
  await button(page, "Confirm it is me").click();
  await isAtFault(field(page, "Password"), "This is not your current password.");
  if (!scripts) {
    await expect(field(page, "Password")).toHaveValue("");
  }
  await awake(page);
  await field(page, "Password").fill(admin.password);
  await button(page, "Confirm it is me").click();
  await expect(page).toHaveURL("/admin/settings");
  await expect(button(page, "Save settings")).toBeVisible();
  const value = (cookies: typeof before) => cookies.find(({ name }) => name === "locutory")?.value;
  expect(value(await admin.context.cookies()), "a proof takes a new session id").not.toBe(value(before));
});
