"""`/api/v1/customer`: one's own account; `/api/v1/customers`: all of them, for the operator."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dillo.accounts import customer_book, customers, invitations
from dillo.accounts.customer_book import CustomerBook, CustomerFilter
from dillo.accounts.people import People
from dillo.accounts.ports import Customer, Limits
from dillo.accounts.roles import Role
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import Tags, problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Id,
    Identifier,
    Moment,
    Money,
    Name,
    Page,
    maybe_moment,
    micros,
    moment,
    money,
)
from dillo.web.v1.gate import Operator, Owner, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries
from dillo.web.v1.sign_up import Email

_LIST = "customers"
_VOLATILE = "balance"

Status = Literal["active", "suspended", "closed"]


class LimitsShown(Document):
    """What a customer may use at once, and for how long."""

    max_concurrent_calls: int
    max_calls_per_second: float
    max_call_s: float


class CustomerShown(Document):
    """An account."""

    id: Annotated[Identifier, Field(description="The CustomerCode")]
    name: str
    status: Status
    currency: Annotated[str, Field(examples=["EUR"])]
    is_prepaid: Annotated[
        bool, Field(description="Whether calls and purchases stop when the balance is used up")
    ]
    balance: Money
    limits: LimitsShown
    created_at: Moment
    closed_at: Moment | None


class ClosedCustomer(CustomerShown):
    """A closed account, and what it still holds: nothing is released silently."""

    numbers_held: list[str]


class OwnChange(Entry):
    """What an owner may change of the account."""

    name: Name


class NewLimits(Entry):
    """Limits; what is left out stays as it is."""

    max_concurrent_calls: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    max_calls_per_second: Annotated[float | None, Field(gt=0, le=1_000_000)] = None
    max_call_s: Annotated[float | None, Field(gt=0, le=1_000_000)] = None


class CustomerChange(Entry):
    """What the operator may change of an account; what is left out stays as it is."""

    name: Name | None = None
    limits: NewLimits | None = None


class NewCustomer(Entry):
    """An account to be opened."""

    name: Name
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")] = "EUR"
    opening_balance: Annotated[
        Money | None, Field(description="Of a prepaid account; null for one that is billed later")
    ] = None
    owner_email: Annotated[
        Email | None, Field(description="Who is invited to be its first owner")
    ] = None


def add_own_customer(router: APIRouter, people: People, book: CustomerBook) -> None:
    """Add the routes of one's own account."""
    tags: Tags = ["Customer"]
    registry = people.registry

    @router.get("/customer", tags=tags)
    async def get_own_customer(asker: Viewer, given: Conditions) -> CustomerShown:
        """Show the account acted for."""
        return given.shown(_shown(await registry.customers.get(asker.customer_id)), _VOLATILE)

    @router.patch("/customer", tags=tags, responses=problems(412))
    async def change_own_customer(
        asker: Owner, entry: OwnChange, given: Conditions
    ) -> CustomerShown:
        """Change the account's name."""
        async with people.transactions.joint(f"customer:{asker.customer_id}"):
            customer = await registry.customers.get(asker.customer_id)
            given.require(_shown(customer), _VOLATILE)
            changed = await customer_book.change(
                book, asker.change(), customer, name=entry.name, limits=customer.limits
            )
        return given.shown(_shown(changed), _VOLATILE)


def add_customers(router: APIRouter, people: People, book: CustomerBook) -> None:
    """Add the operator's routes that find, open and change accounts."""
    tags: Tags = ["Customers (operator)"]
    registry = people.registry

    @router.get("/customers", tags=tags)
    async def list_customers(
        _: Operator,
        asked: Paging,
        search: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=200,
                pattern=r"^[^\x00]*$",
                description="Part of the name or of a user's address, or the CustomerCode",
            ),
        ] = None,
        status: Annotated[Status | None, Query(description="Only those")] = None,
    ) -> Page[CustomerShown]:
        """List customers, newest first."""
        wanted = CustomerFilter(search, status)
        rows = await book.page(wanted, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda customer: (customer.id,))

    @router.post(
        "/customers",
        tags=tags,
        status_code=201,
        response_model=CustomerShown,
        responses=problems(409),
    )
    async def create_customer(asker: Operator, entry: NewCustomer, retry: Retries) -> Response:
        """Open an account, and invite its first owner."""

        async def work() -> CustomerShown:
            change = asker.change()
            opening = None if entry.opening_balance is None else micros(entry.opening_balance)
            async with people.transactions.joint():
                customer = await customers.create(
                    registry,
                    change,
                    entry.name,
                    currency=entry.currency,
                    opening_micros=opening,
                )
                if entry.owner_email is not None:
                    await invitations.invite(
                        people, change, customer.id, entry.owner_email, Role.OWNER
                    )
                return _shown(await registry.customers.get(customer.id))

        return await retry.answer(asker, 201, work)

    @router.get("/customers/{customer_id}", tags=tags)
    async def get_customer(_: Operator, customer_id: Id, given: Conditions) -> CustomerShown:
        """Show an account."""
        return given.shown(_shown(await registry.customers.get(customer_id)), _VOLATILE)

    @router.patch("/customers/{customer_id}", tags=tags, responses=problems(412))
    async def change_customer(
        asker: Operator, customer_id: Id, entry: CustomerChange, given: Conditions
    ) -> CustomerShown:
        """Change an account's name and limits."""
        async with people.transactions.joint(f"customer:{customer_id}"):
            customer = await registry.customers.get(customer_id)
            given.require(_shown(customer), _VOLATILE)
            changed = await customer_book.change(
                book,
                asker.change(),
                customer,
                name=entry.name or customer.name,
                limits=_limits(entry.limits, customer.limits),
            )
        return given.shown(_shown(changed), _VOLATILE)


def add_suspension(router: APIRouter, people: People, book: CustomerBook) -> None:
    """Add the operator's routes that suspend, resume and close accounts."""
    tags: Tags = ["Customers (operator)"]
    registry = people.registry

    @router.post("/customers/{customer_id}/suspend", tags=tags)
    async def suspend_customer(asker: Operator, customer_id: Id) -> CustomerShown:
        """Refuse an account's calls and changes from now on; reading stays possible."""
        await customers.suspend(registry, asker.change(), customer_id)
        return _shown(await registry.customers.get(customer_id))

    @router.post("/customers/{customer_id}/resume", tags=tags)
    async def resume_customer(asker: Operator, customer_id: Id) -> CustomerShown:
        """Take a suspended account's calls again."""
        await customers.resume(registry, asker.change(), customer_id)
        return _shown(await registry.customers.get(customer_id))

    @router.post("/customers/{customer_id}/close", tags=tags)
    async def close_customer(asker: Operator, customer_id: Id) -> ClosedCustomer:
        """Close an account for good: no calls, no keys, nobody signs in. Its records stay, and it
        keeps its numbers until they are released."""
        async with people.transactions.joint(f"customer:{customer_id}"):
            customer = await registry.customers.get(customer_id)
            closed = await customer_book.close(book, asker.change(), customer)
            held = await registry.numbers.of(customer_id)
        numbers_held = [number.e164 for number in held]
        return ClosedCustomer(**_shown(closed).model_dump(), numbers_held=numbers_held)


def _limits(given: NewLimits | None, now: Limits) -> Limits:
    if given is None:
        return now
    return Limits(
        given.max_concurrent_calls or now.max_concurrent_calls,
        given.max_calls_per_second or now.max_calls_per_second,
        given.max_call_s or now.max_call_s,
    )


def _shown(customer: Customer) -> CustomerShown:
    status: Status = "suspended" if customer.is_suspended else "active"
    return CustomerShown(
        id=customer.id,
        name=customer.name,
        status="closed" if customer.closed_us is not None else status,
        currency=customer.currency,
        is_prepaid=customer.is_prepaid,
        balance=money(customer.balance_micros),
        limits=LimitsShown(
            max_concurrent_calls=customer.limits.max_concurrent_calls,
            max_calls_per_second=customer.limits.max_calls_per_second,
            max_call_s=customer.limits.max_call_s,
        ),
        created_at=moment(customer.created_us),
        closed_at=maybe_moment(customer.closed_us),
    )
