"""`/api/v1/tariffs`: price lists and rate decks; `/calls/{id}/price`: what a call cost and why."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from dillo.accounts import tariffs
from dillo.accounts.ports import Registry, TariffVersion
from dillo.calls.explanation import (
    ExplainedLine,
    ExplainedPrice,
    PriceBooks,
    UnknownCall,
    explain_price,
)
from dillo.model.moments import from_datetime
from dillo.rating import Deck, Rates, Tariff
from dillo.web.problems import CALL_NOT_FOUND, Refused
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Id, Identifier, Moment, Money, Page, moment, money
from dillo.web.v1.gate import Operator, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.sheets import BODY, LARGEST, read_sheet

_TAGS: list[Any] = ["Tariffs"]
_LIST, _RATES = "tariffs", "rates"

Name = Annotated[str, Path(max_length=64, examples=["standard"])]
Version = Annotated[int, Path(ge=1, le=1_000_000, examples=[2])]
Amount = Annotated[str, Field(description="Exact decimal amount", examples=["0.0125"])]
Prefix = Annotated[str, Query(pattern="^[0-9]{0,15}$", description="How the prefix begins")]


class TariffShown(Document):
    """A version of a tariff."""

    name: Annotated[str, Field(examples=["standard"])]
    version: int
    currency: Annotated[str, Field(examples=["EUR"])]
    effective_at: Moment
    prefixes: Annotated[int, Field(description="How many its decks have")]


class TypeRates(Document):
    """What numbers of a type cost, and calls to them."""

    type: Annotated[str, Field(examples=["local"])]
    connection_fee: Amount
    per_minute: Amount
    increments: Annotated[str, Field(examples=["60/60"])]
    set_up_fee: Amount
    monthly_fee: Amount


class TariffDetails(Document):
    """A version of a tariff, without its decks."""

    name: str
    version: int
    currency: str
    types: list[TypeRates]
    recording_per_minute: Amount
    storage_per_minute_month: Amount
    transcription_per_minute: Amount


class DeckRate(Document):
    """An entry of a deck."""

    prefix: Annotated[str, Field(examples=["44"], description="Or `sip`, or `default`")]
    caller_prefix: Annotated[str | None, Field(description="For certain callers only")]
    connection_fee: Amount
    per_minute: Amount
    increments: Annotated[str, Field(examples=["30/6"])]


class PriceLine(Document):
    """A charge line, and how it comes about."""

    kind: Annotated[str, Field(examples=["call"])]
    subject_id: Annotated[str, Field(description="Leg or recording; empty for the call itself")]
    amount: Annotated[Money, Field(description="Rounded half-up, once")]
    exact_amount: Annotated[
        str, Field(description="Before it was rounded; a fraction where its decimals do not end")
    ]
    is_default_rate: Annotated[
        bool, Field(description="Whether the tariff had no rate of its own for this")
    ]
    is_reproduced: bool
    explanation: Annotated[
        dict[str, str | int | bool],
        Field(description="Tariff and version, what matched, seconds, increments and prices"),
    ]


class Price(Document):
    """The price of a call, worked out again from what is stored."""

    call_id: Identifier
    price: Money
    currency: str
    is_reproduced: bool
    differences: Annotated[list[str], Field(description="What did not come out the same")]
    lines: list[PriceLine]


def add_tariffs(router: APIRouter, registry: Registry) -> None:
    """Add the routes of tariffs."""

    @router.get("/tariffs", tags=_TAGS)
    async def list_tariffs(_asker: Operator) -> Page[TariffShown]:
        """List every version of every tariff, latest in effect first."""
        versions = await registry.tariffs.all()
        return Page(items=[_version(each) for each in versions], next_cursor=None)

    @router.post(
        "/tariffs",
        tags=_TAGS,
        status_code=201,
        responses=problems(409),
        openapi_extra=BODY,
        max_body_size=LARGEST,
    )
    async def load_tariff(
        asker: Operator,
        request: Request,
        currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "EUR",
        name: Annotated[str, Query(max_length=64)] = tariffs.NAME,
        effective_at: Annotated[
            datetime | None, Query(description="When it takes effect; now where left out")
        ] = None,
    ) -> TariffShown:
        """Load a tariff or a rate deck from CSV as the next version.

        Columns: `per_minute`; `service` (`call`, `dial`, `recording`, `storage`, `transcription`),
        `prefix`, `caller_prefix`, `connection_fee`, `first`, `next`, `set_up_fee`, `monthly_fee`,
        `description`. Without `service` all rows are of `dial`. Services that are not in it stay
        as they are. Whatever is wrong is named in `errors` by line and column, all at once.
        """
        change = asker.change()
        at_us = change.at_us if effective_at is None else _moment_us(effective_at)
        text = await read_sheet(request)
        loaded = await tariffs.load(
            registry, change, text, effective_us=at_us, currency=currency, name=name
        )
        prefixes = len(loaded.calls) + len(loaded.dials)
        return _version(
            TariffVersion(loaded.name, loaded.version, loaded.currency, at_us, prefixes)
        )

    @router.get("/tariffs/{name}/{version}", tags=_TAGS)
    async def get_tariff(_asker: Operator, name: Name, version: Version) -> TariffDetails:
        """Show a version of a tariff, without its decks."""
        return _details(await registry.tariffs.version(name, version))

    @router.get("/tariffs/{name}/{version}/rates", tags=_TAGS)
    async def list_rates(
        _asker: Operator,
        name: Name,
        version: Version,
        asked: Paging,
        service: Annotated[Literal["call", "dial"], Query()] = "dial",
        prefix: Prefix = "",
    ) -> Page[DeckRate]:
        """List the entries of a deck, by prefix."""
        tariff = await registry.tariffs.version(name, version)
        deck = tariff.calls if service == "call" else tariff.dials
        after = asked.after(_RATES, 2)
        places = [
            place
            for place in _places(deck)
            if place[0].startswith(prefix) and place > (after or ())
        ]
        return asked.page(
            _RATES, places[: asked.take], lambda place: _rate(deck, place), lambda place: place
        )


def add_prices(router: APIRouter, books: PriceBooks) -> None:
    """Add the route that explains prices."""

    @router.get("/calls/{call_id}/price", tags=["Calls"])
    async def explain_call_price(asker: Viewer, call_id: Id) -> Price:
        """Explain the price of a finished call line by line, from the tariff to the rounding.

        It is worked out again in three ways: each line from its explanation, the call from its
        events and the tariffs that the lines name, and the sum from the ledger.
        """
        unknown = Refused(CALL_NOT_FOUND, "Ask for a call that the lists of calls show.")
        try:
            price = await explain_price(books, call_id)
        except UnknownCall as error:
            raise unknown from error
        if asker.customer not in {None, price.customer_id}:
            raise unknown
        return _price(price)


def _moment_us(when: datetime) -> int:
    return from_datetime(when.replace(tzinfo=UTC) if when.tzinfo is None else when)


def _version(version: TariffVersion) -> TariffShown:
    return TariffShown(
        name=version.name,
        version=version.version,
        currency=version.currency,
        effective_at=moment(version.effective_us),
        prefixes=version.prefixes,
    )


def _details(tariff: Tariff) -> TariffDetails:
    return TariffDetails(
        name=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        types=[
            TypeRates(
                type=name,
                **_amounts(rates),
                set_up_fee=_amount(rates.set_up_fee),
                monthly_fee=_amount(rates.monthly_fee),
            )
            for name, rates in tariff.numbers.items()
        ],
        recording_per_minute=_amount(tariff.recording_per_minute),
        storage_per_minute_month=_amount(tariff.storage_per_minute_month),
        transcription_per_minute=_amount(tariff.transcription_per_minute),
    )


def _amount(amount: Decimal) -> str:
    return f"{amount:f}"


def _amounts(rates: Rates) -> dict[str, str]:
    return {
        "connection_fee": _amount(rates.connection_fee),
        "per_minute": _amount(rates.per_minute),
        "increments": rates.increments,
    }


def _places(deck: Deck) -> list[tuple[str, str]]:
    """Return the prefixes of a deck, with those of callers, in order."""
    places = [(prefix, "") for prefix in deck.entries]
    places += [(prefix, caller) for prefix, of in deck.by_caller.items() for caller in of]
    return sorted(places)


def _rate(deck: Deck, place: tuple[str, str]) -> DeckRate:
    prefix, caller = place
    index = deck.by_caller[prefix][caller] if caller else deck.entries[prefix]
    return DeckRate(prefix=prefix, caller_prefix=caller or None, **_amounts(deck.rates[index]))


def _price(price: ExplainedPrice) -> Price:
    return Price(
        call_id=price.call_id,
        price=money(price.price_micros),
        currency=price.currency,
        is_reproduced=not price.differences,
        differences=list(price.differences),
        lines=[_line(each) for each in price.lines],
    )


def _line(each: ExplainedLine) -> PriceLine:
    return PriceLine(
        kind=each.line.kind,
        subject_id=each.line.subject_id,
        amount=money(each.line.amount_micros),
        exact_amount=_exact(each.exact_micros),
        is_default_rate=each.line.is_default,
        is_reproduced=each.is_reproduced,
        explanation=msgspec.to_builtins(each.explanation),
    )


def _exact(exact_micros: Fraction) -> str:
    """Write an exact amount as a decimal where it is one, else as a fraction."""
    units = exact_micros / 1_000_000
    rest = units.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{units.numerator}/{units.denominator}"
    return _amount(Decimal(units.numerator) / Decimal(units.denominator))
