"""`/api/v1/applications/{id}/drop-off`: where in a graph calls go on, and where they end."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from dillo.calls.archive import CallArchive, NodeBranch
from dillo.model.clock import now_us
from dillo.model.events import EndReason
from dillo.web.problems import APPLICATION_NOT_FOUND, Refused
from dillo.web.v1.call_documents import EndReasonName, Seconds
from dillo.web.v1.call_filters import PeriodQuery, read_period, refuse_unknown
from dillo.web.v1.documents import Document, Id, Moment, moment
from dillo.web.v1.gate import Viewer

_HOUR_US = 3_600_000_000
_MONTH_US = 30 * 24 * _HOUR_US


class NodeExit(Document):
    """A way in which calls left a node and went on."""

    outcome: Annotated[str, Field(examples=["digit 2"])]
    next_node: Annotated[str, Field(examples=["1"])]
    calls: int


class NodeEnding(Document):
    """A reason for which calls ended in a node."""

    end_reason: EndReasonName
    outcome: str
    calls: int


class DropOffNode(Document):
    """What became of the calls that came to a node; a call counts at each visit."""

    node: Annotated[str, Field(examples=["0"])]
    action_type: Annotated[str, Field(examples=["Menu"])]
    entered: int
    went_on: int
    ended: int
    hung_up: Annotated[int, Field(description="Of `ended`: the caller hung up here")]
    failed: Annotated[int, Field(description="Left for the fallback application")]
    mean_s: Annotated[Seconds, Field(description="How long a visit took")]
    branches: list[NodeExit]
    endings: list[NodeEnding]


class DropOff(Document):
    """What became of calls at each node of an application."""

    starts_at: Moment
    ends_at: Moment
    versions: Annotated[list[int], Field(description="The versions that are counted")]
    nodes: list[DropOffNode]


def add_drop_off(router: APIRouter, archive: CallArchive) -> None:
    """Add the route."""

    @router.get("/applications/{application_id}/drop-off", tags=["Applications"])
    async def get_drop_off(
        request: Request,
        asker: Viewer,
        application_id: Id,
        query: Annotated[PeriodQuery, Query()],
        version: Annotated[
            int | None, Query(ge=1, description="Only this one; nodes change between versions")
        ] = None,
    ) -> DropOff:
        """Count at each node who came, which way they went on, and who hung up there.

        Without `from` the last 30 days count. Whole hours are counted: `from` and `to` are moved
        apart to the next full hour of UTC, as the answer tells. What a webhook's own graph did is
        not counted.
        """
        refuse_unknown(request, PeriodQuery, also={"version"})
        period = read_period(query)
        versions = await archive.versions_of(asker.customer, application_id)
        if version is not None:
            versions = [each for each in versions if each.version == version]
        if not versions:
            raise Refused(APPLICATION_NOT_FOUND, "Ask for a version of an application of yours.")
        to_us = -(-(period.to_us or now_us()) // _HOUR_US) * _HOUR_US
        from_us = to_us - _MONTH_US if period.from_us is None else period.from_us
        from_us = from_us // _HOUR_US * _HOUR_US
        branches = await archive.branches([each.version_id for each in versions], from_us, to_us)
        return DropOff(
            starts_at=moment(from_us),
            ends_at=moment(to_us),
            versions=[each.version for each in versions],
            nodes=_nodes(branches),
        )


def _nodes(branches: Sequence[NodeBranch]) -> list[DropOffNode]:
    by_node: dict[tuple[str, str], list[NodeBranch]] = {}
    for each in branches:
        by_node.setdefault((each.node, each.action_type), []).append(each)
    ordered = sorted(by_node.items(), key=lambda item: (len(item[0][0]), item[0]))
    return [_node(node, action_type, found) for (node, action_type), found in ordered]


def _node(node: str, action_type: str, branches: Sequence[NodeBranch]) -> DropOffNode:
    entered = sum(each.visits for each in branches)
    going = [each for each in branches if not each.end_reason and each.next_node]
    ending = [each for each in branches if each.end_reason]
    went_on, ended = _visits(going), _visits(ending)
    hung_up = [each for each in ending if each.end_reason == EndReason.CALLER_HUNG_UP]
    return DropOffNode(
        node=node,
        action_type=action_type,
        entered=entered,
        went_on=went_on,
        ended=ended,
        hung_up=_visits(hung_up),
        failed=entered - went_on - ended,
        mean_s=round(sum(each.duration_ms for each in branches) / entered) / 1000,
        branches=[
            NodeExit(outcome=each.outcome, next_node=each.next_node, calls=each.visits)
            for each in going
        ],
        endings=[
            NodeEnding(end_reason=each.end_reason, outcome=each.outcome, calls=each.visits)
            for each in ending
        ],
    )


def _visits(branches: Sequence[NodeBranch]) -> int:
    return sum(each.visits for each in branches)
