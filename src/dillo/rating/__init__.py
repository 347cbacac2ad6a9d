"""Prices what calls use: a tariff in, charge lines with their explanation out."""

from dillo.rating.charges import (
    ChargeLine,
    DialedLeg,
    Explanation,
    RecordedAudio,
    Usage,
    rate,
    rate_leg,
    rate_number,
    rate_transcription,
    read_explanation,
    reprice,
)
from dillo.rating.deck import Deck, Rates
from dillo.rating.errors import InvalidTariff
from dillo.rating.number import OwnFees
from dillo.rating.sheet import read_tariff
from dillo.rating.tariff import (
    TEST,
    NumberRates,
    Tariff,
    default_tariff,
    parse_tariff,
    test_tariff,
    write_tariff,
)

__all__ = [
    "TEST",
    "ChargeLine",
    "Deck",
    "DialedLeg",
    "Explanation",
    "InvalidTariff",
    "NumberRates",
    "OwnFees",
    "Rates",
    "RecordedAudio",
    "Tariff",
    "Usage",
    "default_tariff",
    "parse_tariff",
    "rate",
    "rate_leg",
    "rate_number",
    "rate_transcription",
    "read_explanation",
    "read_tariff",
    "reprice",
    "test_tariff",
    "write_tariff",
]
