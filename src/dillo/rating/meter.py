"""The meter of a call that goes on: what it has cost by a moment, and how far some money goes."""

from dataclasses import dataclass, field
from decimal import Decimal

from dillo.model.money import round_ratio
from dillo.rating.conversation import conversation_micros
from dillo.rating.deck import Rates
from dillo.rating.increments import parse_increments
from dillo.rating.tariff import Tariff

MS = 1_000
_STEP_US = 10 * MS


@dataclass(slots=True)
class _Item:
    rates: Rates
    started_us: int
    stopped_us: int | None = None

    def cost(self, at_us: int) -> int:
        until_us = at_us if self.stopped_us is None else min(at_us, self.stopped_us)
        duration_ms = max(0, until_us - self.started_us) // MS
        rates = self.rates
        billed_s = parse_increments(rates.increments).billed_s(duration_ms)
        ratio = conversation_micros(rates.connection_fee, rates.per_minute, billed_s)
        return int(round_ratio(*ratio))


@dataclass(slots=True)
class Meter:
    """The parts of one call that cost money by time: itself, answered legs, recordings."""

    _items: dict[str, _Item] = field(default_factory=dict)

    def start(self, name: str, rates: Rates, at_us: int) -> None:
        """Count a part from a moment on."""
        self._items[name] = _Item(rates, at_us)

    def stop(self, name: str, at_us: int) -> None:
        """Count a part no further; one that never started is passed over."""
        if name in self._items:
            self._items[name].stopped_us = at_us

    def cost(self, at_us: int) -> int:
        """Return the micros that the call costs if it ends at a moment."""
        return sum(item.cost(at_us) for item in self._items.values())

    def lasts_until(self, micros: int, from_us: int, until_us: int) -> int:
        """Return until when the call costs no more than so much, `until_us` at the latest.

        To a hundredth of a second; `from_us` where not even the next moment is covered.
        """
        if self.cost(until_us) <= micros:
            return until_us
        covered, beyond = 0, (until_us - from_us) // _STEP_US + 1
        while beyond - covered > 1:
            middle = (covered + beyond) // 2
            is_covered = self.cost(from_us + middle * _STEP_US) <= micros
            covered, beyond = (middle, beyond) if is_covered else (covered, middle)
        return from_us + covered * _STEP_US


def recording_rates(tariff: Tariff, months: Decimal) -> Rates:
    """Return what a minute of recording costs, its keeping for so many months included."""
    per_minute = tariff.recording_per_minute + tariff.storage_per_minute_month * months
    return Rates(Decimal(0), per_minute, "60/60")
