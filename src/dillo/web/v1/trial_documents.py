"""The bodies of what is known of a behavior before it is published: checks, trials, releases."""

from typing import Annotated

from pydantic import Field

from dillo.accounts.publishing import Release
from dillo.behavior import Behavior
from dillo.behavior.coverage import Branch
from dillo.behavior.suite import Outcome
from dillo.behavior.trial import Trial, Visit, visits
from dillo.web.v1.application_documents import (
    BehaviorEntry,
    Problem,
    ScenarioText,
    VersionDocument,
    problem_of,
    version_of,
)
from dillo.web.v1.documents import Document, Entry


class VisitDocument(Document):
    """A pass of a scenario through a node."""

    node: str
    action_type: str
    entered_s: Annotated[float, Field(description="Seconds from the start of the call")]
    left_s: float | None
    branch: Annotated[str | None, Field(examples=["digit 1"])]
    next_node: str | None


class RowDocument(Document):
    """What came in at a moment of a scenario, and what went out."""

    at_s: float
    happening: Annotated[str, Field(examples=["Digit 1"])]
    outcome: Annotated[str, Field(examples=["Stop, Say Goodbye."])]


class ScenarioDocument(Document):
    """How a scenario went."""

    name: str
    holds: bool
    difference: Annotated[
        list[str], Field(description="`-` before what was expected, `+` before what came about")
    ]
    rows: list[RowDocument]
    path: list[VisitDocument]


class FailedScenario(Document):
    """A scenario that does not hold."""

    name: str
    difference: list[str]


class BranchDocument(Document):
    """A way from a node."""

    node: str
    name: Annotated[str, Field(examples=["no answer"])]
    next_node: str | None


class CoverageDocument(Document):
    """Branches by whether a scenario took them."""

    taken: list[BranchDocument]
    missed: list[BranchDocument]


class TrialDocument(Document):
    """How all scenarios went."""

    holds: bool
    scenarios: list[ScenarioDocument]
    coverage: CoverageDocument


class TrialEntry(Entry):
    """What to try: the scenarios stored, on the draft, unless others are given."""

    behavior: BehaviorEntry | None = None
    scenarios: ScenarioText | None = None


class ReleaseDocument(Document):
    """What was published, what was warned of, and how its scenarios went."""

    version: VersionDocument
    warnings: list[Problem]
    trial: TrialDocument | None


class ScenariosDocument(Document):
    """What an application is expected to do."""

    text: str
    required: Annotated[bool, Field(description="Whether publishing requires that they hold")]


class ScenariosEntry(Entry):
    """What an application is expected to do from now on."""

    text: ScenarioText
    required: bool = False


class LongestPath(Document):
    """The way through the graph that takes longest if everything is as slow as it can be."""

    nodes: Annotated[list[str], Field(examples=[["0", "2", "3"]])]
    seconds: float
    is_unbounded: Annotated[bool, Field(description="Whether the caller can make it last longer")]


class CheckDocument(Document):
    """Everything that is wrong with a channel behavior, and how long a call of it can get."""

    is_publishable: bool
    problems: list[Problem]
    longest_path: Annotated[LongestPath | None, Field(description="null where there are errors")]


class CheckEntry(Entry):
    """A channel behavior to be checked."""

    behavior: BehaviorEntry


def trial_of(behavior: Behavior, trial: Trial) -> TrialDocument:
    """Show how scenarios went."""
    return TrialDocument(
        holds=not trial.failed,
        scenarios=[_scenario(behavior, outcome) for outcome in trial.outcomes],
        coverage=CoverageDocument(
            taken=list(map(_branch, trial.coverage.taken)),
            missed=list(map(_branch, trial.coverage.missed)),
        ),
    )


def release_of(behavior: Behavior, release: Release) -> ReleaseDocument:
    """Show what was published."""
    return ReleaseDocument(
        version=version_of(release.version),
        warnings=list(map(problem_of, release.warnings)),
        trial=None if release.trial is None else trial_of(behavior, release.trial),
    )


def outcome_of(outcome: Outcome) -> FailedScenario:
    """Show a scenario that does not hold."""
    return FailedScenario(name=outcome.name, difference=list(outcome.difference))


def _scenario(behavior: Behavior, outcome: Outcome) -> ScenarioDocument:
    return ScenarioDocument(
        name=outcome.name,
        holds=outcome.holds,
        difference=list(outcome.difference),
        rows=[
            RowDocument(at_s=row.at_us / 1e6, happening=row.happening, outcome=row.outcome)
            for row in outcome.rows
        ],
        path=[_visit(visit) for visit in visits(behavior, outcome)],
    )


def _visit(visit: Visit) -> VisitDocument:
    return VisitDocument(
        node=visit.node,
        action_type=visit.action_type,
        entered_s=visit.entered_us / 1e6,
        left_s=None if visit.left_us is None else visit.left_us / 1e6,
        branch=visit.branch,
        next_node=visit.target,
    )


def _branch(branch: Branch) -> BranchDocument:
    return BranchDocument(node=branch.node, name=branch.name, next_node=branch.target)
