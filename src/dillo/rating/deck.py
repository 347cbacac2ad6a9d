"""A rate deck: prices a minute by the first digits of a number, and of its caller where it says so.

A deck of 100,000 prefixes has only some hundred different prices: each is kept once, and prefixes
point to it. The longest prefix is found by looking up the number's first digits in a dictionary,
from the longest length that the deck has to the shortest.
"""

from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec

from dillo.model.phone import ANONYMOUS
from dillo.rating.errors import InvalidTariff
from dillo.rating.increments import parse_increments

ANY = "default"
"""The entry for whatever has none of its own."""

SIP = "sip"
"""The entry of dialled legs for SIP URIs."""


class Rates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a conversation costs."""

    connection_fee: Decimal
    per_minute: Decimal
    increments: str

    def __post_init__(self) -> None:
        parse_increments(self.increments)
        check_amounts(self)


class Matched(NamedTuple):
    """The entry that applies, and the prefixes of number and caller that it stands under."""

    prefix: str
    caller_prefix: str
    """Empty where the entry is for every caller."""
    rates: Rates


class Deck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """Rates by prefix; immutable."""

    rates: tuple[Rates, ...] = ()
    entries: dict[str, int] = {}
    """Index into `rates`, by first digits; `sip` and `default` are entries too."""
    by_caller: dict[str, dict[str, int]] = {}
    """The same by first digits, then by the caller's first digits or `anonymous`."""

    def __post_init__(self) -> None:
        of_callers = self.by_caller.values()
        named = [*self.entries, *self.by_caller]
        for prefix in (*named, *(caller for callers in of_callers for caller in callers)):
            if not is_prefix(prefix) and prefix not in {SIP, ANY, ANONYMOUS}:
                raise InvalidTariff(f"{prefix!r}: digits, sip or default is expected")
        for index in (*self.entries.values(), *(i for each in of_callers for i in each.values())):
            if not 0 <= index < len(self.rates):
                raise InvalidTariff(f"there are no rates {index}")

    def __len__(self) -> int:
        return len(self.entries) + sum(map(len, self.by_caller.values()))

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        prefixes = self.entries.keys() | self.by_caller.keys()
        return tuple(sorted({len(each) for each in prefixes if is_prefix(each)}, reverse=True))

    def match(self, number: str, caller: str = "") -> Matched | None:
        """Return the entry with the longest prefix of a number, E.164 with `+`.

        Of the entries of one prefix, that with the longest prefix of the caller counts; entries
        for certain callers only are passed over for all others.
        """
        digits = number[1:]
        available = len(digits)
        for length in self._lengths:
            if length > available:
                continue
            found = self.at(digits[:length], caller)
            if found is not None:
                return found
        return None

    def at(self, name: str, caller: str = "") -> Matched | None:
        """Return the entry of exactly this name, for a caller."""
        callers = self.by_caller.get(name)
        if callers is not None:
            for prefix in _caller_prefixes(caller):
                if prefix in callers:
                    return Matched(name, prefix, self.rates[callers[prefix]])
        index = self.entries.get(name)
        return None if index is None else Matched(name, "", self.rates[index])


@lru_cache(maxsize=4096)
def _caller_prefixes(caller: str) -> tuple[str, ...]:
    if caller == ANONYMOUS:
        return (ANONYMOUS,)
    digits = caller[1:] if caller.startswith("+") else ""
    return tuple(digits[:length] for length in range(len(digits), 0, -1))


def is_prefix(text: str) -> bool:
    """Whether a text is the first digits of a number."""
    return text.isascii() and text.isdigit()


def check_amounts(rates: msgspec.Struct) -> None:
    """Raise InvalidTariff for an amount that is negative or none."""
    for name in rates.__struct_fields__:
        amount = getattr(rates, name)
        if isinstance(amount, Decimal) and not (amount.is_finite() and amount >= 0):
            raise InvalidTariff(f"{name} is {amount}: amounts are finite and not negative")
