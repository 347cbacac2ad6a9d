"""What calls and legs have in common: a connection fee and a per-minute rate in increments."""

from decimal import Decimal

import msgspec

from dillo.model.money import MICROS_PER_UNIT


class Conversation(msgspec.Struct, frozen=True):
    """Why a conversation costs what it costs; the fields that every such explanation has."""

    tariff: str
    version: int
    currency: str
    matched: str
    """The entry of the tariff that applied."""
    duration_ms: int
    increments: str
    billed_s: int
    connection_fee: Decimal
    per_minute: Decimal
    formula: str = "connection_fee + per_minute * billed_s / 60"
    matched_caller: str = ""
    """The caller's first digits, where the entry is for certain callers only."""
    is_default: bool = False
    """Whether the tariff had no rate of its own for this, and the default one was taken."""

    def micros_ratio(self) -> tuple[int, int]:
        """Work the formula out, in micros: numerator and denominator, not in lowest terms."""
        return conversation_micros(self.connection_fee, self.per_minute, self.billed_s)


def conversation_micros(fee: Decimal, per_minute: Decimal, billed_s: int) -> tuple[int, int]:
    """Return the exact micros of `fee + per_minute * billed_s / 60`, as a ratio."""
    units, fee_scale = fee.as_integer_ratio()
    rate, rate_scale = per_minute.as_integer_ratio()
    divisor = 60 * rate_scale
    micros = (units * divisor + rate * billed_s * fee_scale) * MICROS_PER_UNIT
    return micros, fee_scale * divisor
