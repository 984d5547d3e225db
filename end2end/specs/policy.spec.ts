import { createHash } from "node:crypto";

import { awake, expect, open, test } from "../fixtures/index.ts";
import { prepareTour } from "../fixtures/tour.ts";

/** Notes what the policy stops, and what breaks. */
const LISTEN = () => {
  const seen: string[] = [];
  Object.defineProperty(window, "__seen", { value: seen });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
    seen.push(`${violatedDirective}: ${blockedURI} by ${sourceFile}`);
  });
  window.addEventListener("error", ({ message }) => seen.push(message));
  window.addEventListener("unhandledrejection", ({ reason }) => seen.push(String(reason)));
};

test("no page needs anything that its own policy forbids, and every island wakes under Trusted Types", async ({ found, scripts }) => {
  test.skip(!scripts, "without scripts there is nothing to stop");
  test.setTimeout(300_000);
  const { stops, people } = await prepareTour(await found());
  for (const person of Object.values(people)) {
    await person.context.addInitScript(LISTEN);
  }
  let islands = 0;
  for (const { name, path, eyes } of stops) {
    const { page } = people[eyes];
    const response = await page.goto(path);
    await awake(page);
    const here = await page.locator("leptos-island").count();
    islands += here;
    const policy = response?.headers()["content-security-policy"] ?? "";
    expect.soft(policy, name).toContain("require-trusted-types-for 'script'");
    expect.soft(policy, name).toContain(`trusted-types ${here > 0 ? "locutory-preview" : "'none'"};`);
    expect.soft(await page.evaluate(() => (window as unknown as { __seen: string[] }).__seen), `${eyes}: ${name}`).toEqual([]);
  }
  expect(islands, "pages with islands were among them").toBeGreaterThan(5);
});

test("no script can make markup from text, nor a policy of its own that would", async ({ member, scripts }) => {
  test.skip(!scripts, "without scripts nothing is made at all");
  const { page } = member;
  const discussion = await member.api.discussion("Under Trusted Types");
  for (const path of [`/d/${discussion}`, "/account/sessions", "/nowhere"]) {
    await open(page, path);
    // What a test evaluates is not held by the policy of the page's scripts, but what it writes is.
    const refused = await page.evaluate(() => {
      const attempts: Record<string, () => unknown> = {
        innerHTML: () => (document.createElement("div").innerHTML = "<b>x</b>"),
        insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
        write: () => document.write("<b>x</b>"),
        script: () => (document.createElement("script").text = "1"),
        source: () => (document.createElement("script").src = "/x.js"),
        policy: () => (window as unknown as { trustedTypes: { createPolicy: (name: string, rules: object) => unknown } }).trustedTypes.createPolicy("mine", {}),
      };
      return Object.entries(attempts).filter(([, attempt]) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      }).map(([name]) => name);
    });
    expect(refused, path).toEqual(["innerHTML", "insertAdjacentHTML", "write", "script", "source", "policy"]);
  }
  // The browser tells of each; that is what was wanted here.
  member.complaints.length = 0;
});

test.describe("files that are not the ones that the site was built with", () => {
  for (const [what, pattern, type] of [
    ["the loader", "**/assets/loader-*.js", "text/javascript"],
    ["the script", "**/assets/locutory-*.js", "text/javascript"],
    ["the wasm", "**/assets/locutory_bg-*.wasm", "application/wasm"],
    ["the style", "**/assets/locutory-*.css", "text/css"],
  ] as const) {
    test(`are refused by the browser: ${what}`, async ({ member, scripts }) => {
      test.skip(!scripts && what !== "the style", "nothing else is loaded without scripts");
      const { page, context, complaints } = member;
      const discussion = await member.api.discussion("Whole files");
      await context.route(pattern, async (route) => {
        const response = await route.fetch();
        const body = Buffer.concat([await response.body(), Buffer.from(type === "application/wasm" ? [0] : "\n")]);
        await route.fulfill({ status: 200, contentType: type, body });
      });
      const noted: string[] = [];
      context.on("console", (message) => noted.push(message.text()));
      await page.goto(`/d/${discussion}`);
      await expect.poll(() => noted.join("\n"), { message: what }).toMatch(/integrity|digest/i);
      if (what === "the style") {
        expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
      } else {
        await expect(page.locator("html")).not.toHaveAttribute("data-awake");
      }
      complaints.length = 0;
    });
  }

  test("are not named by any page: every digest is that of the file", async ({ guest, member }) => {
    const discussion = await member.api.discussion("Digests");
    const html = await member.api.read(`/d/${discussion}`);
    const named = [
      .../src="([^"]+\.js)" integrity="(sha384-[^"]+)"/.exec(html)?.slice(1, 3) ?? [],
      .../href="([^"]+\.css)"[^>]*integrity="(sha384-[^"]+)"/.exec(html)?.slice(1, 3) ?? [],
      .../"integrity":\{"([^"]+\.js)":"(sha384-[^"]+)"/.exec(html)?.slice(1, 3) ?? [],
      .../data-wasm="([^"]+\.wasm)" data-integrity="(sha384-[^"]+)"/.exec(html)?.slice(1, 3) ?? [],
    ];
    expect(named).toHaveLength(8);
    for (let place = 0; place < named.length; place += 2) {
      const body = await (await guest.context.request.get(named[place]!)).body();
      expect(`sha384-${createHash("sha384").update(body).digest("base64")}`, named[place]).toBe(named[place + 1]);
    }
  });
});

test("what a browser refuses is told to admins", async ({ member, admin, scripts }) => {
  test.skip(!scripts, "a browser without scripts is asked to refuse nothing here");
  const { page } = member;
  await open(page, `/d/${await member.api.discussion("Something refused")}`);
  const sent = page.waitForRequest((request) => new URL(request.url()).pathname === "/reports");
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "http://127.0.0.1:9/pixel.png?secret";
    document.body.append(image);
  });
  await sent;
  await expect(async () => {
    await open(admin.page, "/admin/reports");
    await expect(admin.page.getByRole("row").filter({ hasText: "img-src" }).filter({ hasText: "http://127.0.0.1:9" }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(admin.page.getByText("secret")).toHaveCount(0);
  member.complaints.length = 0;
});
