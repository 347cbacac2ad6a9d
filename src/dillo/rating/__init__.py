"""Prices what calls use: a tariff in, charge lines with their explanation out."""

from dillo.rating.charges import (
    ChargeLine,
    DialedLeg,
    RecordedAudio,
    Usage,
    rate,
    rate_leg,
    reprice,
)
from dillo.rating.tariff import InvalidTariff, Tariff, default_tariff, parse_tariff, write_tariff

__all__ = [
    "ChargeLine",
    "DialedLeg",
    "InvalidTariff",
    "RecordedAudio",
    "Tariff",
    "Usage",
    "default_tariff",
    "parse_tariff",
    "rate",
    "rate_leg",
    "reprice",
    "write_tariff",
]
