"""`make scan`: has outside judges look at the release, under TLS, with the people of the demo.

Each judge is first sent to an application with planted holes: one that finds none there is blind, and what it says of
Locutory does not count. Nor does it of a form to which more than one answer in twenty was a refusal. Ends with 0 if every gate is
kept; the table is in target/scan/report.md. See docs/scanning.md.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

import judges
import tools
from community import Community
from holes import MUST_BE_FOUND, Holes
from judge import Judge, Thoroughness, Verdict
from report import Report, Row
from target import Site, Tally

MOST_TURNED_AWAY = 0.05


def main() -> int:
    chosen = arguments()
    if not chosen.binary.is_file():
        print(f"There is no program at {chosen.binary}. `make build` makes it; LOCUTORY_BINARY names another.", file=sys.stderr)
        return 2
    try:
        tools.install()
    except tools.Missing as missing:
        print(f"Stopped: {missing}", file=sys.stderr)
        return 2
    # Whoever ends this ends the servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    report = Report(tools.FOLDER, "full" if chosen.full else "the usual depth")
    sites: list[Site] = []
    try:
        sites.append(planted := Holes(tools.FOLDER / "planted"))
        sites.append(locutory := Community(chosen.binary, tools.FOLDER / "community"))
        for judge in judges.ALL:
            if not chosen.only or judge.name in chosen.only:
                ask(judge, planted, locutory, Thoroughness(chosen.full), report)
    finally:
        for site in sites:
            site.stop()
        print(f"\nThe table is in {report.write()}.")
    print("Every gate is kept." if not report.broken else f"{len(report.broken)} gates are missed.")
    return 1 if report.broken else 0


def arguments() -> argparse.Namespace:
    names = ", ".join(judge.name for judge in judges.ALL)
    parser = argparse.ArgumentParser(prog="make scan", description="Outside judges look at the release.")
    parser.add_argument("--full", action="store_true", help="everything in every role, at full depth: some hours")
    parser.add_argument("--only", nargs="+", metavar="JUDGE", choices=[judge.name for judge in judges.ALL], help=names)
    given = os.environ.get("LOCUTORY_BINARY")
    parser.add_argument("--binary", type=lambda path: Path(path).resolve(), default=Path(given or tools.ROOT / "target/release/locutory").resolve())
    return parser.parse_args()


def ask(judge: Judge, planted: Site, locutory: Community, thoroughness: Thoroughness, report: Report) -> None:
    print(f"\n{judge.name} ({judge.tool} {judge.version()}): {judge.gate}", flush=True)
    said = "\n".join(f"{verdict.target}: {verdict.findings}" for verdict in examine(judge, planted, thoroughness, report) if verdict.findings)
    unseen = [word for word in MUST_BE_FOUND[judge.name] if word not in said]
    if unseen:
        report.miss(f"{judge.name} is blind: of the planted holes it does not see {', '.join(unseen)}")
    # Nobody finds what the last judge has left.
    locutory.restore()
    locutory.tally()
    verdicts = examine(judge, locutory, thoroughness, report)
    if not verdicts or any(verdict.findings or verdict.void for verdict in verdicts):
        report.miss(f"{judge.name}: {judge.gate}")


def examine(judge: Judge, site: Site, thoroughness: Thoroughness, report: Report) -> list[Verdict]:
    verdicts = []
    began = time.monotonic()
    try:
        for verdict in judge.examine(site, thoroughness):
            now = time.monotonic()
            if judge.counts_refusals:
                weigh(verdict, site.tally())
            report.add(Row(judge, site.name, verdict, now - began))
            verdicts.append(verdict)
            began = now
    except Exception as cause:  # One judge that breaks must not silence the others.
        report.miss(f"{judge.name} broke at {site.name}: {cause}")
    return verdicts


def weigh(verdict: Verdict, tally: Tally | None) -> None:
    """A judge that was turned away from what it was to look at has not looked at it."""
    if tally is None:
        return
    told = f"{tally.turned_away} of {tally.answers} answers were 403 or 429"
    verdict.said = ", ".join(filter(None, [verdict.said, told]))
    if not verdict.void and (not tally.answers or tally.share > MOST_TURNED_AWAY):
        verdict.void = told


if __name__ == "__main__":
    sys.exit(main())
