"""A tariff: what calls, recordings and numbers cost in one currency.

A tariff is a JSON document with decimal strings as amounts; `default_tariff.json` is the one that
ships, in EUR. An account is rated by the tariff of its currency; amounts are never converted.
"""

from decimal import Decimal
from functools import cache
from importlib import resources

import msgspec

from dillo.model.money import Micros, to_micros
from dillo.rating.deck import ANY, SIP, Deck, Matched, Rates, check_amounts
from dillo.rating.errors import InvalidTariff


class NumberRates(Rates, frozen=True, forbid_unknown_fields=True):
    """What a number of one type costs, and a call to it."""

    set_up_fee: Decimal
    monthly_fee: Decimal


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
    dials: Deck = Deck()
    """By the destination of a leg; `sip` for SIP URIs, `default` for the rest."""
    transcription_per_minute: Decimal = Decimal(0)
    calls: Deck = Deck()
    """By the number that was called; counts before the number's type."""

    def __post_init__(self) -> None:
        if ANY not in self.numbers:
            raise InvalidTariff(f"numbers needs an entry {ANY!r}")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise InvalidTariff(f"{self.currency!r} is no ISO 4217 currency code")
        if len(self.dials) and ANY not in self.dials.entries:
            raise InvalidTariff(f"dials needs an entry {ANY!r}")
        check_amounts(self)

    @property
    def label(self) -> str:
        """Name and version, as messages show them."""
        return f"{self.name} v{self.version}"

    def match(self, number_type: str) -> tuple[str, NumberRates]:
        """Return the entry for a number type and the name it stands under."""
        rates = self.numbers.get(number_type)
        return (ANY, self.numbers[ANY]) if rates is None else (number_type, rates)

    def match_call(self, number: str, number_type: str, caller: str) -> Matched:
        """Return the entry for a call: by the number's first digits, by its type, or `default`.

        `number` is E.164 with `+`, `caller` too, or `anonymous`, or a SIP user name.
        """
        found = self.calls.match(number, caller)
        return found or Matched(*_with_any_caller(self.match(number_type)))

    def match_dial(self, destination: str, caller: str = "") -> Matched:
        """Return the entry with the longest prefix of a destination, and the prefix.

        `destination` is E.164 with `+` or a SIP URI. Without any entry dialling is free.
        """
        dials = self.dials
        if destination.startswith("+"):
            found = dials.match(destination, caller)
        else:
            found = dials.at(SIP, caller)
        return found or dials.at(ANY, caller) or _FREE

    def fees(self, number_type: str) -> tuple[Micros, Micros]:
        """Return the set-up fee and the monthly fee of a number."""
        _, rates = self.match(number_type)
        return to_micros(rates.set_up_fee), to_micros(rates.monthly_fee)


def _with_any_caller(found: tuple[str, NumberRates]) -> tuple[str, str, NumberRates]:
    return found[0], "", found[1]


_FREE = Matched(ANY, "", Rates(Decimal(0), Decimal(0), "1/1"))


def parse_tariff(text: str | bytes) -> Tariff:
    """Read a tariff from JSON; raises InvalidTariff."""
    try:
        return msgspec.json.decode(text, type=Tariff)
    except msgspec.DecodeError as error:
        raise InvalidTariff(str(error)) from error


def write_tariff(tariff: Tariff) -> str:
    """Write a tariff as JSON that `parse_tariff` reads."""
    return msgspec.json.encode(tariff).decode()


TEST = "test"
"""The name of the tariff of test calls; no other tariff may have it."""


def test_tariff(currency: str) -> Tariff:
    """Return what a test call costs: nothing. What it dials is charged for as ever."""
    nothing = Decimal(0)
    free = NumberRates(
        connection_fee=nothing,
        per_minute=nothing,
        increments="60/60",
        set_up_fee=nothing,
        monthly_fee=nothing,
    )
    return Tariff(
        name=TEST,
        version=1,
        currency=currency,
        numbers={ANY: free},
        recording_per_minute=nothing,
        storage_per_minute_month=nothing,
    )


@cache
def default_tariff() -> Tariff:
    """Return the tariff that ships with Dillo."""
    return parse_tariff(resources.files(__package__).joinpath("default_tariff.json").read_bytes())
