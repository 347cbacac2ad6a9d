"""Prices what calls use: a tariff in, charge lines with their explanation out."""

from dillo.rating.charges import ChargeLine, RecordedAudio, Usage, rate, reprice
from dillo.rating.tariff import InvalidTariff, Tariff, default_tariff, parse_tariff, write_tariff

__all__ = [
    "ChargeLine",
    "InvalidTariff",
    "RecordedAudio",
    "Tariff",
    "Usage",
    "default_tariff",
    "parse_tariff",
    "rate",
    "reprice",
    "write_tariff",
]
