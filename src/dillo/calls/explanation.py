"""Why a call costs what it costs: every charge line, worked out again from what is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from dillo.calls.settlement import legs_of, usage_of
from dillo.model.errors import PeerError
from dillo.model.events import CallEvent
from dillo.rating import (
    TEST,
    ChargeLine,
    Explanation,
    Tariff,
    rate,
    rate_leg,
    read_explanation,
    reprice,
    test_tariff,
)
from dillo.records import CallRecord, fold


class UnknownCall(PeerError):
    """There is no finished call of this id."""


@dataclass(frozen=True, slots=True)
class StoredPrice:
    """What the database holds of a call's price."""

    customer_id: str
    currency: str
    price_micros: int
    charged_micros: int
    """What the ledger took for it."""
    lines: Sequence[ChargeLine]
    events: Sequence[CallEvent]


class PriceBooks(Protocol):
    """What an explanation is made from."""

    async def stored(self, call_id: str) -> StoredPrice:
        """Return what a call cost, and its events. Raises UnknownCall."""

    async def version(self, name: str, version: int) -> Tariff:
        """Return a version of a tariff. Raises UnknownTariff."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A charge line, and how it comes about."""

    line: ChargeLine
    explanation: Explanation
    exact_micros: Fraction
    """Before it was rounded."""
    is_reproduced: bool
    """Whether it comes out the same again."""


@dataclass(frozen=True, slots=True)
class ExplainedPrice:
    """The price of a call."""

    call_id: str
    customer_id: str
    currency: str
    price_micros: int
    lines: tuple[ExplainedLine, ...]
    differences: tuple[str, ...]
    """What did not come out the same again; empty where all did."""


async def explain_price(books: PriceBooks, call_id: str) -> ExplainedPrice:
    """Explain the price of a finished call, and work it out again in three ways.

    Each line from its own explanation; the call as a whole from its events and the versions of
    tariffs that its lines name; and the sum from the ledger. Raises UnknownCall.
    """
    stored = await books.stored(call_id)
    again = await _rate_again(books, fold(stored.events), stored.lines)
    explained = tuple(_explained(line, again) for line in stored.lines)
    return ExplainedPrice(
        call_id=call_id,
        customer_id=stored.customer_id,
        currency=stored.currency,
        price_micros=stored.price_micros,
        lines=explained,
        differences=tuple(_differences(stored, explained, again)),
    )


_Key = tuple[str, str]


def _key(line: ChargeLine) -> _Key:
    return line.kind, line.subject_id


async def _rate_again(
    books: PriceBooks, record: CallRecord, lines: Sequence[ChargeLine]
) -> dict[_Key, ChargeLine]:
    """Rate a call once more, each part by the version that its stored line names."""
    named = {_key(line): read_explanation(line.explanation) for line in lines}
    again: list[ChargeLine] = []
    if ("call", "") in named:
        again += rate(usage_of(record), await _version(books, named["call", ""]))
    for leg in legs_of(record):
        if ("leg", leg.leg_id) in named:
            tariff = await _version(books, named["leg", leg.leg_id])
            again.append(rate_leg(leg, tariff))
    return {_key(line): line for line in again}


async def _version(books: PriceBooks, explanation: Explanation) -> Tariff:
    if explanation.tariff == TEST:
        return test_tariff(explanation.currency)
    return await books.version(explanation.tariff, explanation.version)


def _explained(line: ChargeLine, again: dict[_Key, ChargeLine]) -> ExplainedLine:
    explanation = read_explanation(line.explanation)
    # What came after the call (a transcription) is no part of its events.
    twin = again.get(_key(line), line)
    return ExplainedLine(
        line=line,
        explanation=explanation,
        exact_micros=Fraction(*explanation.micros_ratio()),
        is_reproduced=reprice(line.explanation) == line.amount_micros == twin.amount_micros,
    )


def _differences(
    stored: StoredPrice, lines: Sequence[ExplainedLine], again: dict[_Key, ChargeLine]
) -> Iterator[str]:
    for each in lines:
        if not each.is_reproduced:
            twin = again.get(_key(each.line), each.line)
            yield (
                f"{each.line.kind} {each.line.subject_id}: stored {each.line.amount_micros},"
                f" from its explanation {reprice(each.line.explanation)},"
                f" from the call's events {twin.amount_micros} millionths"
            )
    total = sum(each.line.amount_micros for each in lines)
    if total != stored.price_micros:
        yield f"the lines add up to {total}, the call's price is {stored.price_micros} millionths"
    if stored.charged_micros != stored.price_micros:
        yield f"the ledger took {stored.charged_micros}, not {stored.price_micros} millionths"
    missing = again.keys() - {_key(each.line) for each in lines}
    for kind, subject in sorted(missing):
        yield f"{kind} {subject}: no line is stored"
