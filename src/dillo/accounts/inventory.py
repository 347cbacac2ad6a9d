"""The inventory: loaded from CSV, searched by who wants to buy, and who held what when."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Protocol

import phonenumbers

from dillo.accounts import numbers
from dillo.accounts.errors import InvalidEntry
from dillo.accounts.ports import Change, Number, Registry
from dillo.model.ids import new_id
from dillo.model.phone import PhoneNumber
from dillo.model.sheets import Row, Sheet
from dillo.rating import OwnFees, Tariff, rate_number

COLUMNS = ("country", "type", "area", "trunk", "set_up_fee", "monthly_fee", "currency")
"""What a sheet may say beside `number`."""

MOST_FOUND = 500
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_PATTERN = re.compile(r"[0-9*?]{1,32}")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the numbers that can be bought; None for any."""

    country: str | None = None
    number_type: str | None = None
    area: str | None = None
    """A part of its name, in any case."""
    pattern: str | None = None
    """Digits, `?` for one and `*` for any; without either they may be anywhere."""
    after: str | None = None
    """The number to go on after, E.164 with `+`."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """Who held a number, from when until when."""

    customer_id: str
    name: str
    from_us: int
    until_us: int | None
    paid_until_us: int
    grace_until_us: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A number that can be bought, and what it costs; None without a tariff in the currency."""

    number: Number
    currency: str
    set_up_micros: int
    month_micros: int


class Inventory(Protocol):
    """All numbers; every method is one transaction."""

    async def known(self, e164s: Collection[str]) -> set[str]:
        """Return which of these numbers are in the inventory."""

    async def trunks(self) -> set[str]:
        """Return the names of all trunks."""

    async def add_all(self, added: Sequence[Number], change: Change) -> None:
        """Store numbers that nobody holds, all or none. Raises NumberExists."""

    async def find(self, wanted: Wanted, at_us: int) -> Sequence[Number]:
        """Return numbers that can be bought at a moment, in order."""

    async def held(
        self, customer_id: str | None, after: str | None, limit: int
    ) -> Sequence[Number]:
        """Return what a customer holds, or for None all numbers, in order, after a number."""

    async def change(self, number: Number, change: Change) -> None:
        """Set the type, area, trunk and own fees of a number."""

    async def holders(self, e164: str) -> Sequence[Holder]:
        """Return who held a number, latest first. Raises UnknownNumber."""


async def load(inventory: Inventory, change: Change, text: str) -> Sequence[Number]:
    """Put the numbers of a CSV into the inventory, all or none.

    Raises InvalidSheet with everything that is wrong, NumberExists where another load at the same
    moment had one of them.
    """
    sheet = Sheet(text, ("number",), COLUMNS)
    trunks = await inventory.trunks()
    lines: dict[str, Row] = {}
    found = []
    for row in sheet:
        number = _number(row, trunks)
        if number is None:
            continue
        if number.e164 in lines:
            row.reject("number", f"{number.e164} is in line {lines[number.e164].line} already")
            continue
        lines[number.e164] = row
        found.append(number)
    for e164 in await inventory.known(lines):
        lines[e164].reject("number", f"{e164} is in the inventory already")
    sheet.check()
    await inventory.add_all(found, change)
    return found


async def change(
    inventory: Inventory,
    by: Change,
    number: Number,
    *,
    number_type: str,
    area: str | None,
    trunk: str | None,
    own_fees: OwnFees | None,
) -> Number:
    """Set what is known of a number; fees count from its next month on. Raises InvalidEntry."""
    if trunk is not None and trunk not in await inventory.trunks():
        raise InvalidEntry(f"there is no trunk {trunk!r}")
    changed = replace(
        number,
        number_type=numbers.checked_type(number_type),
        area=_area(area or ""),
        trunk=trunk,
        own_fees=own_fees,
    )
    await inventory.change(changed, by)
    return changed


def own_fees(currency: str, set_up_fee: str, monthly_fee: str) -> OwnFees:
    """Read the fees of one number. Raises InvalidEntry."""
    return OwnFees(_currency(currency), _fee(set_up_fee), _fee(monthly_fee))


async def search(
    registry: Registry, inventory: Inventory, change: Change, wanted: Wanted, currency: str
) -> Sequence[Offer]:
    """Return numbers that can be bought now, with what they cost customers of a currency.

    Raises InvalidEntry for a pattern that is none, NoTariff.
    """
    tariff = await registry.tariffs.at(currency, change.at_us)
    found = await inventory.find(checked(wanted), change.at_us)
    return [_offer(tariff, number) for number in found]


def checked(wanted: Wanted) -> Wanted:
    """Return what is looked for in one spelling. Raises InvalidEntry."""
    if not 1 <= wanted.limit <= MOST_FOUND:
        raise InvalidEntry(f"a search finds 1 to {MOST_FOUND} numbers at once")
    pattern = None
    if wanted.pattern is not None:
        pattern = re.sub(r"[\s+().-]", "", wanted.pattern).upper().translate(_KEYPAD)
        if not _PATTERN.fullmatch(pattern):
            raise InvalidEntry(f"{wanted.pattern!r} is no pattern of digits such as *2020? or 4420")
        if not set(pattern) & set("*?"):
            pattern = f"+{pattern}*" if wanted.pattern.startswith("+") else f"*{pattern}*"
    return Wanted(
        country=wanted.country and wanted.country.upper(),
        number_type=wanted.number_type and wanted.number_type.lower(),
        area=wanted.area,
        pattern=pattern,
        after=wanted.after,
        limit=wanted.limit,
    )


def _offer(tariff: Tariff, number: Number) -> Offer:
    set_up, month = rate_number(tariff, number.number_type, number.own_fees)
    return Offer(number, tariff.currency, set_up.amount_micros, month.amount_micros)


def _number(row: Row, trunks: set[str]) -> Number | None:
    before = len(row.problems.found)
    e164 = row.demand("number", lambda text: str(PhoneNumber.parse(text)), "")
    country = _country(row, e164)
    number_type = row.read("type", numbers.checked_type, "local")
    trunk = row.text("trunk") or None
    if trunk is not None and trunk not in trunks:
        row.reject("trunk", f"there is no trunk {trunk!r}")
    own_fees = _own_fees(row)
    area = row.read("area", _area, None)
    if len(row.problems.found) > before:
        return None
    return Number(new_id(), e164, country, number_type, area=area, trunk=trunk, own_fees=own_fees)


def _area(text: str) -> str | None:
    if len(text) > 80 or not text.isprintable():
        raise InvalidEntry("a name has at most 80 printable characters")
    return text or None


def _country(row: Row, e164: str) -> str:
    if not e164:
        return ""
    if not row.text("country"):
        try:
            return numbers.country_of(e164)
        except InvalidEntry as error:
            row.reject("country", str(error))
            return ""
    country = row.read("country", numbers.checked_country, "")
    dial_code = phonenumbers.parse(e164).country_code
    if country and phonenumbers.country_code_for_region(country) not in {dial_code, 0}:
        row.reject("country", f"{e164} is no number of {country}")
    return country


def _own_fees(row: Row) -> OwnFees | None:
    given = [name for name in ("set_up_fee", "monthly_fee", "currency") if row.text(name)]
    if not given:
        return None
    for name in ("monthly_fee", "currency"):
        if name not in given:
            row.reject(name, f"is missing, where {given[0]} is given")
    return OwnFees(
        row.read("currency", _currency, ""),
        row.read("set_up_fee", _fee, _NOTHING),
        row.read("monthly_fee", _fee, _NOTHING),
    )


def _fee(text: str) -> Decimal:
    try:
        fee = Decimal(text)
    except InvalidOperation:
        fee = Decimal("NaN")
    if not fee.is_finite() or not 0 <= fee <= 1_000_000:
        raise InvalidEntry(f"{text!r} is no amount such as 1.50, from 0 to a million")
    if -int(fee.as_tuple().exponent) > 6:
        raise InvalidEntry(f"{text!r} has more than 6 decimals")
    return fee


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise InvalidEntry(f"{text!r} is no ISO 4217 currency code such as EUR")
    return text
