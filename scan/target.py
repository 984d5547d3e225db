"""A site under examination: where it listens, who its visitors are, and which pages stand for each kind of page."""

import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from visitor import Visitor

ROLES = ["guest", "member", "moderator", "admin"]


@dataclass
class Tally:
    """Answers that were given while a judge was at work."""

    answers: int = 0
    turned_away: int = 0

    @property
    def share(self) -> float:
        return self.turned_away / self.answers if self.answers else 0.0


@dataclass(frozen=True)
class Page:
    """One page of each kind, with the role that it is looked at in."""

    kind: str
    path: str
    role: str = "guest"
    status: int = 200


@dataclass
class Site(Protocol):
    name: str
    https: int
    """Port."""
    http: int
    """Port of the plain listener."""
    authority: Path
    """What certificates are checked against."""
    pages: list[Page]
    roles: list[str]

    @property
    def origin(self) -> str: ...

    def visitor(self, role: str) -> Visitor:
        """Signed in anew, on a site in its first state if the last judge left it in another."""

    def tally(self) -> Tally | None:
        """The answers since this was last asked; `None` where the site does not tell."""

    def stop(self) -> None: ...


def free_ports(number: int) -> list[int]:
    """Held open together, so that they differ."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_until(condition, limit: float, what: str) -> None:
    """Asks again and again, for `limit` seconds at most."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} took longer than {limit:g} seconds")
        time.sleep(0.05)
