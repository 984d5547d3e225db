"""Gathers verdicts, shows them as they come, and writes the table at the end."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from judge import Judge, Verdict


@dataclass
class Row:
    judge: Judge
    site: str
    verdict: Verdict
    seconds: float

    @property
    def result(self) -> str:
        if self.verdict.void:
            return "void"
        if self.verdict.findings:
            return f"{len(self.verdict.findings)} found"
        return "nothing found"


class Report:
    def __init__(self, folder: Path, thoroughness: str) -> None:
        self.folder, self.thoroughness = folder, thoroughness
        self.rows: list[Row] = []
        self.broken: list[str] = []
        self.began = datetime.now(timezone.utc)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        verdict = row.verdict
        if row.site == "planted":
            print(f"    planted: {verdict.target}: {row.result}", flush=True)
            return
        mark = "ok  " if not verdict.findings and not verdict.void else "FAIL"
        print(f"  {mark} {verdict.role:<9} {verdict.target[:90]:<60} {verdict.void or verdict.said} [{row.seconds:.0f} s]", flush=True)
        for finding in verdict.findings[:20]:
            print(f"         {finding}", flush=True)

    def miss(self, what: str) -> None:
        """A gate that is missed, or a judge whose word does not count."""
        self.broken.append(what)
        print(f"  MISSED {what}", flush=True)

    def write(self) -> Path:
        path = self.folder / "report.md"
        path.write_text("\n".join(self._lines()) + "\n")
        rows = [{"judge": row.judge.name, "site": row.site, "seconds": row.seconds, **asdict(row.verdict)} for row in self.rows]
        (self.folder / "report.json").write_text(json.dumps({"rows": rows, "missed": self.broken}, indent=1, ensure_ascii=False))
        return path

    def _lines(self):
        end = datetime.now(timezone.utc)
        yield "# What outside judges say"
        yield ""
        minutes = (end - self.began).total_seconds() / 60
        yield f"{self.began:%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes, {self.thoroughness}. Every gate: {'MISSED' if self.broken else 'kept'}."
        if self.broken:
            yield ""
            yield from (f"- {what}" for what in self.broken)
        yield ""
        yield "| judge | version | target | role | result | gate | seconds |"
        yield "| --- | --- | --- | --- | --- | --- | ---: |"
        for row in self.rows:
            if row.site != "planted":
                result = row.result + (f" ({row.verdict.said})" if row.verdict.said else "")
                yield _line(row.judge.tool, row.judge.version(), row.verdict.target, row.verdict.role, result, row.judge.gate, f"{row.seconds:.0f}")
        yield ""
        yield "## What was found"
        yield ""
        for row in self.rows:
            if row.site != "planted" and (row.verdict.findings or row.verdict.void):
                yield f"- **{row.judge.name}**, {row.verdict.role}, {row.verdict.target}"
                yield from (f"  - {finding}" for finding in [*row.verdict.findings, *filter(None, [row.verdict.void])])
        yield ""
        yield "## That the judges see"
        yield ""
        yield "The same commands, at the planted application."
        yield ""
        yield "| judge | target | result | for example |"
        yield "| --- | --- | --- | --- |"
        for row in self.rows:
            if row.site == "planted":
                yield _line(row.judge.tool, row.verdict.target, row.result, (row.verdict.findings or [""])[0][:160])


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
