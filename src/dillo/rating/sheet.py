"""Tariffs and rate decks as CSV: a row for each price, with whatever is wrong told at once.

A row's `service` says what it prices: `call` (prefix: a number type such as `local`, or the first
digits of our number), `dial` (first digits of the destination, or `sip`), `recording`, `storage`,
`transcription` (a minute each). Without the column all rows are of `dial`: a carrier's deck.
A service that a sheet does not price stays as it is in the tariff that the sheet builds on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from dillo.model.phone import ANONYMOUS
from dillo.model.sheets import InvalidCell, Row, Sheet
from dillo.rating.deck import ANY, SIP, Deck, Rates, is_prefix
from dillo.rating.tariff import NumberRates, Tariff

CALL, DIAL = "call", "dial"
BY_MINUTE = {
    "recording": "recording_per_minute",
    "storage": "storage_per_minute_month",
    "transcription": "transcription_per_minute",
}
"""Services with one price, and the field of the tariff that holds it."""

_REQUIRED = ("per_minute",)
_OPTIONAL = (
    "service", "prefix", "caller_prefix", "connection_fee", "first", "next",
    "set_up_fee", "monthly_fee", "description",
)  # fmt: skip
_TYPE = re.compile(r"[a-z][a-z-]{0,31}")
_NOTHING = Decimal(0)
_MOST = Decimal(1_000_000)
_DECIMALS = 12
_LONGEST_PREFIX = 15  # digits of an E.164 number (ITU-T E.164 §6.1)


def read_tariff(text: str, name: str, version: int, currency: str, base: Tariff | None) -> Tariff:
    """Read a tariff from CSV; `base` is what prices the services that are not in it.

    Raises InvalidSheet with everything that is wrong, InvalidTariff for no name or currency.
    """
    sheet = Sheet(text, _REQUIRED, _OPTIONAL)
    draft = _Draft()
    for row in sheet:
        draft.take(row)
    missing = draft.missing(base)
    for service, detail in missing:
        sheet.problems.add(1, "service", f"{service}: {detail}")
    sheet.check()
    return draft.tariff(name, version, currency, base)


@dataclass(slots=True)
class _DeckDraft:
    """A deck in the making; each price is kept once."""

    rates: dict[Rates, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    by_caller: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, prefix: str, caller_prefix: str, rates: Rates) -> bool:
        """Add an entry; return False where it is there already."""
        entries, key = self.entries, prefix
        if caller_prefix:
            entries, key = self.by_caller.setdefault(prefix, {}), caller_prefix
        if key in entries:
            return False
        entries[key] = self.rates.setdefault(rates, len(self.rates))
        return True

    def deck(self) -> Deck:
        return Deck(tuple(self.rates), self.entries, self.by_caller)


@dataclass(slots=True)
class _Draft:
    """A tariff in the making."""

    numbers: dict[str, NumberRates] = field(default_factory=dict)
    calls: _DeckDraft = field(default_factory=_DeckDraft)
    dials: _DeckDraft = field(default_factory=_DeckDraft)
    by_minute: dict[str, Decimal] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        service = row.text("service") or DIAL
        take = _TAKES.get(service)
        if take is None:
            row.reject("service", f"{service!r} is none of {', '.join(_TAKES)}")
        else:
            take(self, row)

    def take_call(self, row: Row) -> None:
        prefix = row.demand("prefix", _call_prefix, "")
        rates = _rates(row)
        if not prefix or rates is None:
            return
        if is_prefix(prefix):
            _refuse(row, ("set_up_fee", "monthly_fee"), "fees go by number type")
            self._add(row, self.calls, prefix, rates)
        else:
            _refuse(row, ("caller_prefix",), "goes with the first digits of a number")
            if prefix in self.numbers:
                row.reject("prefix", f"{prefix} is there twice")
            set_up = row.read("set_up_fee", _amount, _NOTHING)
            monthly = row.read("monthly_fee", _amount, _NOTHING)
            self.numbers[prefix] = NumberRates(
                rates.connection_fee, rates.per_minute, rates.increments, set_up, monthly
            )

    def take_dial(self, row: Row) -> None:
        prefix = row.demand("prefix", _dial_prefix, "")
        rates = _rates(row)
        _refuse(row, ("set_up_fee", "monthly_fee"), "fees are of calls by number type")
        if prefix and rates is not None:
            self._add(row, self.dials, prefix, rates)

    def _add(self, row: Row, deck: _DeckDraft, prefix: str, rates: Rates) -> None:
        caller_prefix = row.read("caller_prefix", _caller_prefix, "")
        if row.text("caller_prefix") and not caller_prefix:
            return
        if not deck.add(prefix, caller_prefix, rates):
            of_callers = f" for callers of {caller_prefix}" if caller_prefix else ""
            row.reject("prefix", f"{prefix}{of_callers} is there twice")

    def take_minute(self, row: Row) -> None:
        service = row.text("service")
        _refuse(row, ("prefix", "caller_prefix", "connection_fee", "first", "next"), "is not used")
        if service in self.by_minute:
            row.reject("service", f"{service} is there twice")
        self.by_minute[service] = row.demand("per_minute", _amount, _NOTHING)

    def missing(self, base: Tariff | None) -> list[tuple[str, str]]:
        """Return what neither the sheet nor its base prices, by service."""
        if base is not None and (len(base.dials) or not self.dials.entries):
            return []
        missing = []
        if base is None and ANY not in self.numbers:
            missing.append((CALL, "a row for default is missing"))
        if (self.dials.entries or self.dials.by_caller) and ANY not in self.dials.entries:
            missing.append((DIAL, "a row for default is missing"))
        if base is None:
            absent = (each for each in ("recording", "storage") if each not in self.by_minute)
            missing += [(each, "a row is missing") for each in absent]
        return missing

    def tariff(self, name: str, version: int, currency: str, base: Tariff | None) -> Tariff:
        minutes = {
            attribute: self.by_minute.get(service, getattr(base, attribute, _NOTHING))
            for service, attribute in BY_MINUTE.items()
        }
        return Tariff(
            name=name,
            version=version,
            currency=currency,
            numbers=self._numbers(base),
            calls=self._calls(base),
            dials=self._dials(base),
            **minutes,
        )

    @property
    def _prices_calls(self) -> bool:
        return bool(self.numbers or self.calls.rates)

    def _numbers(self, base: Tariff | None) -> dict[str, NumberRates]:
        if base is None:
            return self.numbers
        return {ANY: base.numbers[ANY], **self.numbers} if self.numbers else base.numbers

    def _calls(self, base: Tariff | None) -> Deck:
        return base.calls if base is not None and not self._prices_calls else self.calls.deck()

    def _dials(self, base: Tariff | None) -> Deck:
        if base is None or ANY in self.dials.entries:
            return self.dials.deck()
        if not self.dials.rates:
            return base.dials
        for special in (ANY, SIP):
            rest = base.dials.at(special)
            if rest is not None and special not in self.dials.entries:
                self.dials.add(special, "", rest.rates)
        return self.dials.deck()


_TAKES: dict[str, Callable[[_Draft, Row], None]] = {
    CALL: _Draft.take_call,
    DIAL: _Draft.take_dial,
    **dict.fromkeys(BY_MINUTE, _Draft.take_minute),
}


def _rates(row: Row) -> Rates | None:
    before = len(row.problems.found)
    per_minute = row.demand("per_minute", _amount, _NOTHING)
    fee = row.read("connection_fee", _amount, _NOTHING)
    first, each = row.read("first", _seconds, 60), row.read("next", _seconds, 60)
    if len(row.problems.found) > before:
        return None
    return Rates(fee, per_minute, f"{first}/{each}")


def _refuse(row: Row, columns: tuple[str, ...], why: str) -> None:
    for column in columns:
        if row.text(column):
            row.reject(column, f"has no place in this row: {why}")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= _MOST:
        raise InvalidCell(f"{text!r} is no amount such as 0.0125, from 0 to a million")
    if -int(amount.as_tuple().exponent) > _DECIMALS:
        raise InvalidCell(f"{text!r} has more than {_DECIMALS} decimals")
    return amount


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= 3600):
        raise InvalidCell(f"{text!r} is no number of seconds from 1 to 3600")
    return int(text)


def _digits(text: str, *others: str) -> str | None:
    digits = text.removeprefix("+")
    if is_prefix(digits) and len(digits) <= _LONGEST_PREFIX:
        return digits
    return text.lower() if text.lower() in others else None


def _checked(text: str, found: str | None, expected: str) -> str:
    if found is None:
        raise InvalidCell(f"{text!r} is none: {expected}")
    return found


def _dial_prefix(text: str) -> str:
    expected = "the first digits of a destination, sip, or default"
    return _checked(text, _digits(text, SIP, ANY), expected)


def _caller_prefix(text: str) -> str:
    return _checked(text, _digits(text, ANONYMOUS), "the first digits of a caller, or anonymous")


def _call_prefix(text: str) -> str:
    found = _digits(text) or (text if _TYPE.fullmatch(text) else None)
    return _checked(text, found, "a number type such as local, the first digits, or default")
