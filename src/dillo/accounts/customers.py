"""Customers: opening an account, suspending it, adding to its balance."""

import re

from dillo.accounts.errors import AccountClosed, InvalidEntry
from dillo.accounts.ports import Change, Customer, Limits, Registry
from dillo.model.ids import new_id

_CURRENCY = re.compile(r"[A-Z]{3}")


async def create(
    registry: Registry,
    change: Change,
    name: str,
    *,
    currency: str = "EUR",
    opening_micros: int | None = None,
    limits: Limits | None = None,
) -> Customer:
    """Open an account; with an opening balance it is prepaid, without one it is billed later.

    Raises InvalidEntry for an empty name, no ISO 4217 currency or a negative balance, NoTariff for
    a currency that nothing could be priced in.
    """
    if not _CURRENCY.fullmatch(currency):
        raise InvalidEntry(f"{currency!r} is no ISO 4217 currency code such as EUR")
    if opening_micros is not None and opening_micros < 0:
        raise InvalidEntry("an opening balance cannot be negative")
    await registry.tariffs.at(currency, change.at_us)
    customer = Customer(
        id=new_id(),
        name=checked_name(name),
        currency=currency,
        is_prepaid=opening_micros is not None,
        balance_micros=opening_micros or 0,
        is_suspended=False,
        limits=limits or Limits(),
        created_us=change.at_us,
    )
    await registry.customers.add(customer, change)
    return customer


async def suspend(registry: Registry, change: Change, customer_id: str) -> None:
    """Refuse a customer's calls from the next one on. Raises UnknownCustomer."""
    await registry.customers.suspend(customer_id, True, change)


async def resume(registry: Registry, change: Change, customer_id: str) -> None:
    """Take a suspended customer's calls again. Raises UnknownCustomer, AccountClosed."""
    if (await registry.customers.get(customer_id)).closed_us is not None:
        raise AccountClosed("this account is closed for good")
    await registry.customers.suspend(customer_id, False, change)


async def top_up(registry: Registry, change: Change, customer_id: str, amount_micros: int) -> None:
    """Add to a customer's balance. Raises UnknownCustomer, InvalidEntry for nothing or less."""
    if amount_micros <= 0:
        raise InvalidEntry("a top-up adds something to the balance")
    await registry.customers.top_up(customer_id, amount_micros, change)


async def lend(registry: Registry, change: Change, customer_id: str, credit_micros: int) -> None:
    """Let a prepaid balance fall so far below zero. Raises UnknownCustomer, InvalidEntry."""
    if credit_micros < 0:
        raise InvalidEntry("a credit is nothing or more")
    if not (await registry.customers.get(customer_id)).is_prepaid:
        raise InvalidEntry("the account is billed later: it needs no credit")
    await registry.customers.lend(customer_id, credit_micros, change)


def checked_name(name: str) -> str:
    """Return a name without surrounding blanks. Raises InvalidEntry for none or an overlong one."""
    stripped = name.strip()
    if not stripped or len(stripped) > 200 or not stripped.isprintable():
        raise InvalidEntry("a name has 1 to 200 printable characters")
    return stripped
