"""What the headers of a page tell a browser to refuse."""

from collections.abc import Iterator

import tools
from judge import Judge, Thoroughness, Verdict
from target import Site

HIGHEST = 135
"""Of the Observatory, for a site that is on no browser's preload list."""

KINDS = ["home", "sign-in", "discussion", "nothing", "overview"]


def observatory(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    chosen = [(page.path, page.role, page.status) for page in site.pages if page.kind in KINDS]
    chosen += [(path, "guest", 404) for path, role, _ in chosen if role != "guest"]
    for path, role, status in chosen:
        visitor = site.visitor(role)
        seen = tools.driver("observatory", site.http, site.https, path, visitor.cookie_header(), NODE_EXTRA_CA_CERTS=str(site.authority))
        verdict = Verdict(path, role, said=f"{seen['score']} points")
        if seen["status"] != status:
            verdict.void = f"the page answered {seen['status']} and not {status}"
        if seen["score"] < HIGHEST:
            lost = [f"{test['test']}: {test['result']} ({test['points']:+})" for test in seen["tests"] if test["points"] <= 0]
            verdict.findings = [f"{seen['score']} points; without a bonus: {', '.join(lost)}"]
        yield verdict


def csp_evaluator(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for page in site.pages:
        answer = site.visitor(page.role).ask(page.path)
        verdict = Verdict(page.path, page.role)
        policy = answer.headers.get("content-security-policy")
        if not policy:
            verdict.findings = ["there is no policy"]
        else:
            found = tools.driver("policy", policy)
            verdict.findings = [f"{each['severity']} {each['directive']} {each['value']}: {each['says']}" for each in found if each["serious"]]
            verdict.said = f"{len(found)} remarks"
        yield verdict


JUDGES = [
    Judge(
        "observatory",
        "MDN HTTP Observatory",
        lambda: tools.version_of_package("@mdn/mdn-http-observatory"),
        f"{HIGHEST} points",
        observatory,
    ),
    Judge(
        "csp",
        "csp_evaluator",
        lambda: tools.version_of_package("csp_evaluator"),
        "nothing of medium severity or above",
        csp_evaluator,
    ),
]
