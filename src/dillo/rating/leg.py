"""The rule for a dialled leg: a connection fee and a per-minute rate by destination prefix."""

from decimal import Decimal
from fractions import Fraction

import msgspec

from dillo.rating.call import timed_micros
from dillo.rating.tariff import Tariff, parse_increments


class LegExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="leg"):
    """Why a leg costs what it costs."""

    tariff: str
    version: int
    currency: str
    destination: str
    """E.164 with `+`, or a SIP URI."""
    matched: str
    """The entry of the tariff's `dials` that applied."""
    duration_ms: int
    increments: str
    billed_s: int
    connection_fee: Decimal
    per_minute: Decimal
    formula: str = "connection_fee + per_minute * billed_s / 60"

    def exact_micros(self) -> Fraction:
        """Work the formula out, in micros."""
        return timed_micros(self.connection_fee, self.per_minute, self.billed_s)


def explain_leg(tariff: Tariff, destination: str, duration_ms: int) -> LegExplanation:
    """Match a leg of `duration_ms` from answer to hang-up against the tariff."""
    matched, rates = tariff.match_dial(destination)
    return LegExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        destination=destination,
        matched=matched,
        duration_ms=duration_ms,
        increments=rates.increments,
        billed_s=parse_increments(rates.increments).billed_s(duration_ms),
        connection_fee=rates.connection_fee,
        per_minute=rates.per_minute,
    )
