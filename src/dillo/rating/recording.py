"""The rule for a recording: per started minute."""

from decimal import Decimal

import msgspec

from dillo.model.money import MICROS_PER_UNIT
from dillo.rating.tariff import Tariff


class RecordingExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="recording"):
    """Why a recording costs what it costs."""

    tariff: str
    version: int
    currency: str
    duration_ms: int
    billed_min: int
    per_minute: Decimal
    formula: str = "per_minute * billed_min"

    def micros_ratio(self) -> tuple[int, int]:
        """Work the formula out, in micros: numerator and denominator, not in lowest terms."""
        rate, scale = self.per_minute.as_integer_ratio()
        return rate * self.billed_min * MICROS_PER_UNIT, scale


def started_minutes(duration_ms: int) -> int:
    """Return how many minutes a duration has begun: 60 000 ms are one, 60 001 ms two."""
    return -(-max(0, duration_ms) // 60_000)


def explain_recording(tariff: Tariff, duration_ms: int) -> RecordingExplanation:
    """Price a recording of `duration_ms` by the tariff."""
    return RecordingExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        duration_ms=duration_ms,
        billed_min=started_minutes(duration_ms),
        per_minute=tariff.recording_per_minute,
    )
