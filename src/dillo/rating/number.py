"""The rule for holding a number: a set-up fee once, and a fee for each month."""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from dillo.model.money import MICROS_PER_UNIT
from dillo.rating.tariff import Tariff

SET_UP, MONTH = "number-set-up", "number-month"


class OwnFees(NamedTuple):
    """Fees that the inventory names for one number, in one currency."""

    currency: str
    set_up_fee: Decimal
    monthly_fee: Decimal


class FeeExplanation(msgspec.Struct, frozen=True, tag_field="rule", tag="fee"):
    """Why a number's set-up or month costs what it costs."""

    tariff: str
    """Empty where the fee is the number's own."""
    version: int
    currency: str
    matched: str
    """The entry of the tariff's `numbers`, or `inventory` for the number's own fees."""
    fee: Decimal
    formula: str = "fee"

    def micros_ratio(self) -> tuple[int, int]:
        """Work the formula out, in micros: numerator and denominator, not in lowest terms."""
        fee, scale = self.fee.as_integer_ratio()
        return fee * MICROS_PER_UNIT, scale


def explain_fees(
    tariff: Tariff, number_type: str, own: OwnFees | None
) -> tuple[FeeExplanation, FeeExplanation]:
    """Return why set-up and month cost what they do; own fees count in their currency only."""
    if own is not None and own.currency == tariff.currency:
        fees = own.set_up_fee, own.monthly_fee
        set_up, month = (FeeExplanation("", 0, own.currency, "inventory", fee) for fee in fees)
        return set_up, month
    matched, rates = tariff.match(number_type)
    fees = rates.set_up_fee, rates.monthly_fee
    set_up, month = (
        FeeExplanation(tariff.name, tariff.version, tariff.currency, matched, fee) for fee in fees
    )
    return set_up, month
