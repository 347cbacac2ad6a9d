"""`/api/v1/inventory`: all numbers of the platform, for the operator."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from dillo.accounts import inventory as stock
from dillo.accounts.inventory import Holder, Inventory
from dillo.accounts.ports import Number
from dillo.model.clock import now_us
from dillo.model.phone import PhoneNumber
from dillo.web.v1.described import problems
from dillo.web.v1.documents import (
    Document,
    Identifier,
    Moment,
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


class StockedNumber(Document):
    """A number of the inventory."""

    id: Identifier
    number: E164
    country: Country
    type: NumberType
    area: str | None
    trunk: Annotated[str | None, Field(description="The trunk that its calls come over")]
    status: Literal["available", "held", "quarantined"]
    customer_id: Identifier | None
    available_at: Annotated[Moment | None, Field(description="When its quarantine is over")]


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


def add_inventory(router: APIRouter, inventory: Inventory) -> None:
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

    @router.get("/inventory/{number}/history", tags=_TAGS)
    async def list_number_history(_asker: Operator, number: InPath) -> Page[Holding]:
        """List who held a number, latest first."""
        held = await inventory.holders(str(PhoneNumber.parse(number)))
        return Page(items=[_holding(each) for each in held], next_cursor=None)


def _shown(number: Number) -> StockedNumber:
    rests = number.free_from_us > now_us()
    status: Literal["available", "held", "quarantined"] = "quarantined" if rests else "available"
    return StockedNumber(
        id=number.id,
        number=number.e164,
        country=number.country,
        type=number.number_type,
        area=number.area,
        trunk=number.trunk,
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
