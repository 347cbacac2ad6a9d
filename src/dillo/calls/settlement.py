"""Settlement: the last hop of a call, from its events to a priced record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.calls import callbacks
from dillo.calls.callbacks import Callback
from dillo.model.errors import MisuseError
from dillo.model.events import CallEvent
from dillo.model.money import Micros
from dillo.rating import (
    ChargeLine,
    DialedLeg,
    RecordedAudio,
    Tariff,
    Usage,
    rate,
    rate_leg,
    test_tariff,
)
from dillo.records import CallRecord, document, fold


@dataclass(frozen=True, slots=True)
class SettledCall:
    """A finished call with its price, ready to be stored."""

    record: CallRecord
    charges: tuple[ChargeLine, ...]
    document: str
    """The InboundVoiceCall as JSON."""
    events: str
    """The call's events as a JSON array."""
    callbacks: tuple[Callback, ...] = ()
    """Whom to tell of it."""

    @property
    def price_micros(self) -> Micros:
        """The price of the call: the sum of its charge lines."""
        return Micros(sum(line.amount_micros for line in self.charges))


class Unsettleable(MisuseError):
    """A call refers to a customer, number or version that does not exist; retrying is no use."""


class Books(Protocol):
    """What settlement reads, and where it writes."""

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff."""

    async def behaviors(self, version_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the channel behavior of each published version that exists, by version id."""

    async def settle(self, calls: Sequence[SettledCall]) -> int:
        """Store calls in one transaction, those stored before left as they are.

        Returns how many were new. Raises Unavailable where the same may succeed later, and
        Unsettleable where one of the calls can never be stored; nothing is stored then.
        """

    async def announce(self, callbacks: Sequence[Callback]) -> None:
        """Store what is to be told of calls that go on; what is stored already stays.

        Raises Unavailable.
        """


async def price(books: Books, events: Sequence[CallEvent], events_json: str) -> SettledCall:
    """Fold the events of a finished call into its record, price it and write its document.

    The tariff is the one in force when the call, or for a leg when the leg, was answered; a test
    call has its own, and its legs have not. Raises
    BrokenJournal for events that are not one call's, NoTariff where its currency has no tariff.
    """
    record = fold(events)
    charges: tuple[ChargeLine, ...] = ()
    if record.answered_us is not None:
        tariff = (
            test_tariff(record.currency)
            if record.is_test
            else await books.tariff(record.currency, record.answered_us)
        )
        charges = rate(usage_of(record), tariff)
    for leg in legs_of(record):
        tariff = await books.tariff(record.currency, leg.answered_us)
        charges = (*charges, rate_leg(leg, tariff))
    behaviors = await books.behaviors([version_id for _, version_id in record.applications])
    return SettledCall(
        record=record,
        charges=charges,
        document=document(record, charges, behaviors),
        events=events_json,
        callbacks=callbacks.finished(record, sum(line.amount_micros for line in charges)),
    )


def legs_of(record: CallRecord) -> tuple[DialedLeg, ...]:
    """Return the legs of a call that were answered."""
    return tuple(
        DialedLeg(
            dial.leg_id, dial.telephone_number, dial.duration_ms, dial.caller, dial.answered_us
        )
        for dial in record.dials
        if dial.answered_us is not None
    )


def usage_of(record: CallRecord) -> Usage:
    """Return what a call used beside its legs."""
    return Usage(
        number_type=record.number_type,
        is_answered=record.is_answered,
        duration_ms=record.duration_ms,
        recordings=tuple(
            RecordedAudio(each.recording_id, each.duration_ms, each.storage_period)
            for each in record.recordings
        ),
        number=record.number,
        caller=record.caller,
    )
