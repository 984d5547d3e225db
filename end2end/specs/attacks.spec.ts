import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Fields } from "../fixtures/api.ts";
import {
  aName,
  awake,
  button,
  comment,
  expect,
  field,
  fill,
  isTold,
  menu,
  open,
  PASSWORD,
  saying,
  signOut,
  startDiscussion,
  test,
  unfold,
  USUAL_SETTINGS,
  type Guest,
} from "../fixtures/index.ts";

const SCRIPT = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;

test.describe("server functions called directly", () => {
  const forAdmins = (user: number): [string, Fields][] => [
    ["accounts/change_role", { user, role: "admin" }],
    ["accounts/suspend", { user, reason: "Because I can", days: "1" }],
    ["accounts/lift_suspension", { user }],
    ["accounts/end_sessions", { user }],
    ["accounts/make_password_link", { user }],
    ["site/save_settings", { ...USUAL_SETTINGS, name: "Taken over" }],
  ];
  const forModerators = (discussion: number, number: number): [string, Fields][] => [
    ["comments/moderate", { deed: "hide", reason: "Because I can", "comments[0]": number }],
    ["comments/moderate", { deed: "delete", reason: "Because I can", "comments[0]": number }],
    ["discussions/set_openness", { discussion, openness: "locked" }],
    ["discussions/set_prominence", { discussion, prominence: "pinned" }],
    ["discussions/rename", { discussion, title: "Taken over" }],
    ["discussions/delete", { discussion }],
  ];
  const forMembers = (discussion: number, number: number): [string, Fields][] => [
    ["discussions/start", { title: "From nobody", opening: "" }],
    ["discussions/edit", { discussion, title: "From nobody", opening: "" }],
    ["discussions/preview", { opening: "From nobody" }],
    ["comments/publish", { discussion, body: "From nobody" }],
    ["comments/edit", { comment: number, body: "From nobody" }],
    ["comments/delete", { comment: number }],
    ["comments/preview", { body: "From nobody" }],
    ["accounts/sign_out", {}],
    ["accounts/prove", { password: PASSWORD }],
    ["accounts/change_password", { current_password: PASSWORD, password: "an entirely new password" }],
  ];

  test("do nothing for those who may not call them", async ({ guest, member, moderator, people }) => {
    const author = await people.member();
    const title = aName("Untouched");
    const discussion = await author.api.discussion(title);
    const number = await author.api.comment(discussion, "Untouched as well");
    const refused = async (who: Guest, calls: [string, Fields][], status: number) => {
      for (const [name, fields] of calls) {
        const answer = await who.api.call(name, fields);
        expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(status);
      }
    };
    for (const somebody of [guest, member, moderator]) {
      await refused(somebody, forAdmins(author.id), 404);
    }
    for (const somebody of [guest, member]) {
      await refused(somebody, forModerators(discussion, number), 404);
    }
    await refused(guest, forMembers(discussion, number), 401);
    await refused(member, [
      ["discussions/edit", { discussion, title: "Not mine", opening: "" }],
      ["comments/edit", { comment: number, body: "Not mine" }],
      ["comments/delete", { comment: number }],
    ], 403);

    await open(author.page, `/d/${discussion}`);
    await expect(menu(author.page), "the author is still signed in").toBeVisible();
    await expect(author.page.getByRole("heading", { level: 1 })).toHaveText(title);
    await expect(saying(author.page, "Untouched as well")).toBeVisible();
    await expect(field(author.page, "Your comment")).toBeVisible();
    await expect(author.page).toHaveTitle(new RegExp("· Locutory$"));
  });

  test("take no method but POST, and nothing but forms", async ({ member }) => {
    const discussion = await member.api.discussion("Only by POST");
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      const response = await member.context.request.fetch(`/api/discussions/start?title=By+${method}&opening=`, {
        method,
        headers: { origin: member.api.address },
      });
      expect([404, 405], method).toContain(response.status());
    }
    const json = await member.context.request.post("/api/comments/publish", {
      data: { discussion, body: "As JSON" },
      headers: { origin: member.api.address },
    });
    expect(json.status()).toBe(415);
  });

  test("refuse forms with missing, doubled, unreadable and enormous fields, and live on", async ({ member }) => {
    const discussion = await member.api.discussion("Strange forms");
    const send = async (body: string | Buffer) => {
      const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json", origin: member.api.address };
      const response = await member.context.request.post("/api/comments/publish", { data: body, headers });
      return response.status();
    };
    expect(await send("")).toBe(400);
    expect(await send("body=no+discussion")).toBe(400);
    expect(await send("discussion=seven&body=x")).toBe(400);
    expect(await send(`discussion=${discussion}&discussion=${discussion}&body=x`)).toBe(400);
    expect(await send(`discussion=999999&body=x`)).toBe(404);
    expect(await send(`discussion=${discussion}&body=x&parent=999999`)).toBe(404);
    expect(await send(Buffer.from(`discussion=${discussion}&body=%ff%fe`))).toBeLessThan(500);
    expect(await send(`discussion=${discussion}&body=${"x".repeat(1_000_000)}`)).toBe(413);
    await open(member.page, `/d/${discussion}`);
    await expect(field(member.page, "Your comment")).toBeVisible();
  });
});

test.describe("sessions", () => {
  test("a page of another site changes nothing", async ({ member, scripts }) => {
    const discussion = await member.api.discussion("Written by others?");
    const address = member.api.address;
    const form = `<!doctype html><title>Win a prize</title>
      <form method="post" action="${address}/api/comments/publish">
        <input name="discussion" value="${discussion}"><input name="body" value="Forged"><input name="from" value="/">
        <button>Win</button>
      </form>${scripts ? "<script>document.forms[0].submit()</script>" : ""}`;
    const elsewhere = createServer((_, response) => response.setHeader("content-type", "text/html").end(form));
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    try {
      const { page } = member;
      const refused = page.waitForResponse((response) => response.url().endsWith("/api/comments/publish"));
      await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`, { waitUntil: "commit" });
      if (!scripts) {
        await button(page, "Win").click();
      }
      expect((await refused).status()).toBe(403);
      await expect(page.getByText("This request did not come from a page of this site.")).toBeVisible();
      const foreign: Record<string, string>[] = [
        { origin: "https://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
      ];
      for (const headers of foreign) {
        const answer = await member.api.call("comments/publish", { discussion, body: "Forged" }, headers);
        expect(answer.status, JSON.stringify(headers)).toBe(403);
      }
      await open(page, `/d/${discussion}`);
      await expect(page.getByText("No comments yet")).toBeVisible();
    } finally {
      elsewhere.close();
    }
  });

  test("the cookie is out of reach of scripts and of other sites", async ({ member }) => {
    const cookie = (await member.context.cookies()).find(({ name }) => name === "locutory");
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    expect(cookie?.value.length).toBeGreaterThan(40);
  });

  test("a forged cookie is nobody's", async ({ member, guest }) => {
    const [genuine] = (await member.context.cookies()).filter(({ name }) => name === "locutory");
    const value = genuine!.value;
    const middle = Math.floor(value.length / 2);
    const flipped = value.slice(0, middle) + (value[middle] === "A" ? "B" : "A") + value.slice(middle + 1);
    const forgeries = ["", "1", "admin", "A".repeat(4_000), value.slice(0, -4), flipped, Buffer.from('{"user":1}').toString("base64")];
    for (const forgery of forgeries) {
      await guest.context.clearCookies();
      await guest.context.addCookies([{ ...genuine!, value: forgery }]);
      expect((await guest.page.goto("/"))?.status(), forgery).toBe(200);
      await expect(menu(guest.page), forgery).toHaveCount(0);
      expect(await guest.api.status("/account"), forgery).toBe(401);
    }
    await guest.context.clearCookies();
    await guest.context.addCookies([genuine!]);
    expect(await guest.api.status("/account"), "the genuine one opens the session").toBe(200);
  });

  test("a session cannot be used again after signing out", async ({ member, guest }) => {
    await open(member.page, "/");
    const cookies = await member.context.cookies();
    await signOut(member.page);
    await isTold(member.page, "You are signed out.");
    expect((await member.context.cookies()).filter(({ name }) => name === "locutory")).toEqual([]);
    await guest.context.addCookies(cookies);
    expect(await guest.api.status("/account")).toBe(401);
    expect((await guest.api.call("discussions/start", { title: "From the grave", opening: "" })).status).toBe(401);
  });

  test("signing in does not take up a session that was brought along", async ({ guest, member }) => {
    const planted = { name: "locutory", value: "planted-by-somebody-else", url: guest.api.address };
    await guest.context.addCookies([planted]);
    await guest.api.done("accounts/sign_in", { login: member.name, password: member.password });
    const cookie = (await guest.context.cookies()).find(({ name }) => name === "locutory");
    expect(cookie?.value).not.toBe(planted.value);
    expect(await guest.api.status("/account")).toBe(200);
  });

  test("nobody is led to another site after signing in", async ({ people, member }) => {
    for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "\\\\evil.example"]) {
      const { page, api } = await people.guest();
      await open(page, `/sign-in?next=${encodeURIComponent(next)}`);
      await fill(page, { "User name or e-mail address": member.name, Password: member.password });
      await button(page, "Sign in").click();
      await isTold(page, "You are signed in.");
      expect(new URL(page.url()).origin, next).toBe(api.address);
      expect(new URL(page.url()).pathname, next).toBe("/");
      await api.done("accounts/sign_out", {});
      expect(await api.done("accounts/sign_in", { login: member.name, password: member.password, next }), next).toBe("/");
    }
  });
});

test.describe("scripts in fields", () => {
  test("in discussions and comments are text, and the address of a link is harmless", async ({ member, guest }) => {
    const { page } = member;
    await startDiscussion(page, `A title ${SCRIPT}`, `${SCRIPT}\n\n[click](javascript:alert(3)) [also](https://example.org/)`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`A title ${SCRIPT}`);
    await comment(page, `<script>alert(4)</script> <a href="javascript:alert(5)">x</a> <svg onload=alert(6)> ![pixel](https://example.org/x.png) <style>*{display:none}</style>`);
    const path = new URL(page.url()).pathname;
    for (const reader of [page, guest.page]) {
      await open(reader, path);
      await expect(reader.locator("main script, main iframe, main style, main [onerror], main [onload], main .prose img")).toHaveCount(0);
      await expect(reader.locator("a[href^='javascript:' i]")).toHaveCount(0);
      await expect(reader.getByRole("link", { name: "also" })).toHaveAttribute("rel", "ugc nofollow noopener");
      await expect(reader).toHaveTitle(`A title ${SCRIPT} · Locutory`);
    }
    await open(guest.page, "/");
    await expect(guest.page.getByRole("link", { name: `A title ${SCRIPT}` }).first()).toBeVisible();
    await open(guest.page, `/u/${member.name}`);
    await expect(guest.page.locator("main script, main [onerror]")).toHaveCount(0);
  });

  test("in a preview are text as well", async ({ member }) => {
    const { page } = member;
    await open(page, `/d/${await member.api.discussion("A preview of evil")}`);
    await field(page, "Your comment").fill(`${SCRIPT} **bold** [x](javascript:alert(1))`);
    await button(page, "Preview").click();
    const preview = page.getByRole("region", { name: "Preview" });
    await expect(preview.locator("strong")).toHaveText("bold");
    await expect(preview.locator("script, img, [onerror], a[href^='javascript:' i]")).toHaveCount(0);
    await expect(field(page, "Your comment")).toHaveValue(`${SCRIPT} **bold** [x](javascript:alert(1))`);
  });

  test("come back as text when a form is refused", async ({ guest }) => {
    const { page } = guest;
    await open(page, "/register");
    await fill(page, { "User name": SCRIPT, "E-mail address": SCRIPT, Password: "short" });
    await button(page, "Register").click();
    await expect(field(page, "User name")).toHaveAttribute("aria-invalid", "true");
    await expect(field(page, "User name")).toHaveValue(SCRIPT);
    await expect(page.locator("main script, main img")).toHaveCount(0);
    await open(page, "/sign-in");
    await fill(page, { "User name or e-mail address": SCRIPT, Password: SCRIPT });
    await button(page, "Sign in").click();
    await isTold(page, "That did not match.");
    await expect(field(page, "User name or e-mail address")).toHaveValue(SCRIPT);
    await expect(page.locator("main script, main img")).toHaveCount(0);
  });

  test("in reasons, searches and settings are text", async ({ found }) => {
    const people = await found();
    const [chief, member] = [await people.firstAdmin(), await people.member()];
    const number = await member.api.comment(await member.api.discussion("Reasons"), "To be hidden");
    const { page } = chief;
    await open(page, "/admin/settings");
    await fill(page, { Name: `N ${SCRIPT}` });
    await page.getByLabel("Description").fill(`D ${SCRIPT}`);
    await button(page, "Save settings").click();
    await isTold(page, "The settings are saved.");
    await chief.api.done("comments/moderate", { deed: "hide", reason: `R ${SCRIPT}`, "comments[0]": number });
    await chief.api.done("accounts/suspend", { user: member.id, reason: `S ${SCRIPT}`, days: "1" });
    for (const [path, shown] of [
      ["/", `N ${SCRIPT}`],
      ["/admin/comments", `R ${SCRIPT}`],
      [`/c/${number}`, `R ${SCRIPT}`],
      ["/admin/audit", `S ${SCRIPT}`],
      [`/admin/users/${member.id}`, `S ${SCRIPT}`],
    ] as const) {
      await open(page, path);
      await expect(page.getByText(shown).first(), path).toBeVisible();
      await expect(page.locator("main script:not([type=module]), main img, body > img"), path).toHaveCount(0);
    }
    await open(member.page, "/");
    await isTold(member.page, `Reason given: S ${SCRIPT}`);
    for (const list of ["users?text=", "comments?text=", "comments?author=", "discussions?text=", "audit?person="]) {
      await open(page, `/admin/${list}${encodeURIComponent(SCRIPT)}`);
      await expect(page.locator(`input[type=search][value]`).filter({ visible: true }).first(), list).toBeVisible();
      await expect(page.locator("main script:not([type=module]), main img"), list).toHaveCount(0);
    }
  });

  test("in a reason given where the comment stands come back as text", async ({ moderator, member }) => {
    const discussion = await member.api.discussion("Reasons on the spot");
    const number = await member.api.comment(discussion, "To be moderated");
    const { page } = moderator;
    await open(page, `/d/${discussion}`);
    const place = page.locator(`#comment-${number}`);
    await unfold(place, "Moderate");
    await field(place, "Reason").fill(SCRIPT.repeat(20));
    await button(place, "Hide, can be restored").click();
    await awake(page);
    await expect(field(place, "Reason")).toHaveAttribute("aria-invalid", "true");
    await expect(field(place, "Reason")).toHaveValue(SCRIPT.repeat(20));
    await expect(page.locator("main script:not([type=module]), main img")).toHaveCount(0);
  });
});

test("every answer carries the headers that protect its reader", async ({ guest, member }) => {
  const discussion = await member.api.discussion("Headers");
  for (const path of ["/", `/d/${discussion}`, "/sign-in", "/nowhere", "/admin", "/healthz"]) {
    const response = await guest.context.request.get(path);
    const headers = response.headers();
    expect(headers["content-security-policy"], path).toMatch(/default-src 'none'; script-src 'nonce-[^']{20,}' 'strict-dynamic'/);
    expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBe("same-origin");
    expect(headers["cache-control"], path).toBe("no-store");
    expect(headers["server"], path).toBeUndefined();
  }
  const nonce = async () => /nonce-([^']+)'/.exec((await guest.context.request.get("/")).headers()["content-security-policy"] ?? "")?.[1];
  expect(await nonce()).not.toBe(await nonce());
});

test("the server writes no secret into its log", async ({ found }) => {
  const people = await found();
  const [guest, chief, member] = [await people.guest(), await people.firstAdmin(), await people.member()];
  const password = "a passphrase that must not be logged";
  await guest.api.call("accounts/sign_in", { login: member.name, password });
  const link = (await chief.api.call("accounts/make_password_link", { user: member.id })).body as { address: string };
  await open(guest.page, link.address);
  await field(guest.page, "New password").fill(password);
  await button(guest.page, "Set password").click();
  await isTold(guest.page, "The password is changed.");
  const cookie = (await member.context.cookies()).find(({ name }) => name === "locutory");
  const log = people.world.log;
  for (const secret of [password, PASSWORD, link.address.split("/").at(-1)!, cookie!.value]) {
    expect(log).not.toContain(secret);
  }
  expect(log).toContain("is ready");
});
