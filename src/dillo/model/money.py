"""Money is an integer number of micros: millionths of the account's currency unit."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NewType

Micros = NewType("Micros", int)

MICROS_PER_UNIT = 1_000_000


def to_micros(amount: Decimal | str) -> Micros:
    """Return the micros of a decimal amount, rounded half-up to the last millionth."""
    scaled = Decimal(amount) * MICROS_PER_UNIT
    return Micros(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def to_decimal(amount: int) -> Decimal:
    """Return the exact decimal of some micros, without trailing zeros: 41200 is `0.0412`."""
    sign = "-" if amount < 0 else ""
    units, micros = divmod(abs(amount), MICROS_PER_UNIT)
    fraction = f"{micros:06}".rstrip("0")
    return Decimal(f"{sign}{units}.{fraction}" if fraction else f"{sign}{units}")


def round_half_up(amount: Fraction) -> Micros:
    """Round an exact amount of micros half-up, away from zero, to a whole micro."""
    return round_ratio(amount.numerator, amount.denominator)


def round_ratio(numerator: int, denominator: int) -> Micros:
    """Round micros half-up, given as a ratio with a positive denominator, in any terms."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return Micros(magnitude if numerator >= 0 else -magnitude)
