"""Scenarios tried on a behavior: which hold, the way each took through the graph, what is left."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dillo.behavior.coverage import Coverage, coverage, left_by_branch, own_facts
from dillo.behavior.machine import Behavior
from dillo.behavior.suite import Outcome, parse_suite, run
from dillo.model.events import NodeEntered, NodeLeft


@dataclass(frozen=True, slots=True)
class Visit:
    """A pass through a node; `branch` names the edge that was taken, None where none was."""

    node: str
    action_type: str
    entered_us: int
    """From the start of the call, as `left_us`."""
    left_us: int | None = None
    branch: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """How all scenarios went, and which branches they took together."""

    outcomes: tuple[Outcome, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The scenarios that did not hold."""
        return tuple(outcome for outcome in self.outcomes if not outcome.holds)


def try_suite(behavior: Behavior, text: str) -> Trial:
    """Play all scenarios of a text. Raises InvalidScenario where it is none."""
    outcomes = tuple(run(behavior, scenario) for scenario in parse_suite(text))
    facts = [fact for outcome in outcomes for fact in outcome.facts]
    return Trial(outcomes, coverage(behavior, facts))


def visits(behavior: Behavior, outcome: Outcome) -> tuple[Visit, ...]:
    """Return the way that a scenario took through the nodes of the behavior itself."""
    return tuple(_visits(behavior, outcome))


def _visits(behavior: Behavior, outcome: Outcome) -> Iterator[Visit]:
    starts_us = outcome.facts[0].at_us if outcome.facts else 0
    here: Visit | None = None
    facts = tuple(own_facts(outcome.facts))
    by_branch = {id(fact) for fact in left_by_branch(facts)}
    for fact in facts:
        if isinstance(fact, NodeEntered):
            here = Visit(fact.node, fact.action_type, fact.at_us - starts_us)
        elif isinstance(fact, NodeLeft) and here is not None:
            here = replace(here, left_us=fact.at_us - starts_us, target=fact.next_node)
            branch = behavior.nodes[fact.node].branch_of(fact.outcome)
            yield replace(here, branch=branch) if id(fact) in by_branch else here
            here = None
    if here is not None:
        yield here
