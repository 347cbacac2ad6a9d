"""What may be asked of finished calls: lists of any kind, and sums."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dillo.calls.buckets import Bucket


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; what is None or empty does not matter. Lists mean any of theirs."""

    customer_id: str | None = None
    from_us: int | None = None
    """Received at this moment or later."""
    to_us: int | None = None
    """Received before this moment."""
    number_ids: tuple[str, ...] = ()
    application_ids: tuple[str, ...] = ()
    version_ids: tuple[str, ...] = ()
    caller_countries: tuple[str, ...] = ()
    end_reasons: tuple[str, ...] = ()
    caller: str | None = None
    """How the caller's number begins."""
    is_answered: bool | None = None
    is_fallback_executed: bool | None = None
    is_test: bool | None = None
    min_duration_ms: int | None = None
    max_duration_ms: int | None = None
    min_price_micros: int | None = None
    max_price_micros: int | None = None
    min_mos: float | None = None
    max_mos: float | None = None
    sip_code: int | None = None
    has_recordings: bool | None = None
    has_digits: bool | None = None
    has_dials: bool | None = None
    has_failures: bool | None = None
    has_warnings: bool | None = None
    storage_key: str | None = None
    """What digits were stored as."""
    digits: str | None = None
    dial_status: str | None = None
    dialed: str | None = None
    """A telephone that was dialled."""
    text: str | None = None
    """What was said, as transcriptions have it; upper and lower case are the same."""
    settled_until_us: int | None = None
    """Settled at this moment or before: pins a list."""


class SortBy(enum.StrEnum):
    """What a list is in the order of."""

    CREATED = "created_at"
    DURATION = "duration"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list; calls that are equal in it are in that of their ids."""

    by: SortBy = SortBy.CREATED
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a call stands."""

    value: int
    """What the list is sorted by."""
    call_id: str


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A finished call as lists show it."""

    id: str
    customer_id: str
    number_id: str
    number: str
    """The called number, E.164 with `+`."""
    application_id: str
    """The application executed last; empty where none was."""
    application: str
    version_id: str
    version: int | None
    caller: str
    caller_country: str
    created_us: int
    answered_us: int | None
    ended_us: int
    duration_ms: int
    end_reason: str
    sip_code: int | None
    is_fallback_executed: bool
    is_test: bool
    """Placed from a browser."""
    currency: str
    price_micros: int
    revision: int
    mos: float | None
    recordings: int
    digits: int
    dials: int
    failures: int
    warnings: int


@dataclass(frozen=True, slots=True)
class CallList:
    """A part of a list of calls."""

    calls: tuple[CallSummary, ...]
    rest: Place | None
    """After which place the list goes on; None where nothing follows."""


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """An item of a call's price."""

    id: str
    kind: str
    subject_id: str
    amount_micros: int
    explanation: str
    """JSON."""
    created_us: int


@dataclass(frozen=True, slots=True)
class StoredCall:
    """Everything that is stored of a finished call."""

    summary: CallSummary
    document: str
    """The InboundVoiceCall of the statistics API."""
    events: str
    """JSON array."""
    charges: tuple[ChargeLine, ...]


class GroupBy(enum.StrEnum):
    """What sums are told apart by."""

    NUMBER = "number_id"
    APPLICATION = "application_id"
    COUNTRY = "caller_country"
    END_REASON = "end_reason"
    CUSTOMER = "customer_id"


@dataclass(frozen=True, slots=True)
class CallSums:
    """Sums over the calls of a bucket and a group, in one currency."""

    bucket: int
    """Index of the bucket."""
    group: str
    """Empty where nothing is told apart, and for calls without such a thing."""
    currency: str
    calls: int
    answered: int
    fallbacks: int
    duration_ms: int
    price_micros: int


@dataclass(frozen=True, slots=True)
class SumsPage:
    """The sums of some groups."""

    sums: Sequence[CallSums]
    rest: str | None
    """After which group there are more; None where there are none."""


@dataclass(frozen=True, slots=True)
class ApplicationVersion:
    """A version of an application."""

    version_id: str
    version: int | None
    """None of a draft that was tried."""
    application_id: str
    application: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class NodeBranch:
    """How often, and after how long, a node was left in one way."""

    node: str
    action_type: str
    outcome: str
    next_node: str
    """Empty where the flow went nowhere."""
    end_reason: str
    """Of the calls, where they ended in this node; else empty."""
    visits: int
    duration_ms: int


class CallArchive(Protocol):
    """The finished calls. Every method raises Unavailable."""

    async def page(self, asked: CallFilter, sort: Sort, after: Place | None, take: int) -> CallList:
        """Return up to `take` calls after a place in the list.

        They are fewer, or none, before the end of the list, too, where so many calls that do not
        pass the filters lie between that they are looked through in several steps.
        """

    async def get(self, customer_id: str | None, call_id: str) -> StoredCall | None:
        """Return a call, of any customer where `customer_id` is None."""

    async def sums(
        self, asked: CallFilter, buckets: Sequence[Bucket], group_by: GroupBy | None
    ) -> Sequence[CallSums]:
        """Return the sums of what is asked for, within each bucket; what is zero is left out."""

    async def sums_page(
        self,
        asked: CallFilter,
        buckets: Sequence[Bucket],
        group_by: GroupBy,
        after: str | None,
        take: int,
    ) -> SumsPage:
        """Return the sums of up to `take` groups, in the order of what tells them apart.

        Those of the first, or of those after one; there is at least one bucket.
        """

    async def names(self, group_by: GroupBy, keys: Sequence[str]) -> Mapping[str, str]:
        """Return how people call numbers, applications or customers, by id."""

    async def number_ids(self, numbers: Sequence[str]) -> Sequence[str]:
        """Return the ids of those of some E.164 numbers that are in the inventory."""

    async def versions(self, version_ids: Sequence[str]) -> Mapping[str, ApplicationVersion]:
        """Return versions by id."""

    async def versions_of(
        self, customer_id: str | None, application_id: str
    ) -> Sequence[ApplicationVersion]:
        """Return the versions of a customer's application, oldest first; none where not theirs."""

    async def note_hang_up(self, actor: str, customer_id: str, call_id: str) -> None:
        """Write into the audit log who ended a call."""

    async def branches(
        self, version_ids: Sequence[str], from_us: int, to_us: int
    ) -> Sequence[NodeBranch]:
        """Return the visits to the nodes of versions; both moments are full hours."""


def minutes(duration_ms: int) -> Decimal:
    """Return milliseconds as minutes, exactly to the thousandth of a second."""
    return (Decimal(duration_ms) / 60_000).quantize(Decimal("0.001"))
