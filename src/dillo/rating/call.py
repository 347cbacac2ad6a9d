"""The rule for the inbound call: a connection fee and a per-minute rate by number type."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from dillo.model.money import MICROS_PER_UNIT
from dillo.rating.tariff import Tariff, parse_increments


class CallExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="call"):
    """Why a call costs what it costs."""

    tariff: str
    version: int
    currency: str
    matched: str
    """The entry of the tariff's `numbers` that applied."""
    duration_ms: int
    increments: str
    billed_s: int
    connection_fee: Decimal
    per_minute: Decimal
    formula: str = "connection_fee + per_minute * billed_s / 60"

    def exact_micros(self) -> Fraction:
        """Work the formula out, in micros."""
        return timed_micros(self.connection_fee, self.per_minute, self.billed_s)


def timed_micros(connection_fee: Decimal, per_minute: Decimal, billed_s: int) -> Fraction:
    """Return the exact micros of `connection_fee + per_minute * billed_s / 60`."""
    fee, fee_scale = connection_fee.as_integer_ratio()
    rate, rate_scale = per_minute.as_integer_ratio()
    divisor = 60 * rate_scale
    units = fee * divisor + rate * billed_s * fee_scale
    return Fraction(units * MICROS_PER_UNIT, fee_scale * divisor)


def explain_call(tariff: Tariff, number_type: str, duration_ms: int) -> CallExplanation:
    """Match a call of `duration_ms` from answer to hang-up against the tariff."""
    matched, rates = tariff.match(number_type)
    return CallExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        matched=matched,
        duration_ms=duration_ms,
        increments=rates.increments,
        billed_s=parse_increments(rates.increments).billed_s(duration_ms),
        connection_fee=rates.connection_fee,
        per_minute=rates.per_minute,
    )
