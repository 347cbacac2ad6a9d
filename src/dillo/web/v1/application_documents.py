"""The bodies of applications, drafts, versions and trials."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from dillo.accounts.authoring import Authored, Draft, Version
from dillo.accounts.templates import Template
from dillo.behavior import Problem as BehaviorProblem
from dillo.behavior import Severity
from dillo.behavior.difference import Difference
from dillo.web.v1.documents import (
    Document,
    Entry,
    Identifier,
    Moment,
    Name,
    maybe_moment,
    moment,
)

MAX_SCENARIOS = 100_000
_MAX_LAYOUT = 200_000
Text = Annotated[str, Field(max_length=2000)]
_HELLO = {
    "ChannelBehaviorNodes": {
        "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}
    }
}


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON text cannot hold: NaN, half a surrogate pair, or too deep a nest."""
    try:
        written(value).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    except UnicodeEncodeError as error:
        raise ValueError("a \\ud800 to \\udfff stands without its pair") from error
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(written(value)) > _MAX_LAYOUT:
        raise ValueError(f"has more than {_MAX_LAYOUT} characters")
    return value


def written(value: dict[str, Any]) -> str:
    """Return a JSON object as text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


BehaviorEntry = Annotated[
    dict[str, Any],
    AfterValidator(_storable),
    Field(description="A channel behavior, see /api/v1/behavior-schema", examples=[_HELLO]),
]
LayoutEntry = Annotated[
    dict[str, Any],
    AfterValidator(_storable),
    AfterValidator(_small),
    Field(
        description="Where an editor shows the nodes; means nothing to calls",
        examples=[{"0": {"x": 40, "y": 80}}],
    ),
]
ScenarioText = Annotated[
    str,
    Field(
        max_length=MAX_SCENARIOS,
        description="Scenarios: calls that are imagined, see docs/how-to/prove-an-application.md",
        examples=["Scenario: Hello\nat | in | out\n0 | Started | Answer, Say Hello."],
    ),
]
Number = Annotated[int, Field(ge=1, examples=[3], description="Number of the version")]


class Application(Document):
    """A phone application."""

    id: Identifier
    name: Name
    description: str
    is_enabled: Annotated[bool, Field(description="Whether calls run it; else the fallback runs")]
    version: Annotated[int, Field(ge=0, description="The version in force; 0 before the first")]
    version_id: Identifier | None
    has_draft: Annotated[bool, Field(description="Whether something is saved and not published")]
    requires_scenarios: Annotated[
        bool, Field(description="Whether a version is published only if its scenarios hold")
    ]
    numbers: Annotated[
        list[str], Field(description="The numbers that run it", examples=[["+442079460000"]])
    ]
    created_at: Moment


class NewApplication(Entry):
    """An application to be made; a behavior, or that of a template, becomes its draft."""

    name: Name
    description: Text = ""
    behavior: BehaviorEntry | None = None
    template: Annotated[str | None, Field(max_length=64, examples=["voicemail"])] = None


class ApplicationChange(Entry):
    """What of an application is to be changed; what is left out stays."""

    name: Name | None = None
    description: Text | None = None
    is_enabled: bool | None = None


class Problem(Document):
    """One thing wrong with a channel behavior."""

    severity: Literal["error", "warning"]
    node: Annotated[str | None, Field(description="null where the document as a whole is meant")]
    field: Annotated[str, Field(examples=["ChannelBehaviorAction.Digits.1.NextNode"])]
    message: Annotated[str, Field(examples=["there is no node 7"])]


class DraftDocument(Document):
    """What is to be published next; where nothing was saved, the version in force."""

    behavior: Annotated[dict[str, Any], Field(description="As it was saved, however wrong")]
    layout: dict[str, Any] | None
    saved_at: Annotated[Moment | None, Field(description="null where there is nothing to publish")]
    saved_by: Annotated[str | None, Field(examples=["user:anna@example.com"])]
    problems: list[Problem]
    is_publishable: Annotated[bool, Field(description="Whether none of the problems is an error")]


class DraftEntry(Entry):
    """A draft to be saved."""

    behavior: BehaviorEntry
    layout: LayoutEntry | None = None


class VersionDocument(Document):
    """A published version."""

    id: Identifier
    application_id: Identifier
    number: Number
    note: str
    published_at: Moment
    published_by: str | None
    restored_from: Annotated[
        int | None, Field(description="The version that it repeats, where it was rolled back to")
    ]


class VersionDetail(VersionDocument):
    """A published version with its channel behavior."""

    behavior: dict[str, Any]
    layout: dict[str, Any] | None


class Publication(Entry):
    """What to publish: a behavior, or the draft where none is given."""

    note: Text = ""
    behavior: BehaviorEntry | None = None
    layout: LayoutEntry | None = None


class Restoration(Entry):
    """Why an old version is published again."""

    note: Text = ""


class FieldChange(Document):
    """A field that differs."""

    kind: Literal["added", "removed", "changed"]
    node: Annotated[str | None, Field(description="null for a field of the document itself")]
    field: str
    before: Any
    after: Any


class DifferenceDocument(Document):
    """What differs between two versions."""

    added_nodes: list[str]
    removed_nodes: list[str]
    changes: list[FieldChange]


class TemplateDocument(Document):
    """An application to begin with; numbers and addresses in it are examples."""

    name: Annotated[str, Field(examples=["voicemail"])]
    title: str
    description: str
    behavior: dict[str, Any]
    scenarios: str


class ExportDocument(Document):
    """An application as one document."""

    format: Literal["dillo-application/1"]
    name: Name
    description: str
    behavior: dict[str, Any]
    layout: dict[str, Any] | None
    scenarios: str
    requires_scenarios: bool


class ExportEntry(Entry):
    """An application as one document."""

    format: Literal["dillo-application/1"]
    name: Name
    description: Text = ""
    behavior: BehaviorEntry
    layout: LayoutEntry | None = None
    scenarios: ScenarioText = ""
    requires_scenarios: bool = False


class ImportEntry(Entry):
    """An exported application that is to be one of this account."""

    document: ExportEntry
    name: Annotated[Name | None, Field(description="Another name than the document's")] = None


def application_of(application: Authored) -> Application:
    """Show an application."""
    return Application(
        id=application.id,
        name=application.name,
        description=application.description,
        is_enabled=application.is_enabled,
        version=application.version,
        version_id=application.version_id,
        has_draft=application.drafted_us is not None,
        requires_scenarios=application.requires_scenarios,
        numbers=list(application.numbers),
        created_at=moment(application.created_us),
    )


def problem_of(problem: BehaviorProblem) -> Problem:
    """Show what is wrong with a behavior."""
    return Problem(
        severity=problem.severity.value,
        node=problem.node,
        field=problem.field,
        message=problem.message,
    )


def draft_of(draft: Draft, problems: tuple[BehaviorProblem, ...]) -> DraftDocument:
    """Show a draft and what is wrong with it."""
    return DraftDocument(
        behavior=json.loads(draft.behavior),
        layout=_layout(draft.layout),
        saved_at=maybe_moment(draft.saved_us),
        saved_by=draft.saved_by,
        problems=list(map(problem_of, problems)),
        is_publishable=not any(each.severity is Severity.ERROR for each in problems),
    )


def version_of(version: Version) -> VersionDocument:
    """Show a version."""
    return VersionDocument(**_version_fields(version))


def version_detail(version: Version) -> VersionDetail:
    """Show a version with its behavior."""
    behavior, layout = json.loads(version.behavior), _layout(version.layout)
    return VersionDetail(**_version_fields(version), behavior=behavior, layout=layout)


def _version_fields(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "application_id": version.application_id,
        "number": version.number,
        "note": version.note,
        "published_at": moment(version.published_us),
        "published_by": version.published_by,
        "restored_from": version.restored_from,
    }


def _layout(text: str | None) -> dict[str, Any] | None:
    layout: dict[str, Any] | None = None if text is None else json.loads(text)
    return layout


def difference_of(found: Difference) -> DifferenceDocument:
    """Show what differs between two versions."""
    return DifferenceDocument(
        added_nodes=list(found.added),
        removed_nodes=list(found.removed),
        changes=[
            FieldChange(
                kind=each.kind.value,
                node=each.node,
                field=each.field,
                before=each.before,
                after=each.after,
            )
            for each in found.changed
        ],
    )


def template_of(template: Template) -> TemplateDocument:
    """Show an application to begin with."""
    return TemplateDocument(
        name=template.name,
        title=template.title,
        description=template.description,
        behavior=json.loads(template.behavior),
        scenarios=template.scenarios,
    )
