"""Whether something that is sent becomes code: wapiti looks at whole sites, sqlmap at each form and query parameter."""

import json
import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import tools
from crawl import Form, crawl
from judge import Judge, Thoroughness, Verdict
from target import Site
from visitor import Visitor

MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,timesql,upload,xss"
"""Those that call nobody outside."""

ENDS_THE_VISIT = [
    "/api/accounts/sign_out",
    "/api/accounts/change_password",
    "/api/accounts/leave_for_good",
    "/api/accounts/end_own_session",
    "/api/accounts/end_other_sessions",
    "/api/accounts/begin_totp",
    "/api/site/save_settings",
]
"""Left out of wapiti's walk, as nothing would be examined after them. sqlmap examines each, on a site restored."""

FORGERY = "Cross Site Request Forgery"
"""wapiti looks for a token in each form. Where there is none it is asked whether the form is refused when another site sends
it, which is what a token is for."""

CAUGHT_BY_THE_TRAP = ["/api/accounts/sign_in", "/api/accounts/register", "/api/accounts/request_reset"]
"""Forms with a field that only programs fill in. wapiti fills it in, is refused, and examines nothing; sqlmap leaves it empty."""

TRAP = "website"

WAPITI_TIME = 3_600
WAPITI_CRAWL_TIME = 300
WAPITI_MODULE_TIME = 600
"""Seconds for one role, of these to find its pages, and for one kind of attack on them."""

CUT_SHORT = re.compile(r"Max (?:scan time was reached|attack time was reached for module (\w+))")
FORM_TIME = 900
"""Seconds for one form or query, of one run of sqlmap."""


def wapiti(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for role in site.roles:
        visitor = site.visitor(role)
        report = tools.FOLDER / f"wapiti-{site.name}-{role}.json"
        session = tools.FOLDER / "wapiti"
        report.unlink(missing_ok=True)
        shutil.rmtree(session, ignore_errors=True)
        command = [tools.python("wapiti", "requirements-wapiti"), "-u", f"{site.origin}/", "-m", MODULES, "--flush-session", "--store-session", session]
        command += ["--endpoint", "http://127.0.0.1:9/", "--dns-endpoint", "localhost", "--no-bugreport", "--verify-ssl", "0"]
        command += ["--max-scan-time", WAPITI_CRAWL_TIME, "--max-attack-time", WAPITI_MODULE_TIME, "--max-files-per-dir", 12, "--tasks", 4]
        command += ["-f", "json", "-o", report]
        for page in site.pages:
            command += ["-s", site.origin + page.path]
        for path in ENDS_THE_VISIT + CAUGHT_BY_THE_TRAP:
            command += ["-x", site.origin + path]
        for header in visitor.headers():
            command += ["-H", header]
        done = tools.run(command, WAPITI_TIME)
        (tools.FOLDER / f"wapiti-{site.name}-{role}.txt").write_text(done.output)
        yield _told_by_wapiti(site, role, report, done)
        if role != "guest" and not site.knows(visitor):
            yield Verdict("every page", role, void="the visitor was signed out meanwhile")


def _told_by_wapiti(site: Site, role: str, report, done: tools.Done) -> Verdict:
    verdict = Verdict("every page", role)
    if not report.is_file():
        verdict.void = f"no report: {done.output.strip()[-300:]}"
        return verdict
    cut = sorted({found[1] or "pages" for found in CUT_SHORT.finditer(done.output)})
    if cut or not done.in_time:
        verdict.void = f"out of time: {', '.join(cut) or 'all that was left'}"
    read = json.loads(report.read_text())
    for kind in ("vulnerabilities", "anomalies"):
        for name, entries in read[kind].items():
            kept = [entry for entry in entries if name != FORGERY or not _refuses_strangers(site, entry["path"])]
            verdict.findings += [f"{name}: {entry['method']} {entry['path']}: {entry['info'][:200]}" for entry in kept]
    verdict.said = f"{read['infos'].get('crawled_pages_nbr', '?')} pages and forms seen"
    return verdict


def _refuses_strangers(site: Site, path: str) -> bool:
    return site.visitor("guest").send(path, {}, {"Sec-Fetch-Site": "cross-site"}).status == 403


def sqlmap(site: Site, thoroughness: Thoroughness) -> Iterator[Verdict]:
    examined = set()
    for role in site.roles:
        found = crawl(site.visitor(role), [page.path for page in site.pages])
        for form in found.forms:
            # What every role has is sent by the one that may do most, which comes last.
            again = any(_is_also_of(site, form, later) for later in site.roles[site.roles.index(role) + 1 :])
            if again and not thoroughness.is_full or (role, form.kind()) in examined:
                continue
            examined.add((role, form.kind()))
            for request in _requests_of(form):
                yield _examine(site, role, request, thoroughness)
        for query in found.queries:
            if role == site.roles[-1] or thoroughness.is_full or role == "guest":
                yield _examine(site, role, Request("GET", query, {}, names_of(query), []), thoroughness)


class Request:
    """`tested` are the fields that payloads go into, `fresh` those that must differ from request to request."""

    def __init__(self, method: str, path: str, fields: dict[str, str], tested: list[str], fresh: list[str]) -> None:
        self.method, self.path, self.fields, self.tested, self.fresh = method, path, fields, tested, fresh

    def text(self, visitor: Visitor) -> str:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {urlsplit(visitor.origin).netloc}", "Accept: text/html", *visitor.headers()]
        body = urlencode(self.fields) if self.method == "POST" else ""
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded"]
        return "\r\n".join(lines) + "\r\n\r\n" + body


NEW_EACH_TIME = {"login", "username", "email", "once", "title"}
"""Fields whose repetition the house refuses, whatever stands in the others."""

PLAUSIBLE = {
    "email": "somebody@example.org",
    "number": "3",
    "password": "seven quiet herons wade north",
    "text": "heron",
    "hidden": "",
    "choice": "1",
}


def _requests_of(form: Form) -> Iterator[Request]:
    fields = {name: value.strip() or PLAUSIBLE.get(kind, "heron") for name, value, kind in form.fields}
    for name in ("website", "solution", "next", "parent"):
        if name in fields:
            # People leave these as they are.
            fields[name] = dict((known, value) for known, value, _ in form.fields)[name]
    fresh = [name for name in fields if name in NEW_EACH_TIME]
    others = [name for name in fields if name not in fresh and name != TRAP]
    if others:
        yield Request("POST", form.action, fields, others, fresh)
    if fresh:
        yield Request("POST", form.action, fields, fresh, [])


def names_of(query: str) -> list[str]:
    return [pair.split("=")[0] for pair in urlsplit(query).query.split("&")]


def _is_also_of(site: Site, form: Form, role: str) -> bool:
    if (role, site.name) not in _KINDS:
        found = crawl(site.visitor(role), [page.path for page in site.pages])
        _KINDS[role, site.name] = {each.kind() for each in found.forms}
    return form.kind() in _KINDS[role, site.name]


_KINDS: dict[tuple[str, str], set] = {}


def _examine(site: Site, role: str, request: Request, thoroughness: Thoroughness) -> Verdict:
    visitor = site.visitor(role)
    file, output = tools.FOLDER / "request.txt", tools.FOLDER / "sqlmap"
    file.write_text(request.text(visitor))
    shutil.rmtree(output, ignore_errors=True)
    command = [tools.python("sqlmap"), "-r", file, "--force-ssl", "--batch", "--flush-session", "--output-dir", output, "-p", ",".join(request.tested)]
    command += ["--level", 3, "--risk", 2, "--time-sec", 2, "--disable-coloring", "--dbms", "sqlite", "--ignore-code", "*", "--skip-waf", "--threads", 2]
    if request.fresh:
        command += ["--randomize", ",".join(request.fresh)]
    done = tools.run(command, FORM_TIME)
    with (tools.FOLDER / f"sqlmap-{site.name}.txt").open("a") as log:
        log.write(f"\n##### {role} {request.method} {request.path} {request.tested}\n{done.output}")
    verdict = Verdict(f"{request.method} {request.path}: {', '.join(request.tested)}", role)
    injectable = re.findall(r"^Parameter: .*$|^\s+Title: .*$", done.output, re.MULTILINE)
    # Its exit code is 0 whatever it finds.
    if injectable:
        verdict.findings = [line.strip() for line in injectable]
    elif "all tested parameters do not appear to be injectable" not in done.output:
        verdict.void = "out of time" if not done.in_time else f"no verdict: {done.output.strip()[-300:]}"
    return verdict


JUDGES = [
    Judge("wapiti", "Wapiti", lambda: tools.version_of_python_package("wapiti3"), "nothing found", wapiti, counts_refusals=True),
    Judge("sqlmap", "sqlmap", lambda: tools.version_of_python_package("sqlmap"), "no parameter injectable", sqlmap, counts_refusals=True),
]
