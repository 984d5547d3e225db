"""How good pages are for people, browsers and search engines."""

import json
from collections.abc import Iterator

import tools
from judge import Judge, Thoroughness, Verdict
from target import Page, Site

LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}

WHERE_LIGHTHOUSE_LOOKS = ["home", "sign-in", "discussion", "register"]

TRIES = 3
"""For performance alone, which hangs on what else the machine does: the best counts."""

MARKER = ("<!>", "<!---->")
"""The framework marks places in a page by a comment that is empty and written as short as browsers understand it. Validators
do not read on after it, so they are given the same comment in full."""

NOT_TO_BE_FOUND = {"sign-in", "register"}
"""Kinds of pages that ask search engines to leave them out: for them the one audit of that counts as kept."""


def axe(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for role in site.roles:
        pages = [page for page in site.pages if page.role == role]
        cookies = site.visitor(role).cookie_header()
        wanted = json.dumps([{"url": site.origin + page.path, "cookies": cookies} for page in pages])
        seen = tools.driver("accessibility", limit=60 + 40 * len(pages), given=wanted) if pages else []
        for page in pages:
            looks = [look for look in seen if look["url"] == site.origin + page.path]
            verdict = Verdict(page.path, role)
            for look in looks:
                scheme = look["colorScheme"]
                verdict.findings += [f"{scheme}: {each['id']} ({each['impact']}) at {', '.join(each['nodes'])}" for each in look["violations"]]
                verdict.findings += [f"{scheme}: the browser says: {complaint[:300]}" for complaint in look["complaints"]]
                if look["status"] != page.status:
                    verdict.void = f"the page answered {look['status']} and not {page.status}"
            yield verdict


def html_validate(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    folder = tools.FOLDER / "pages" / site.name
    folder.mkdir(parents=True, exist_ok=True)
    for page in site.pages:
        answer = site.visitor(page.role).ask(page.path)
        file = folder / f"{page.kind.replace(' ', '-').replace(',', '')}.html"
        file.write_text(answer.text.replace(*MARKER))
        report = file.with_suffix(".json")
        report.unlink(missing_ok=True)
        done = tools.run([tools.node("html-validate"), "--config", tools.HERE / "html-validate.json", "--formatter", f"json={report}", file], 60)
        verdict = Verdict(page.path, page.role)
        if report.is_file():
            messages = [message for each in json.loads(report.read_text()) for message in each["messages"]]
            verdict.findings = [f"{each['ruleId']} at {each['selector']}: {each['message']}" for each in messages]
        else:
            verdict.void = f"no report: {done.output[-300:]}"
        if answer.status != page.status:
            verdict.void = f"the page answered {answer.status} and not {page.status}"
        yield verdict


def lighthouse(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for page in site.pages:
        if page.kind in WHERE_LIGHTHOUSE_LOOKS:
            yield _best_look(site, page)


def _best_look(site: Site, page: Page) -> Verdict:
    verdict, best = Verdict(page.path, page.role), {}
    for _ in range(TRIES):
        report = _look(site, page)
        if report is None:
            continue
        scores, failed = _judge(report, page)
        best = max(best, scores, key=lambda each: each.get("performance", -1))
        verdict.said = ", ".join(f"{name} {score}" for name, score in best.items())
        verdict.findings = [f"{name} {best[name]} below {least}" for name, least in LEAST.items() if best[name] < least] + failed
        # What is no figure of speed is the same each time.
        if failed or not verdict.findings:
            break
    if not best:
        verdict.void = "Lighthouse did not come to a report"
    return verdict


def _look(site: Site, page: Page) -> dict | None:
    flags = "--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors"
    report = tools.FOLDER / f"lighthouse-{site.name}-{page.kind}.json"
    command = [tools.node("lighthouse"), site.origin + page.path, "--quiet", f"--chrome-flags={flags}", "--output=json", f"--output-path={report}"]
    report.unlink(missing_ok=True)
    tools.run([*command, f"--only-categories={','.join(LEAST)}"], 180, {"CHROME_PATH": tools.CHROMIUM})
    if not report.is_file():
        return None
    read = json.loads(report.read_text())
    return None if read.get("runtimeError") else read


def _judge(report: dict, page: Page) -> tuple[dict[str, int], list[str]]:
    audits, scores, failed = report["audits"], {}, []
    for name, category in report["categories"].items():
        references = [each for each in category["auditRefs"] if each["weight"] and audits[each["id"]]["score"] is not None]
        if name == "seo" and page.kind in NOT_TO_BE_FOUND:
            references = [each for each in references if each["id"] != "is-crawlable"]
        weight = sum(each["weight"] for each in references)
        scores[name] = round(100 * sum(each["weight"] * audits[each["id"]]["score"] for each in references) / weight) if weight else 0
        if name != "performance":
            failed += [f"{name}: {audits[each['id']]['title']}" for each in references if audits[each["id"]]["score"] < 1]
    return scores, failed


JUDGES = [
    Judge("axe", "axe-core", lambda: tools.version_of_package("axe-core"), "no violation and no complaint of the browser, light and dark", axe),
    Judge("html", "html-validate", lambda: tools.version_of_package("html-validate"), "no error", html_validate),
    Judge(
        "lighthouse",
        "Lighthouse",
        lambda: tools.version_of_package("lighthouse"),
        "100 in accessibility, best practices and SEO, 95 in performance",
        lighthouse,
    ),
]
