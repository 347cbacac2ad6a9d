"""Which branches of a behavior calls have taken."""

from collections.abc import Iterable
from dataclasses import dataclass

from dillo.behavior.machine import FAILED, HUNG_UP, Behavior
from dillo.model.events import CallEvent, NodeLeft


@dataclass(frozen=True, slots=True)
class Branch:
    """A way from a node: `str` gives `node 0, digit 1 → node 2`."""

    node: str
    name: str
    target: str | None

    def __str__(self) -> str:
        onward = f"node {self.target}" if self.target else "end"
        return f"node {self.node}, {self.name} → {onward}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The branches of a behavior by whether they were taken."""

    taken: tuple[Branch, ...]
    missed: tuple[Branch, ...]


def coverage(behavior: Behavior, facts: Iterable[CallEvent]) -> Coverage:
    """Return which branches were taken in calls that ran this behavior and noted these facts."""
    seen = {
        (fact.node, behavior.nodes[fact.node].branch_of(fact.outcome))
        for fact in facts
        if isinstance(fact, NodeLeft) and fact.outcome not in (HUNG_UP, FAILED)
    }
    every = [
        Branch(number, name, target)
        for number, node in sorted(behavior.nodes.items(), key=lambda item: int(item[0]))
        for name, target in node.branches().items()
    ]
    taken = tuple(branch for branch in every if (branch.node, branch.name) in seen)
    missed = tuple(branch for branch in every if (branch.node, branch.name) not in seen)
    return Coverage(taken, missed)
