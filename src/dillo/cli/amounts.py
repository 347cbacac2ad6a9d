"""Amounts of money as arguments."""

from dillo.accounts.errors import InvalidEntry
from dillo.model.money import MICROS_PER_UNIT, Micros, to_micros

_LARGEST = 1_000_000_000 * MICROS_PER_UNIT


def read_amount(text: str) -> Micros:
    """Read an amount of money. Raises InvalidEntry."""
    try:
        micros = to_micros(text)
    except (ArithmeticError, ValueError):
        micros = None
    if micros is None or abs(micros) > _LARGEST:
        raise InvalidEntry(f"{text!r} is no amount such as 12.50, of at most a thousand million")
    return micros
