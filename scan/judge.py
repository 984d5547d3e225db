"""What a judge is: a name, a tool, a gate, and an examination of a site that yields verdicts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from target import Site


@dataclass(frozen=True)
class Thoroughness:
    """How much of what takes long is done."""

    is_full: bool


@dataclass
class Verdict:
    """What was found on one target. Nothing found is a gate that is kept."""

    target: str
    role: str = "guest"
    findings: list[str] = field(default_factory=list)
    said: str = ""
    """Figures to show beside."""
    void: str = ""
    """Why this says nothing, where it says nothing."""


@dataclass(frozen=True)
class Judge:
    name: str
    tool: str
    version: Callable[[], str]
    gate: str
    examine: Callable[[Site, Thoroughness], Iterator[Verdict]]
    counts_refusals: bool = False
    """Whether it asks so much that it may have been turned away instead of answered."""
