import type { Page } from "@playwright/test";

import {
  awake,
  button,
  comment,
  expect,
  field,
  fill,
  isTold,
  numberOf,
  open,
  PASSWORD,
  startDiscussion,
  test,
  unfold,
  USUAL_SETTINGS,
  type Guest,
  type Member,
} from "../fixtures/index.ts";
import type { People } from "../fixtures/people.ts";

/** Each tries to leave the place in which it is shown, and would set `__pwned` if it ran. None is longer than the shortest field takes. */
const HOSTILE = [
  `"><script>__pwned=1</script>`,
  `</textarea><img src=x onerror=__pwned=1>`,
  `</title><svg onload=__pwned=1>`,
  `' autofocus onfocus=__pwned=1 x='`,
  `--><!--<b>]]>&lt;b&gt; &#x3c;i&#62;`,
  `[a](javascript:__pwned=1)<iframe src=x>`,
  `</style></script></noscript><b>{{7*7}}`,
] as const;

/** Escaping and the policy are two walls: each has to hold without the other. */
const WALLS = [
  { name: "behind the policy", bypassCSP: false },
  { name: "without the policy", bypassCSP: true },
] as const;

/** Notes what ran, and what the policy had to stop: with escaping whole, neither happens. */
const LISTEN = () => {
  const seen: string[] = [];
  Object.defineProperty(window, "__seen", { value: seen });
  let ran = 0;
  Object.defineProperty(window, "__pwned", { get: () => ran, set: () => seen.push(`a script ran (${(ran += 1)})`) });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    seen.push(`the policy stopped ${violatedDirective}: ${blockedURI} ${sample}`);
  });
};

interface Cast {
  guest: Guest;
  member: Member;
  moderator: Member;
  admin: Member;
}

for (const { name, bypassCSP } of WALLS) {
  test.describe(name, () => {
    test("what people type into any field is shown as typed, to everybody, and never runs", async ({ found, scripts }) => {
      test.setTimeout(300_000);
      const people = await found();
      const cast = await gather(people, { bypassCSP }, scripts);
      for (const text of HOSTILE) {
        await test.step(text, async () => {
          await writeEverywhere(people, cast, text, scripts);
        });
      }
    });

    test("what comes back in a refused form is what was typed", async ({ found, scripts }) => {
      test.setTimeout(180_000);
      const people = await found();
      const cast = await gather(people, { bypassCSP }, scripts);
      for (const text of HOSTILE) {
        await test.step(text, async () => {
          await refuseEverywhere(cast, text, scripts);
        });
      }
    });
  });
}

/** Four people, each in a browser that listens. */
async function gather(people: People, options: { bypassCSP: boolean }, scripts: boolean): Promise<Cast> {
  const first = await people.firstAdmin();
  const member = await people.member("ada");
  const moderator = await people.moderator("grace");
  const listening = async (account?: Member): Promise<Guest> => {
    const guest = await people.guest(options);
    if (scripts) {
      await guest.context.addInitScript(LISTEN);
    }
    if (account) {
      await guest.api.done("accounts/sign_in", { login: account.name, password: account.password });
    }
    return guest;
  };
  const as = async (account: Member): Promise<Member> => ({ ...account, ...(await listening(account)) });
  return { guest: await listening(), member: await as(member), moderator: await as(moderator), admin: await as(first) };
}

/** Types a text into every field that keeps it, through the pages' own forms, and reads it on every page that shows it. */
async function writeEverywhere(people: People, { guest, member, moderator, admin }: Cast, text: string, scripts: boolean): Promise<void> {
  const { page } = member;
  await startDiscussion(page, `Title ${text}`, `Opening ${text}`);
  const discussion = new URL(page.url()).pathname;
  await comment(page, `Comment ${text}`);
  const number = await numberOf(page.locator("article.comment").last());
  await moderator.api.done("comments/moderate", { deed: "hide", reason: `Reason ${text}`, "comments[0]": number });

  await open(admin.page, "/admin/settings");
  await field(admin.page, "Name").fill(text);
  await admin.page.getByLabel("Description").fill(text);
  await button(admin.page, "Save settings").click();
  await isTold(admin.page, "The settings are saved.");
  await open(admin.page, "/admin/joining");
  await admin.page.getByLabel("Note").fill(`Note ${text}`);
  await button(admin.page, "Make an invitation").click();
  const troubled = await people.member();
  await admin.api.done("accounts/suspend", { user: troubled.id, reason: `Suspended ${text}`, days: "1" });

  for (const [who, path, shown] of [
    [guest, discussion, `Title ${text}`],
    [guest, "/", `Title ${text}`],
    [guest, "/sign-in", text],
    [guest, "/nowhere", text],
    [guest, `/u/${member.name}`, text],
    [guest, `/u/${troubled.name}`, text],
    [member, discussion, `Title ${text}`],
    [member, `${discussion}/edit`, text],
    [member, "/account", `Reason ${text}`],
    [member, "/account/security", text],
    [moderator, discussion, `Title ${text}`],
    [moderator, "/admin/comments?state=hidden", `Reason ${text}`],
    [moderator, "/admin/discussions", `Title ${text}`],
    [moderator, "/admin/joining", `Note ${text}`],
    [admin, "/admin", text],
    [admin, "/admin/users", text],
    [admin, `/admin/users/${troubled.id}`, `Suspended ${text}`],
    [admin, "/admin/settings", text],
    [admin, "/admin/audit", `Suspended ${text}`],
  ] as const) {
    await open(who.page, path);
    await expect(who.page.getByText(shown, { exact: false }).first(), path).toBeVisible();
    await expect(who.page.locator("meta[name=description]"), path).toHaveAttribute("content", text);
    await isHarmless(who.page, path, scripts);
  }
  await open(admin.page, "/admin/settings");
  await expect(field(admin.page, "Name")).toHaveValue(text);
  await open(page, `${discussion}/edit`);
  await expect(field(page, "Title")).toHaveValue(`Title ${text}`);
  await expect(page.locator("textarea").first()).toHaveValue(`Opening ${text}`);
  await isHarmless(page, "the form of the discussion", scripts);
  await admin.api.done("site/save_settings", { ...USUAL_SETTINGS, comments_per_minute: 1000, discussions_per_hour: 1000 });
}

/** Types a text where it is refused. */
async function refuseEverywhere({ guest, member, moderator }: Cast, text: string, scripts: boolean): Promise<void> {
  const { page } = guest;
  await open(page, "/register");
  await fill(page, { "User name": text, "E-mail address": text, Password: "short" });
  await button(page, "Register").click();
  await expect(field(page, "User name")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "User name")).toHaveValue(text);
  await expect(field(page, "E-mail address")).toHaveValue(text);
  await isHarmless(page, "/register", scripts);

  await open(page, "/sign-in");
  await fill(page, { "User name or e-mail address": text, Password: PASSWORD });
  await button(page, "Sign in").click();
  await expect(field(page, "User name or e-mail address")).toHaveValue(text);
  await isHarmless(page, "/sign-in", scripts);

  const discussion = await member.api.discussion("Refused words");
  const number = await member.api.comment(discussion, "To be moderated");
  const long = text + "x".repeat(10_000);
  await open(member.page, `/d/${discussion}`);
  await field(member.page, "Your comment").fill(long);
  await button(member.page, "Publish comment").click();
  await awake(member.page);
  await expect(field(member.page, "Your comment")).toHaveAttribute("aria-invalid", "true");
  await expect(field(member.page, "Your comment")).toHaveValue(long);
  await isHarmless(member.page, "a comment that is too long", scripts);

  await open(moderator.page, `/d/${discussion}`);
  const place = moderator.page.locator(`#comment-${number}`);
  await unfold(place, "Moderate");
  await field(place, "Reason").fill(text.repeat(40));
  await button(place, "Hide, can be restored").click();
  await awake(moderator.page);
  await expect(field(place, "Reason")).toHaveValue(text.repeat(40));
  await isHarmless(moderator.page, "a reason that is too long", scripts);

  for (const where of ["/?notice=", "/sign-in?next=", "/sign-in?__err=", "/register?error=", "/nowhere?"]) {
    await open(page, `${where}${encodeURIComponent(text)}`);
    await isHarmless(page, where, scripts);
  }
}

/** Nothing ran, nothing tried to, and nothing that was typed has become an element or an attribute. */
async function isHarmless(page: Page, where: string, scripts: boolean): Promise<void> {
  await expect(page.locator("[onerror], [onload], [onfocus], [onclick], [style], [srcdoc]"), where).toHaveCount(0);
  await expect(page.locator("iframe, object, embed, main img, svg[onload], main noscript, main style, title:not(head title):not(svg title)"), where).toHaveCount(0);
  await expect(page.locator("a[href^='javascript:' i], form[action^='javascript:' i]"), where).toHaveCount(0);
  await expect(page.locator("script:not([type=module]):not([type=importmap])"), where).toHaveCount(0);
  if (scripts) {
    expect(await page.evaluate(() => (window as unknown as { __seen: string[] }).__seen), where).toEqual([]);
  }
}
