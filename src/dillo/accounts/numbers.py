"""Numbers: into the inventory, bought, assigned to applications, released."""

import re

import phonenumbers

from dillo.accounts.errors import InvalidEntry, NumberNotHeld
from dillo.accounts.ports import Change, Fees, Number, NumberLimits, Registry
from dillo.model.ids import new_id
from dillo.model.phone import PhoneNumber
from dillo.rating import rate_number

_COUNTRY = re.compile(r"[A-Z]{2}")
_TYPE = re.compile(r"[a-z][a-z-]{0,31}")
_LARGEST_LIMIT = 1_000_000
DAY_US = 86_400_000_000

QUARANTINE_DAYS = 30
"""How long a released number rests: calls for who had it still come in."""


async def add(
    registry: Registry,
    change: Change,
    number: str,
    *,
    number_type: str = "local",
    country: str | None = None,
) -> Number:
    """Put a number into the inventory; its country follows from the number where not given.

    Raises InvalidPhoneNumber, InvalidEntry for a country that is no ISO 3166-1 code or a type that
    is no lower-case word, NumberExists.
    """
    e164 = str(PhoneNumber.parse(number))
    country = checked_country(country) if country else country_of(e164)
    checked_type(number_type)
    added = Number(new_id(), e164, country, number_type)
    await registry.numbers.add(added, change)
    return added


async def buy(registry: Registry, change: Change, number: str, customer_id: str) -> Number:
    """Give a number to a customer and charge set-up and first month by their tariff.

    Raises InvalidPhoneNumber, UnknownNumber, UnknownCustomer, NumberTaken, NumberQuarantined,
    NoTariff and, for a prepaid customer, InsufficientBalance.
    """
    found = await registry.numbers.get(str(PhoneNumber.parse(number)))
    customer = await registry.customers.get(customer_id)
    tariff = await registry.tariffs.at(customer.currency, change.at_us)
    fees = Fees(*rate_number(tariff, found.number_type, found.own_fees))
    return await registry.numbers.buy(found.e164, customer_id, fees, change)


async def assign(
    registry: Registry,
    change: Change,
    number: str,
    primary: str | None,
    fallback: str | None = None,
    *,
    customer_id: str | None = None,
) -> None:
    """Let calls to a number run these applications of its holder, by name; None for no one.

    `customer_id` is who asks; None for the operator. Raises InvalidPhoneNumber, UnknownNumber,
    NumberNotHeld, UnknownApplication.
    """
    held = await _held(registry, number, customer_id)
    primary_id, fallback_id = [
        (await registry.applications.find(str(held.customer_id), name)).id if name else None
        for name in (primary, fallback)
    ]
    await registry.numbers.assign(held, primary_id, fallback_id, change)


async def limit(
    registry: Registry,
    change: Change,
    number: str,
    limits: NumberLimits,
    *,
    customer_id: str | None = None,
) -> None:
    """Bound the calls to a number, within what its holder may use, from the next call on.

    `customer_id` is who asks; None for the operator. Raises InvalidPhoneNumber, UnknownNumber,
    NumberNotHeld, InvalidEntry for a limit of nothing.
    """
    for value in (limits.max_concurrent_calls, limits.max_calls_per_second, limits.max_call_s):
        if value is not None and not 0 < value <= _LARGEST_LIMIT:
            raise InvalidEntry("a limit is more than 0, or none; to take no calls, assign nothing")
    await registry.numbers.limit(await _held(registry, number, customer_id), limits, change)


async def release(
    registry: Registry,
    change: Change,
    number: str,
    *,
    customer_id: str | None = None,
    quarantine_days: float = QUARANTINE_DAYS,
) -> None:
    """Take a number back into the inventory; its calls stay with the customer who had it.

    Nobody can buy it before its quarantine is over. `customer_id` is who asks; None for the
    operator. Raises InvalidPhoneNumber, UnknownNumber, NumberNotHeld.
    """
    held = await _held(registry, number, customer_id)
    await registry.numbers.release(held, change.at_us + int(quarantine_days * DAY_US), change)


async def _held(registry: Registry, number: str, customer_id: str | None) -> Number:
    found = await registry.numbers.get(str(PhoneNumber.parse(number)))
    if found.customer_id is None or customer_id not in {None, found.customer_id}:
        raise NumberNotHeld(f"{found.e164} is not held by this customer")
    return found


def checked_country(text: str) -> str:
    """Return a country code. Raises InvalidEntry where it is none."""
    if not _COUNTRY.fullmatch(text):
        raise InvalidEntry(f"{text!r} is no ISO 3166-1 country code such as GB")
    return text


def checked_type(text: str) -> str:
    """Return a number type. Raises InvalidEntry where it is none."""
    if not _TYPE.fullmatch(text):
        raise InvalidEntry(f"{text!r} is no number type such as local or toll-free")
    return text


def country_of(e164: str) -> str:
    """Return the country of a number. Raises InvalidEntry where it has no one country."""
    parsed = phonenumbers.parse(e164)
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:
        # A number outside its country's plan: the country is still the dial code's.
        region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    if not _COUNTRY.fullmatch(region):
        raise InvalidEntry(f"{e164} belongs to no one country: name one")
    return region
