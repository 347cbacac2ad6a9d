"""`/api/v1/inventory`: all numbers of the platform, for the operator."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from dillo.accounts import inventory as stock
from dillo.accounts.inventory import Holder, Inventory
from dillo.accounts.people import Transactions
from dillo.accounts.ports import Number, Registry
from dillo.model.clock import now_us
from dillo.model.phone import PhoneNumber
from dillo.rating import OwnFees
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Identifier,
    Moment,
    Money,
    Page,
    maybe_moment,
    moment,
)
from dillo.web.v1.gate import Operator
from dillo.web.v1.numbers import E164, Country, InPath, NumberType
from dillo.web.v1.pages import Paging
from dillo.web.v1.sheets import BODY, LARGEST, read_sheet

_TAGS: list[Any] = ["Inventory"]
_LIST = "inventory"


class OwnFeesShown(Document):
    """Fees of one number, in place of those of its type."""

    currency: Annotated[str, Field(examples=["EUR"])]
    set_up_fee: Money
    monthly_fee: Money


class StockedNumber(Document):
    """A number of the inventory."""

    id: Identifier
    number: E164
    country: Country
    type: NumberType
    area: str | None
    trunk: Annotated[str | None, Field(description="The trunk that its calls come over")]
    fees: Annotated[OwnFeesShown | None, Field(description="null: those of its type")]
    status: Literal["available", "held", "quarantined"]
    customer_id: Identifier | None
    available_at: Annotated[Moment | None, Field(description="When its quarantine is over")]


class OwnFeesEntry(Entry):
    """Fees of one number, for customers of this currency."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
    set_up_fee: Money = "0"
    monthly_fee: Money


class StockedNumberChange(Entry):
    """What of an entry is to be changed; what is left out stays, null takes it away."""

    type: NumberType | None = None
    area: Annotated[str | None, Field(max_length=80)] = None
    trunk: Annotated[str | None, Field(max_length=200)] = None
    fees: OwnFeesEntry | None = None


class Imported(Document):
    """What was loaded."""

    imported: Annotated[int, Field(description="Numbers")]


class Holding(Document):
    """A time in which a customer held a number."""

    customer_id: Identifier
    customer_name: str
    from_at: Moment
    until_at: Moment | None
    paid_until: Moment
    grace_until: Annotated[
        Moment | None, Field(description="Until when a month that is owed may be paid")
    ]


def add_inventory(
    router: APIRouter, registry: Registry, inventory: Inventory, transactions: Transactions
) -> None:
    """Add the routes of the inventory."""

    @router.get("/inventory", tags=_TAGS)
    async def list_inventory(_asker: Operator, asked: Paging) -> Page[StockedNumber]:
        """List all numbers, in order of number."""
        rows = await inventory.held(None, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda number: (number.e164,))

    @router.post(
        "/inventory",
        tags=_TAGS,
        status_code=201,
        responses=problems(409),
        openapi_extra=BODY,
        max_body_size=LARGEST,
    )
    async def import_inventory(asker: Operator, request: Request) -> Imported:
        """Load numbers from CSV, all or none.

        Columns: `number`; `country`, `type`, `area`, `trunk`, `set_up_fee`, `monthly_fee`,
        `currency`. Whatever is wrong is named in `errors` by line and column, all at once.
        """
        added = await stock.load(inventory, asker.change(), await read_sheet(request))
        return Imported(imported=len(added))

    @router.get("/inventory/{number}", tags=_TAGS)
    async def get_stocked_number(
        _asker: Operator, number: InPath, given: Conditions
    ) -> StockedNumber:
        """Show a number, whoever holds it."""
        return given.shown(_shown(await _known(registry, number)))

    @router.patch("/inventory/{number}", tags=_TAGS, responses=problems(412))
    async def change_stocked_number(
        asker: Operator, number: InPath, entry: StockedNumberChange, given: Conditions
    ) -> StockedNumber:
        """Change an entry. Calls come over another trunk from the next one on; fees count for who
        buys it, and for the next month of who holds it."""
        async with transactions.joint(f"number:{number}"):
            known = await _known(registry, number)
            given.require(_shown(known))
            sent = entry.model_fields_set
            changed = await stock.change(
                inventory,
                asker.change(),
                known,
                number_type=entry.type or known.number_type,
                area=entry.area if "area" in sent else known.area,
                trunk=entry.trunk if "trunk" in sent else known.trunk,
                own_fees=_own_fees(entry.fees) if "fees" in sent else known.own_fees,
            )
        return given.shown(_shown(changed))

    @router.get("/inventory/{number}/history", tags=_TAGS)
    async def list_number_history(_asker: Operator, number: InPath) -> Page[Holding]:
        """List who held a number, latest first."""
        held = await inventory.holders(str(PhoneNumber.parse(number)))
        return Page(items=[_holding(each) for each in held], next_cursor=None)


async def _known(registry: Registry, number: str) -> Number:
    return await registry.numbers.get(str(PhoneNumber.parse(number)))


def _own_fees(entry: OwnFeesEntry | None) -> OwnFees | None:
    if entry is None:
        return None
    return stock.own_fees(entry.currency, entry.set_up_fee, entry.monthly_fee)


def _fees(own: OwnFees) -> OwnFeesShown:
    return OwnFeesShown(
        currency=own.currency,
        set_up_fee=f"{own.set_up_fee:f}",
        monthly_fee=f"{own.monthly_fee:f}",
    )


def _shown(number: Number) -> StockedNumber:
    own = number.own_fees
    rests = number.free_from_us > now_us()
    status: Literal["available", "held", "quarantined"] = "quarantined" if rests else "available"
    return StockedNumber(
        id=number.id,
        number=number.e164,
        country=number.country,
        type=number.number_type,
        area=number.area,
        trunk=number.trunk,
        fees=None if own is None else _fees(own),
        status="held" if number.customer_id else status,
        customer_id=number.customer_id,
        available_at=moment(number.free_from_us) if rests else None,
    )


def _holding(holder: Holder) -> Holding:
    return Holding(
        customer_id=holder.customer_id,
        customer_name=holder.name,
        from_at=moment(holder.from_us),
        until_at=maybe_moment(holder.until_us),
        paid_until=moment(holder.paid_until_us),
        grace_until=maybe_moment(holder.grace_until_us),
    )
