"""Customers as the operator looks after them: found, changed, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.changes import Change
from dillo.accounts.customers import checked_name
from dillo.accounts.errors import AccountClosed, InvalidEntry
from dillo.accounts.ports import Customer, Limits


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers are wanted; None for all."""

    text: str | None = None
    """Part of the name, or of a user's address, or the whole id."""
    status: str | None = None
    """`active`, `suspended` or `closed`."""


class CustomerBook(Protocol):
    """All customers."""

    async def page(
        self, wanted: CustomerFilter, after_id: str | None, limit: int
    ) -> Sequence[Customer]:
        """Return customers, newest first, those after one of them."""

    async def change(
        self, customer: Customer, change: Change, *, name: str, limits: Limits
    ) -> Customer:
        """Set a customer's name and limits."""

    async def close(self, customer_id: str, change: Change) -> Customer:
        """Take no more calls, and let no key and nobody in. Raises UnknownCustomer."""


async def change(
    book: CustomerBook, by: Change, customer: Customer, *, name: str, limits: Limits
) -> Customer:
    """Set a customer's name and limits. Raises InvalidEntry, AccountClosed."""
    _refuse_closed(customer)
    if limits.max_concurrent_calls < 1 or min(limits.max_calls_per_second, limits.max_call_s) <= 0:
        raise InvalidEntry("a limit is greater than zero: suspend a customer to take no calls")
    return await book.change(customer, by, name=checked_name(name), limits=limits)


async def close(book: CustomerBook, by: Change, customer: Customer) -> Customer:
    """Close an account for good; its numbers, balance and records stay. Raises AccountClosed."""
    _refuse_closed(customer)
    return await book.close(customer.id, by)


def _refuse_closed(customer: Customer) -> None:
    if customer.closed_us is not None:
        raise AccountClosed("this account is closed")
