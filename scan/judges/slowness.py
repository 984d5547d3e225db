"""Whether somebody who holds many connections open, and says little on each, keeps others from being answered."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import tools
from judge import Judge, Thoroughness, Verdict
from target import Site

CONNECTIONS = 300
LENGTH = 45
"""Seconds of an attack. By then the server must have let go of every connection, and the system of what it kept for them."""

NOT_OF_THE_ATTACK = 5
"""Connections that the other visitor and the tool's own probe may have open."""

HELD = {"01", "03", "04", "08", "09"}
"""States in which a connection costs the server or its system something (`/proc/net/tcp`): whoever attacks may believe in
a connection for longer, as the end of one that was given up is not always told."""

SLOWEST_ANSWER = 1.0
"""Seconds that another visitor's page may take meanwhile, with the tool itself on the same machine."""

PATIENCE_OF_OTHERS = 5

MODES = {
    "headers": ["-H", "-i", "8", "-t", "GET", "-x", "24"],
    "body": ["-B", "-i", "8", "-s", "8192", "-t", "POST", "-x", "24"],
    "ranges": ["-R", "-t", "HEAD", "-a", "10", "-b", "3000"],
    "reading": ["-X", "-i", "8", "-w", "10", "-y", "20", "-n", "5", "-z", "32", "-k", "3"],
}


def slowhttptest(site: Site, _: Thoroughness) -> Iterator[Verdict]:
    for mode, options in MODES.items():
        yield _attack(site, mode, options)


def _attack(site: Site, mode: str, options: list[str]) -> Verdict:
    # Reading slowly needs something to read.
    longest = next(page for page in site.pages if page.kind == "discussion")
    path = "/api/accounts/sign_in" if mode == "body" and site.name == "Locutory" else longest.path
    common = ["-c", CONNECTIONS, "-r", "200", "-l", LENGTH, "-p", "3", "-u", site.origin + path]
    with Others(site) as others, Held(site.https) as held:
        done = tools.run(["slowhttptest", *options, *common], LENGTH + 60)
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.output)
    (tools.FOLDER / f"slowhttptest-{site.name}-{mode}.txt").write_text(output)
    verdict = Verdict(f"slow {mode} at {path}")
    verdict.said = others.told()
    ending = re.search(r"Exit status:\s*(.+)", output)
    if ending is None or not others.times:
        verdict.void = f"it came to no end: {output.strip()[-200:]}"
        return verdict
    verdict.said += f"; at most {max(held.counts)} held, {held.last} in the last seconds; the tool: {ending[1].strip()}"
    if re.search(r"service available:\s*NO", output):
        verdict.findings.append("the tool's own probe was not answered")
    if "No open connections left" not in ending[1] and held.last > NOT_OF_THE_ATTACK:
        verdict.findings.append(f"in the end {held.last} connections were still held")
    if others.failures:
        verdict.findings.append(f"{others.failures} of another visitor's requests failed")
    if others.slowest > SLOWEST_ANSWER:
        verdict.findings.append(f"another visitor waited {others.slowest:.1f} seconds")
    return verdict


class Held:
    """Counts the connections of a port that the server or its system holds, each second."""

    def __init__(self, port: int) -> None:
        self.place = f":{port:04X}"
        self.counts: list[int] = [0]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._count_on)

    @property
    def last(self) -> int:
        """Within the last seconds: in the very last one the tool itself lets go of its connections."""
        return max(self.counts[-3:])

    def __enter__(self) -> "Held":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.over.set()
        self.thread.join()

    def _count_on(self) -> None:
        while not self.over.wait(1):
            lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
            self.counts.append(sum(line[1].endswith(self.place) and line[3] in HELD for line in lines))


class Others:
    """Another visitor, from another address, who asks for a page again and again."""

    def __init__(self, site: Site) -> None:
        self.visitor = site.visitor("guest")
        self.visitor = type(self.visitor)(site.origin, "guest", "127.0.0.2", PATIENCE_OF_OTHERS)
        self.page = next(page for page in site.pages if page.kind == "home")
        self.times: list[float] = []
        self.failures = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._ask_on)

    @property
    def slowest(self) -> float:
        return max(self.times, default=0.0)

    def told(self) -> str:
        times = sorted(self.times)
        middle = times[len(times) // 2] if times else 0
        return f"{len(times)} pages for others, median {1000 * middle:.0f} ms, slowest {1000 * self.slowest:.0f} ms"

    def __enter__(self) -> "Others":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.over.set()
        self.thread.join()

    def _ask_on(self) -> None:
        while not self.over.wait(0.25):
            began = time.monotonic()
            try:
                if self.visitor.ask(self.page.path).status != self.page.status:
                    self.failures += 1
            except OSError:
                self.failures += 1
            self.times.append(time.monotonic() - began)


JUDGES = [
    Judge(
        "slowhttptest",
        "slowhttptest",
        lambda: tools.version_of_debian_package("slowhttptest"),
        f"no connection held for {LENGTH} seconds, others answered within {1000 * SLOWEST_ANSWER:.0f} ms",
        slowhttptest,
    )
]
