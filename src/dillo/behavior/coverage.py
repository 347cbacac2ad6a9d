"""Which branches of a behavior calls have taken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from dillo.behavior.machine import HUNG_UP, Behavior
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallEvent,
    NodeLeft,
    Role,
    WebhookReplied,
)


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
        (left.node, behavior.nodes[left.node].branch_of(left.outcome))
        for left in left_by_branch(own_facts(facts))
    }
    every = [
        Branch(number, name, target)
        for number, node in sorted(behavior.nodes.items(), key=lambda item: int(item[0]))
        for name, target in node.branches().items()
    ]
    taken = tuple(branch for branch in every if (branch.node, branch.name) in seen)
    missed = tuple(branch for branch in every if (branch.node, branch.name) not in seen)
    return Coverage(taken, missed)


def own_facts(facts: Iterable[CallEvent]) -> Iterator[CallEvent]:
    """Return what happened in the behavior itself: not in a fallback, nor in a webhook's answer."""
    is_own = is_replaced = False
    for fact in facts:
        if isinstance(fact, ApplicationStarted):
            is_own, is_replaced = fact.role is Role.PRIMARY, False
        if is_own:
            yield fact
        if isinstance(fact, WebhookReplied):
            is_replaced = fact.behavior is not None
        if isinstance(fact, NodeLeft) and is_replaced:
            is_own = False


def left_by_branch(facts: Iterable[CallEvent]) -> Iterator[NodeLeft]:
    """Return the nodes that were left by a branch, and not because call or application broke off.

    A Dial may be left as `failed` in its own right; so the fact that follows tells the two apart.
    """
    every: Sequence[CallEvent] = tuple(facts)
    for fact, following in zip_longest(every, every[1:]):
        if not isinstance(fact, NodeLeft) or fact.outcome == HUNG_UP:
            continue
        if not (isinstance(following, ApplicationFailed) and following.node == fact.node):
            yield fact
