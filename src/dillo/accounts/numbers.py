"""Numbers: into the inventory, bought, assigned to applications, released."""

import re

import phonenumbers

from dillo.accounts.errors import InvalidEntry, NumberNotHeld
from dillo.accounts.ports import Change, Fees, Number, Registry
from dillo.model.ids import new_id
from dillo.model.phone import PhoneNumber

_COUNTRY = re.compile(r"[A-Z]{2}")
_TYPE = re.compile(r"[a-z][a-z-]{0,31}")


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
    country = country or _country_of(e164)
    if not _COUNTRY.fullmatch(country):
        raise InvalidEntry(f"{country!r} is no ISO 3166-1 country code such as GB")
    if not _TYPE.fullmatch(number_type):
        raise InvalidEntry(f"{number_type!r} is no number type such as local or toll-free")
    added = Number(new_id(), e164, country, number_type)
    await registry.numbers.add(added, change)
    return added


async def buy(registry: Registry, change: Change, number: str, customer_id: str) -> Number:
    """Give a number to a customer and charge set-up and first month by their tariff.

    Raises InvalidPhoneNumber, UnknownNumber, UnknownCustomer, NumberTaken, NoTariff and, for a
    prepaid customer, InsufficientBalance.
    """
    found = await registry.numbers.get(str(PhoneNumber.parse(number)))
    customer = await registry.customers.get(customer_id)
    tariff = await registry.tariffs.at(customer.currency, change.at_us)
    fees = Fees(*tariff.fees(found.number_type))
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


async def release(
    registry: Registry, change: Change, number: str, *, customer_id: str | None = None
) -> None:
    """Take a number back into the inventory; its calls stay with the customer who had it.

    `customer_id` is who asks; None for the operator. Raises InvalidPhoneNumber, UnknownNumber,
    NumberNotHeld.
    """
    await registry.numbers.release(await _held(registry, number, customer_id), change)


async def _held(registry: Registry, number: str, customer_id: str | None) -> Number:
    found = await registry.numbers.get(str(PhoneNumber.parse(number)))
    if found.customer_id is None or customer_id not in {None, found.customer_id}:
        raise NumberNotHeld(f"{found.e164} is not held by this customer")
    return found


def _country_of(e164: str) -> str:
    parsed = phonenumbers.parse(e164)
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:
        # A number outside its country's plan: the country is still the dial code's.
        region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    if not _COUNTRY.fullmatch(region):
        raise InvalidEntry(f"{e164} belongs to no one country: name one")
    return region
