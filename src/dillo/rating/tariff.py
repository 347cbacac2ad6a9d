"""A tariff: what calls, recordings and numbers cost in one currency.

A tariff is a JSON document with decimal strings as amounts; `default_tariff.json` is the one that
ships, in EUR. An account is rated by the tariff of its currency; amounts are never converted.
"""

import re
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import msgspec

from dillo.model.errors import PeerError
from dillo.model.money import Micros, to_micros

_INCREMENTS = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")

ANY_TYPE = "default"
"""The entry of `numbers` for every number type that has none of its own, and of `dials` for every
destination."""

SIP = "sip"
"""The entry of `dials` for SIP URIs."""


class InvalidTariff(PeerError):
    """The text is no tariff; the message names the field."""


class Increments(NamedTuple):
    """What is billed at least, and in which steps after that, in seconds: `60/60` is 60, 60."""

    first_s: int
    each_s: int

    def billed_s(self, duration_ms: int) -> int:
        """Return the seconds billed for a duration: every increment that was started."""
        if duration_ms <= 0:
            return 0
        beyond_ms = max(0, duration_ms - self.first_s * 1000)
        return self.first_s - (-beyond_ms // (self.each_s * 1000)) * self.each_s


@lru_cache(maxsize=64)
def parse_increments(text: str) -> Increments:
    """Read `first/each` in whole seconds, both at least 1; raises InvalidTariff."""
    match = _INCREMENTS.fullmatch(text)
    if match is None:
        raise InvalidTariff(f"{text!r} are no increments: write first/each in seconds, as 60/60")
    return Increments(int(match[1]), int(match[2]))


class NumberRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a number of one type costs, and a call to it."""

    connection_fee: Decimal
    per_minute: Decimal
    increments: str
    set_up_fee: Decimal
    monthly_fee: Decimal

    def __post_init__(self) -> None:
        parse_increments(self.increments)
        _check_amounts(self)


class DialRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a dialled leg to numbers of one prefix costs."""

    connection_fee: Decimal
    per_minute: Decimal
    increments: str

    def __post_init__(self) -> None:
        parse_increments(self.increments)
        _check_amounts(self)


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a tariff; versions are immutable."""

    name: str
    version: int
    currency: str
    """ISO 4217."""
    numbers: dict[str, NumberRates]
    """By number type (`local`, `mobile`, `national`, `toll-free` …), `default` for the rest."""
    recording_per_minute: Decimal
    storage_per_minute_month: Decimal
    dials: dict[str, DialRates] = {}
    """By the destination's first digits (`44`, `447`); `sip` for SIP URIs, `default` for the
    rest."""

    def __post_init__(self) -> None:
        if ANY_TYPE not in self.numbers:
            raise InvalidTariff(f"numbers needs an entry {ANY_TYPE!r}")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise InvalidTariff(f"{self.currency!r} is no ISO 4217 currency code")
        for prefix in self.dials:
            if not (prefix in {SIP, ANY_TYPE} or (prefix.isascii() and prefix.isdigit())):
                raise InvalidTariff(f"dials has {prefix!r}: digits, sip or default is expected")
        if self.dials and ANY_TYPE not in self.dials:
            raise InvalidTariff(f"dials needs an entry {ANY_TYPE!r}")
        _check_amounts(self)

    @property
    def label(self) -> str:
        """Name and version, as messages show them."""
        return f"{self.name} v{self.version}"

    def match(self, number_type: str) -> tuple[str, NumberRates]:
        """Return the entry for a number type and the name it stands under."""
        rates = self.numbers.get(number_type)
        return (ANY_TYPE, self.numbers[ANY_TYPE]) if rates is None else (number_type, rates)

    def match_dial(self, destination: str) -> tuple[str, DialRates]:
        """Return the entry with the longest prefix of a destination, and the prefix.

        `destination` is E.164 with `+` or a SIP URI. Without an entry for it dialling is free.
        """
        if not destination.startswith("+"):
            found = SIP if SIP in self.dials else ANY_TYPE
            return found, self.dials.get(found, _FREE)
        digits = destination[1:]
        prefixes = (digits[:length] for length in range(len(digits), 0, -1))
        found = next((prefix for prefix in prefixes if prefix in self.dials), ANY_TYPE)
        return found, self.dials.get(found, _FREE)

    def fees(self, number_type: str) -> tuple[Micros, Micros]:
        """Return the set-up fee and the monthly fee of a number."""
        _, rates = self.match(number_type)
        return to_micros(rates.set_up_fee), to_micros(rates.monthly_fee)


def _check_amounts(rates: msgspec.Struct) -> None:
    for name in rates.__struct_fields__:
        amount = getattr(rates, name)
        if isinstance(amount, Decimal) and not (amount.is_finite() and amount >= 0):
            raise InvalidTariff(f"{name} is {amount}: amounts are finite and not negative")


_FREE = DialRates(Decimal(0), Decimal(0), "1/1")


def parse_tariff(text: str | bytes) -> Tariff:
    """Read a tariff from JSON; raises InvalidTariff."""
    try:
        return msgspec.json.decode(text, type=Tariff)
    except msgspec.DecodeError as error:
        raise InvalidTariff(str(error)) from error


def write_tariff(tariff: Tariff) -> str:
    """Write a tariff as JSON that `parse_tariff` reads."""
    return msgspec.json.encode(tariff).decode()


@cache
def default_tariff() -> Tariff:
    """Return the tariff that ships with Dillo."""
    return parse_tariff(resources.files(__package__).joinpath("default_tariff.json").read_bytes())
