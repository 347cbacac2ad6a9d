"""Phone applications, their drafts and versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from dillo.client.calls import Tagged


class Application(Tagged, frozen=True, kw_only=True):
    """A phone application."""

    id: str
    name: str
    description: str
    is_enabled: bool
    version: int
    """The number of the version in force, 0 before the first."""
    version_id: str | None
    has_draft: bool
    requires_scenarios: bool
    numbers: Sequence[str]
    created_at: datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a channel behavior."""

    severity: str
    """`error` or `warning`."""
    node: str | None
    field: str
    message: str


class Draft(Tagged, frozen=True, kw_only=True):
    """What is to be published next, and what is wrong with it."""

    behavior: Any
    layout: dict[str, Any] | None
    saved_at: datetime | None
    saved_by: str | None
    problems: Sequence[Problem]
    is_publishable: bool


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A published version, without its channel behavior."""

    id: str
    application_id: str
    number: int
    note: str
    published_at: datetime
    published_by: str | None
    restored_from: int | None


class VersionDetail(Version, frozen=True, kw_only=True):
    """A published version."""

    behavior: Any
    layout: dict[str, Any] | None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A pass of a scenario through a node."""

    node: str
    action_type: str
    entered_s: float
    left_s: float | None
    branch: str | None
    next_node: str | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came in at a moment of a scenario, and what went out."""

    at_s: float
    happening: str
    outcome: str


class ScenarioResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a scenario went."""

    name: str
    holds: bool
    difference: Sequence[str]
    rows: Sequence[Row]
    path: Sequence[Visit]


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A way from a node."""

    node: str
    name: str
    next_node: str | None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Branches by whether a scenario took them."""

    taken: Sequence[Branch]
    missed: Sequence[Branch]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How all scenarios went."""

    holds: bool
    scenarios: Sequence[ScenarioResult]
    coverage: Coverage


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What was published."""

    version: Version
    warnings: Sequence[Problem]
    trial: Trial | None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a channel behavior before it is published."""

    is_publishable: bool
    problems: Sequence[Problem]
    longest_path: "LongestPath | None"


class LongestPath(msgspec.Struct, frozen=True, kw_only=True):
    """The way through the graph that takes longest if everything is as slow as it can be."""

    nodes: Sequence[str]
    seconds: float
    is_unbounded: bool


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """A field that differs between two versions."""

    kind: str
    """`added`, `removed` or `changed`."""
    node: str | None
    field: str
    before: Any
    after: Any


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two versions."""

    added_nodes: Sequence[str]
    removed_nodes: Sequence[str]
    changes: Sequence[FieldChange]


class Scenarios(Tagged, frozen=True, kw_only=True):
    """What an application is expected to do."""

    text: str
    required: bool


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """An application to begin with."""

    name: str
    title: str
    description: str
    behavior: Any
    scenarios: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """An application as a file."""

    format: str
    name: str
    description: str
    behavior: Any
    layout: dict[str, Any] | None
    scenarios: str
    requires_scenarios: bool
