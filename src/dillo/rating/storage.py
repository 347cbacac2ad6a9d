"""The rule for keeping a recording: per started minute and month of its storage period."""

from decimal import Decimal

import msgspec

from dillo.model.money import MICROS_PER_UNIT
from dillo.model.periods import StoragePeriod
from dillo.rating.recording import started_minutes
from dillo.rating.tariff import Tariff


class StorageExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="storage"):
    """Why keeping a recording costs what it costs."""

    tariff: str
    version: int
    currency: str
    duration_ms: int
    billed_min: int
    storage_period: str
    per_minute_month: Decimal
    formula: str = "per_minute_month * billed_min * months(storage_period), a day is 1/30 month"

    def micros_ratio(self) -> tuple[int, int]:
        """Work the formula out, in micros: numerator and denominator, not in lowest terms."""
        rate, scale = self.per_minute_month.as_integer_ratio()
        months = StoragePeriod.parse(self.storage_period).months
        units = rate * self.billed_min * months.numerator
        return units * MICROS_PER_UNIT, scale * months.denominator


def explain_storage(tariff: Tariff, duration_ms: int, storage_period: str) -> StorageExplanation:
    """Price the keeping of a recording for its whole storage period, such as `3-M`."""
    return StorageExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        duration_ms=duration_ms,
        billed_min=started_minutes(duration_ms),
        storage_period=storage_period,
        per_minute_month=tariff.storage_per_minute_month,
    )
