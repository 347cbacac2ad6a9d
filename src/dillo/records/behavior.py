"""The executed channel behavior: an application's graph with what happened at each node."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from dillo.model.errors import MisuseError
from dillo.model.events import Role
from dillo.model.moments import iso_ms
from dillo.records.record import CallRecord, Execution, StreamVisit

NODES = "ChannelBehaviorNodes"

_Object = dict[str, msgspec.Raw]


class _Stream(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    """What a stream carried; audio in seconds."""

    stream_id: str
    status: str
    started_on_utc: str | None = None
    ended_on_utc: str | None = None
    detail: str = ""
    sent: float | None = None
    unsent: float | None = None
    played: float | None = None
    unplayed: float | None = None
    refused_messages: int = 0


class _Visit(msgspec.Struct, frozen=True, rename="pascal", omit_defaults=True):
    """One visit of the flow to a node, as it stands in the node's `Executions`."""

    entered_on_utc: str
    left_on_utc: str
    outcome: str
    next_node: str | None
    digits: str | None = None
    recording_id: str | None = None
    variables: dict[str, str] | None = None
    stream: _Stream | None = None


class _Failure(msgspec.Struct, frozen=True, rename="pascal"):
    application: str
    node: str | None
    detail: str


_encode = msgspec.json.encode
_as_object = msgspec.json.Decoder(_Object).decode
_as_nodes = msgspec.json.Decoder(dict[str, _Object]).decode


def executed_behavior(record: CallRecord, behaviors: Mapping[str, str]) -> str:
    """Return the JSON of the channel behavior executed last, with what happened.

    `behaviors` has the published text by version id. Executed nodes carry `Executions`, one for
    each visit. Where something failed there is a top-level `Failures`; where the fallback took
    over from a primary that had begun, a top-level `Primary` holds the primary's nodes in the same
    way. Where a webhook answered a behavior to go on in, a top-level `Replaced` lists the graphs
    before it, with the nodes that were executed. Raises MisuseError where a text is no channel
    behavior.
    """
    graph: dict[str, object] = {NODES: {}}
    for role, version_id in record.applications:
        before = graph if role is Role.FALLBACK and len(record.applications) > 1 else None
        graph = _run(record, role, behaviors.get(version_id))
        if before is not None:
            graph["Primary"] = before
    if record.failures:
        graph["Failures"] = [
            _Failure(each.role, each.node, each.detail) for each in record.failures
        ]
    return _encode(graph).decode()


def _run(record: CallRecord, role: Role, behavior: str | None) -> dict[str, object]:
    """Return the graph in which an application ended, with those it was replaced by on the way."""
    replacements = [each for each in record.replacements if each.role is role]
    ends = [each.first_execution for each in replacements]
    behaviors = [behavior, *(each.behavior for each in replacements)]
    graphs = [
        _with_visits(text, [each for each in record.executions[start:end] if each.role is role])
        for text, start, end in zip(behaviors, [0, *ends], [*ends, None], strict=True)
    ]
    *replaced, last = graphs
    return {**last, "Replaced": list(map(_executed, replaced))} if replaced else last


def _executed(graph: dict[str, object]) -> dict[str, object]:
    nodes = graph[NODES]
    assert isinstance(nodes, dict)
    return {NODES: {number: node for number, node in nodes.items() if "Executions" in node}}


def _with_visits(behavior: str | None, visited: Iterable[Execution]) -> dict[str, object]:
    rest, nodes = _parse(behavior) if behavior is not None else ({}, {})
    seen: dict[str, list[_Visit]] = {}
    shown: dict[str, Mapping[str, object]] = {**nodes}
    for execution in visited:
        seen.setdefault(execution.node, []).append(_visit(execution))
        if execution.node not in nodes:  # the version's text is not at hand
            shown[execution.node] = {"ActionType": execution.action_type}
    for node, visits in seen.items():
        shown[node] = {**shown[node], "Executions": visits}
    return {**rest, NODES: shown}


def _visit(execution: Execution) -> _Visit:
    return _Visit(
        entered_on_utc=iso_ms(execution.entered_us),
        left_on_utc=iso_ms(execution.left_us),
        outcome=execution.outcome,
        next_node=execution.next_node,
        digits=execution.digits,
        recording_id=execution.recording_id,
        variables=dict(execution.variables) or None,
        stream=_stream(execution.stream) if execution.stream else None,
    )


def _stream(visit: StreamVisit) -> _Stream:
    counts = visit.counts
    return _Stream(
        stream_id=visit.stream_id,
        status=visit.status,
        started_on_utc=iso_ms(visit.started_us) if visit.started_us else None,
        ended_on_utc=iso_ms(visit.ended_us) if visit.ended_us else None,
        detail=visit.detail,
        sent=counts.sent_ms / 1000 or None,
        unsent=counts.unsent_ms / 1000 or None,
        played=counts.played_ms / 1000 or None,
        unplayed=counts.unplayed_ms / 1000 or None,
        refused_messages=counts.refused,
    )


@lru_cache(maxsize=1024)
def _parse(behavior: str) -> tuple[_Object, dict[str, _Object]]:
    """Split a behavior into its top-level fields and its nodes, whose values stay raw JSON."""
    try:
        fields = _as_object(msgspec.json.format(behavior, indent=-1))
        return fields, _as_nodes(fields.pop(NODES, b"{}"))
    except msgspec.DecodeError as error:
        raise MisuseError(f"a published channel behavior cannot be read: {error}") from error
