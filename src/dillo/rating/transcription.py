"""The rule for a transcription: per started minute of the recording, once it succeeded."""

from decimal import Decimal

import msgspec

from dillo.model.money import MICROS_PER_UNIT
from dillo.rating.recording import started_minutes
from dillo.rating.tariff import Tariff


class TranscriptionExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="transcription"):
    """Why a transcription costs what it costs."""

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


def explain_transcription(tariff: Tariff, duration_ms: int) -> TranscriptionExplanation:
    """Price the transcription of a recording of `duration_ms` by the tariff."""
    return TranscriptionExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        duration_ms=duration_ms,
        billed_min=started_minutes(duration_ms),
        per_minute=tariff.transcription_per_minute,
    )
