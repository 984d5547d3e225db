"""What a guest finds who guesses addresses, and what the server tells about itself."""

import json
import re
from collections.abc import Iterator

import tools
from crawl import crawl
from judge import Judge, Thoroughness, Verdict
from target import Site

FOUND_IS = "200-299,301,302,307,308,401,403,500-599"
"""Statuses that tell a guest that something is there. 405 does not: everything under /api/ says it to whoever only asks."""

NAMES = re.compile(r"\b(axum|hyper|leptos|rust|tokio|rustls|axum-server|python|basehttp|nginx|apache|openssl|locutory)\b[/ ]?v?\d*", re.IGNORECASE)


def ffuf(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    report = tools.FOLDER / f"ffuf-{site.name}.json"
    report.unlink(missing_ok=True)
    command = ["ffuf", "-u", f"{site.origin}/FUZZ", "-w", tools.HERE / "words.txt", "-mc", FOUND_IS, "-k", "-s", "-t", "8"]
    done = tools.run([*command, "-of", "json", "-o", report], 120)
    verdict = Verdict("every word of words.txt")
    if report.is_file():
        results = json.loads(report.read_text())["results"]
        verdict.findings = [f"{each['status']} at {each['url'].removeprefix(site.origin)}" for each in results]
        verdict.said = f"{len((tools.HERE / 'words.txt').read_text().split())} words"
    else:
        verdict.void = done.output.strip()[-300:]
    yield verdict


def staff_pages(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    """That a page of the dashboard is there must not be told to a guest, not even by a header or by the length."""
    guest = site.visitor("guest")
    nothing = _told(guest.ask("/admin/no-such-page"))
    verdict = Verdict("pages of staff")
    words = [word for word in (tools.HERE / "words.txt").read_text().split() if word.startswith("admin")]
    for path in ["/" + word for word in words] + [page.path for page in site.pages if page.role in ("moderator", "admin")]:
        told = _told(guest.ask(path))
        if told != nothing:
            differing = [name for name in told if told[name] != nothing.get(name)]
            verdict.findings.append(f"{path} differs from a page that is not there in: {', '.join(differing)}")
    verdict.said = "compared by status, headers and body"
    yield verdict


def _told(answer) -> dict[str, str]:
    """All that an answer tells but what is new in each."""
    new_each_time = {"date", "x-request-id", "content-security-policy", "set-cookie", "content-length"}
    told = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in new_each_time}
    # The nonce, the request's number and the address asked for stand in the page; what is left must be the same.
    body = re.sub(r'nonce="[^"]*"|[0-9a-f]{16}', "", answer.text)
    body = re.sub(r"(?:%2F|/)admin[^\"'&<]*", "", body)
    return {"status": str(answer.status), **told, "body": body}


def foreign_pages(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    """Sends every form as a page of somebody else's makes a browser send it."""
    visitor = site.visitor(site.roles[-1])
    verdict = Verdict("every form", visitor.role)
    forms = crawl(visitor, [page.path for page in site.pages]).forms
    foreigners = [{}, {"Sec-Fetch-Site": "cross-site", "Origin": site.origin}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
    for form in forms:
        for headers in foreigners:
            status = visitor.send(form.action, form.values(), headers).status
            if status != 403:
                verdict.findings.append(f"{form.action} answered {status} to {headers or 'who does not say where from'}")
    verdict.said = f"{len(forms)} forms, {len(foreigners)} ways each"
    verdict.void = "" if forms else "no form was found"
    yield verdict


def whatweb(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for page in [page for page in site.pages if page.kind in ("home", "nothing")]:
        report = tools.FOLDER / f"whatweb-{site.name}.json"
        report.unlink(missing_ok=True)
        done = tools.run(["whatweb", "-a", "3", "--no-errors", "--quiet", f"--log-json={report}", site.origin + page.path], 120)
        verdict = Verdict(page.path)
        try:
            plugins = json.loads(report.read_text())[0]["plugins"]
        except (OSError, ValueError, IndexError):
            verdict.void, plugins = f"no report: {done.output.strip()[-200:]}", {}
        for name, told in plugins.items():
            if "version" in told or name in ("HTTPServer", "X-Powered-By", "MetaGenerator"):
                verdict.findings.append(f"{name}: {told}")
        verdict.said = f"saw {', '.join(plugins)}"
        yield verdict


def nmap(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for port, what in [(site.https, "TLS port"), (site.http, "plain port")]:
        done = tools.run(["nmap", "-Pn", "-sV", "--version-all", "-oX", "-", "-p", port, "127.0.0.1"], 240)
        service = re.search(r"<service ([^>]*)>", done.output)
        verdict = Verdict(what, void="" if service else f"no service seen: {done.output[-200:]}")
        named = re.findall(r'(product|version|extrainfo)="([^"]*)"', service[1]) if service else []
        verdict.findings = [f"{name}: {value}" for name, value in named if name == "version" or NAMES.search(value)]
        verdict.said = "; ".join(f"{name}: {value}" for name, value in named) or "no product known"
        yield verdict


JUDGES = [
    Judge(
        "ffuf",
        "ffuf",
        lambda: tools.version_of_debian_package("ffuf"),
        "no word leads a guest anywhere",
        ffuf,
        counts_refusals=True,
    ),
    Judge("staff-pages", "our own", lambda: "", "for a guest, no page of staff differs from one that is not there", staff_pages),
    Judge("foreign-pages", "our own", lambda: "", "every form that did not come from our pages is refused", foreign_pages),
    Judge("whatweb", "WhatWeb", lambda: tools.version_of_debian_package("whatweb"), "no version and no server named", whatweb),
    Judge("nmap", "Nmap", lambda: tools.version_of_debian_package("nmap"), "no version and no program named", nmap),
]
