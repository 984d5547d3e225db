"""Which TLS is spoken, and with what certificate."""

import json
import re
from collections.abc import Iterator

import tools
from judge import Judge, Thoroughness, Verdict
from target import Site

SERIOUS = {"MEDIUM", "HIGH", "CRITICAL"}

OF_A_CERTIFICATE_OF_OUR_OWN = {
    # No authority that the world trusts signed it.
    "cert_chain_of_trust": "testssl knows one root store at a time, and the authority of this run is in none",
    # Nobody outside can be asked about it.
    "cert_revocation": "an authority on this machine publishes no list of what it took back",
    "cert_crlDistributionPoints": "as above",
    "cert_ocspURL": "as above",
    # Those who issue to the world log what they issue, and are named in the DNS.
    "certificate_transparency": "only public authorities write to public logs",
    "DNS_CAArecord": "localhost has no zone to hold one",
    # A grade is worked out from the chain.
    "cert_trust": "the name fits; the chain is as above",
    "overall_grade": "capped at T for what no public authority signed",
    "grade_cap_reason_1": "as above",
}
"""testssl's ids that are let pass on Locutory, each with the reason: a certificate that Locutory made for itself."""


def sslyze(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    command = [tools.python("sslyze"), "--mozilla_config", "intermediate", "--certinfo_ca_file", site.authority, "--sni", "localhost"]
    done = tools.run([*command, f"127.0.0.1:{site.https}"], 300)
    (tools.FOLDER / f"sslyze-{site.name}.txt").write_text(done.output)
    verdict = Verdict(f"port of {site.name}")
    if "COMPLIANCE" not in done.output.upper():
        verdict.void = done.output.strip()[-300:] or "it said nothing"
    elif done.status != 0:
        told = done.output[done.output.upper().rfind("COMPLIANCE") :]
        verdict.findings = [line.strip() for line in told.splitlines() if line.strip().startswith("*")] or [told.strip()[:400]]
    else:
        verdict.said = "compliant"
    yield verdict


def testssl(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    report = tools.FOLDER / f"testssl-{site.name}.json"
    report.unlink(missing_ok=True)
    command = ["testssl", "--quiet", "--color", "0", "--warnings", "off", "--add-ca", site.authority, "--jsonfile", report]
    done = tools.run([*command, f"localhost:{site.https}"], 900)
    verdict = Verdict(f"port of {site.name}")
    entries = json.loads(report.read_text()) if report.is_file() else []
    # Names of the entries end in a number where a site has several certificates.
    serious = [entry for entry in entries if entry["severity"] in SERIOUS]
    passed = [entry for entry in serious if re.sub(r" .*", "", entry["id"]) in OF_A_CERTIFICATE_OF_OUR_OWN]
    verdict.findings = [f"{entry['severity']} {entry['id']}: {entry['finding']}" for entry in serious if entry not in passed]
    verdict.said = f"{len(entries)} entries; let pass: {', '.join(entry['id'] for entry in passed) or 'none'}"
    if not done.in_time or len(entries) < 50:
        verdict.void = f"it came to {len(entries)} entries only: {done.output.strip()[-300:]}"
    yield verdict


JUDGES = [
    Judge(
        "sslyze",
        "sslyze",
        lambda: tools.version_of_python_package("sslyze"),
        "Mozilla's intermediate profile is kept",
        sslyze,
    ),
    Judge(
        "testssl",
        "testssl.sh",
        lambda: tools.version_of_debian_package("testssl.sh"),
        "nothing of medium severity or above but what a certificate of our own causes",
        testssl,
    ),
]
