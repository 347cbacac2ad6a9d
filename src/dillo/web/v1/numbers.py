"""`/api/v1/numbers`: what a customer holds; `/available-numbers`: what can be bought."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from dillo.accounts import inventory as stock
from dillo.accounts import numbers
from dillo.accounts.errors import (
    NumberNotHeld,
    NumberQuarantined,
    NumberTaken,
    UnknownApplication,
    UnknownNumber,
)
from dillo.accounts.inventory import Inventory, Offer, Wanted
from dillo.accounts.people import Transactions
from dillo.accounts.ports import Number, NumberLimits, Registry
from dillo.accounts.principals import Principal
from dillo.model.phone import PhoneNumber
from dillo.web.problems import (
    APPLICATION_NOT_FOUND,
    NUMBER_NOT_FOUND,
    NUMBER_UNAVAILABLE,
    Refused,
)
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Identifier,
    Money,
    Page,
    money,
)
from dillo.web.v1.gate import Developer, Owner, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries

_TAGS: list[Any] = ["Numbers"]
_LIST, _OFFERS = "numbers", "available numbers"

E164 = Annotated[
    str,
    Field(pattern=r"^\+[1-9][0-9]{5,14}$", examples=["+442079460000"], description="E.164 with +"),
]
InPath = Annotated[
    str,
    Path(
        pattern=r"^\+?[0-9]{6,17}$",
        description="With country dial code; `+` may be left out",
        examples=["442079460000"],
    ),
]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["GB"])]
NumberType = Annotated[str, Field(examples=["local"], max_length=32)]


class Limits(Entry):
    """What calls to a number may use; null where only the customer's limit counts."""

    max_concurrent_calls: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    max_calls_per_second: Annotated[float | None, Field(gt=0, le=1_000_000)] = None
    max_call_s: Annotated[float | None, Field(gt=0, le=1_000_000)] = None


class NumberLimitsShown(Document):
    """What calls to a number may use; null where only the customer's limit counts."""

    max_concurrent_calls: int | None
    max_calls_per_second: float | None
    max_call_s: float | None


class HeldNumber(Document):
    """A number that a customer holds."""

    id: Identifier
    number: E164
    country: Country
    type: NumberType
    area: str | None
    customer_id: Identifier
    primary_application_id: Identifier | None
    fallback_application_id: Identifier | None
    limits: NumberLimitsShown


class AvailableNumber(Document):
    """A number that can be bought, and what it costs."""

    number: E164
    country: Country
    type: NumberType
    area: str | None
    set_up_fee: Money
    monthly_fee: Annotated[Money, Field(description="The first month is paid with the set-up")]
    currency: Annotated[str, Field(examples=["EUR"])]


class NumberOrder(Entry):
    """A number to be bought."""

    number: E164


class NumberChange(Entry):
    """What of a number is to be changed; what is left out stays."""

    primary_application_id: Annotated[
        Identifier | None, Field(description="null: none, so that the fallback runs")
    ] = None
    fallback_application_id: Identifier | None = None
    limits: Limits = Limits()


def add_numbers(
    router: APIRouter,
    registry: Registry,
    inventory: Inventory,
    transactions: Transactions,
    quarantine_days: float,
) -> None:
    """Add the routes of numbers."""

    @router.get("/numbers", tags=_TAGS)
    async def list_numbers(asker: Viewer, asked: Paging) -> Page[HeldNumber]:
        """List the customer's numbers, in order of number."""
        rows = await inventory.held(asker.customer_id, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda number: (number.e164,))

    @router.get("/available-numbers", tags=_TAGS)
    async def search_available_numbers(
        asker: Viewer,
        asked: Paging,
        country: Annotated[Country | None, Query()] = None,
        type: Annotated[NumberType | None, Query()] = None,
        area: Annotated[
            str | None, Query(max_length=80, description="A part of its name, in any case")
        ] = None,
        pattern: Annotated[
            str | None,
            Query(
                max_length=32,
                description="Digits or letters of the keypad, `?` for one and `*` for any; "
                "without either they may be anywhere",
                examples=["+4420*77"],
            ),
        ] = None,
    ) -> Page[AvailableNumber]:
        """Search numbers that can be bought, with what they cost the customer."""
        customer = await registry.customers.get(asker.customer_id)
        wanted = Wanted(country, type, area, pattern, asked.after_id(_OFFERS), asked.take)
        found = await stock.search(registry, inventory, asker.change(), wanted, customer.currency)
        return asked.page(_OFFERS, found, _offered, lambda offer: (offer.number.e164,))

    @router.post("/numbers", tags=_TAGS, status_code=201, responses=problems(409))
    async def buy_number(asker: Owner, order: NumberOrder, retry: Retries) -> HeldNumber:
        """Buy a number: its set-up and first month are charged in the same transaction.

        Of two customers who want the same number exactly one gets it.
        """

        async def work() -> HeldNumber:
            change, buyer = asker.change(), asker.customer_id
            try:
                return _shown(await numbers.buy(registry, change, order.number, buyer))
            except (UnknownNumber, NumberTaken, NumberQuarantined) as error:
                # One answer for all three: who holds what is nobody else's business.
                detail = "Choose another: /api/v1/available-numbers lists what can be bought."
                raise Refused(NUMBER_UNAVAILABLE, detail) from error

        return await retry.answer(asker, 201, work)  # type: ignore[return-value]

    @router.get("/numbers/{number}", tags=_TAGS)
    async def get_number(asker: Viewer, number: InPath, given: Conditions) -> HeldNumber:
        """Show a number that the customer holds."""
        return given.shown(_shown(await _held(registry, asker, number)))

    @router.patch("/numbers/{number}", tags=_TAGS, responses=problems(412))
    async def change_number(
        asker: Developer, number: InPath, entry: NumberChange, given: Conditions
    ) -> HeldNumber:
        """Assign applications to a number, or bound the calls to it, from the next call on."""
        async with transactions.joint():
            held = await _held(registry, asker, number)
            given.require(_shown(held))
            sent = entry.model_fields_set
            if sent & {"primary_application_id", "fallback_application_id"}:
                await _assign(registry, asker, held, entry)
            if "limits" in sent:
                await numbers.limit(
                    registry,
                    asker.change(),
                    held.e164,
                    NumberLimits(**entry.limits.model_dump()),
                    customer_id=asker.customer_id,
                )
            changed = _shown(await _held(registry, asker, number))
        return given.shown(changed)

    @router.delete("/numbers/{number}", tags=_TAGS, status_code=204)
    async def release_number(asker: Owner, number: InPath) -> Response:
        """Give a number back; its calls stay readable, its fees are not refunded."""
        held = await _held(registry, asker, number)
        await numbers.release(
            registry,
            asker.change(),
            held.e164,
            customer_id=asker.customer_id,
            quarantine_days=quarantine_days,
        )
        return Response(status_code=204)


async def _held(registry: Registry, asker: Principal, number: str) -> Number:
    try:
        found = await registry.numbers.get(str(PhoneNumber.parse(number)))
    except UnknownNumber as error:
        raise unknown_number() from error
    if found.customer_id != asker.customer_id:
        raise unknown_number()
    return found


def unknown_number() -> Refused:
    """Return the one answer for numbers that there are not, and for those of others."""
    return Refused(NUMBER_NOT_FOUND, "Ask for a number that the customer holds.")


async def _assign(registry: Registry, asker: Principal, held: Number, entry: NumberChange) -> None:
    sent = entry.model_fields_set
    wanted = {
        role: getattr(entry, role) if role in sent else getattr(held, role)
        for role in ("primary_application_id", "fallback_application_id")
    }
    theirs = {each.id for each in await registry.applications.of(asker.customer_id)}
    if not {each for each in wanted.values() if each is not None} <= theirs:
        raise Refused(APPLICATION_NOT_FOUND, "Name the id of an application of the customer.")
    try:
        await registry.numbers.assign(
            held,
            wanted["primary_application_id"],
            wanted["fallback_application_id"],
            asker.change(),
        )
    except (NumberNotHeld, UnknownApplication) as error:
        raise unknown_number() from error


def _shown(number: Number) -> HeldNumber:
    limits = number.limits
    return HeldNumber(
        id=number.id,
        number=number.e164,
        country=number.country,
        type=number.number_type,
        area=number.area,
        customer_id=number.customer_id or "",
        primary_application_id=number.primary_application_id,
        fallback_application_id=number.fallback_application_id,
        limits=NumberLimitsShown(
            max_concurrent_calls=limits.max_concurrent_calls,
            max_calls_per_second=limits.max_calls_per_second,
            max_call_s=limits.max_call_s,
        ),
    )


def _offered(offer: Offer) -> AvailableNumber:
    number = offer.number
    return AvailableNumber(
        number=number.e164,
        country=number.country,
        type=number.number_type,
        area=number.area,
        set_up_fee=money(offer.set_up_micros),
        monthly_fee=money(offer.month_micros),
        currency=offer.currency,
    )
