"""Dialled legs: rated by the longest prefix of their destination."""

from decimal import Decimal

import pytest

from dillo.rating import (
    Deck,
    DialedLeg,
    InvalidTariff,
    Tariff,
    default_tariff,
    parse_tariff,
    rate_leg,
    reprice,
    write_tariff,
)


@pytest.mark.parametrize(
    ("destination", "matched"),
    [
        ("+442079460123", "44"),
        ("+447700900123", "447"),
        ("+390612345678", "39"),
        ("+393401234567", "393"),
        ("+18005550100", "1"),
        ("+8613800138000", "default"),
        ("sip:bob@pbx.example", "sip"),
    ],
)
def test_longest_prefix_applies(destination: str, matched: str) -> None:
    assert default_tariff().match_dial(destination)[0] == matched


@pytest.mark.parametrize(
    ("destination", "duration_ms", "micros"),
    [
        ("+442079460123", 0, 0),
        ("+442079460123", 1, 5_000),
        ("+442079460123", 30_001, 6_000),
        ("+447700900123", 60_000, 35_000),
        ("+8613800138000", 60_001, 1_050_000),
        ("sip:bob@pbx.example", 5_000, 2_000),
    ],
)
def test_leg_costs_its_fee_and_its_billed_time(
    destination: str, duration_ms: int, micros: int
) -> None:
    line = rate_leg(DialedLeg("leg-1", destination, duration_ms), default_tariff())
    assert line.kind == "leg"
    assert line.subject_id == "leg-1"
    assert line.amount_micros == micros
    assert reprice(line.explanation) == line.amount_micros


def without_deck() -> Tariff:
    text = write_tariff(default_tariff())
    tariff = parse_tariff(text)
    return Tariff(
        tariff.name,
        9,
        tariff.currency,
        tariff.numbers,
        tariff.recording_per_minute,
        tariff.storage_per_minute_month,
    )


def test_tariff_without_a_deck_stays_readable_and_dials_for_nothing() -> None:
    tariff = parse_tariff(write_tariff(without_deck()))
    assert rate_leg(DialedLeg("leg-1", "+442079460123", 60_000), tariff).amount_micros == 0


@pytest.mark.parametrize("prefix", ["+44", "04a", "", "٤٤"])
def test_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidTariff, match="digits, sip or default"):
        Deck((default_tariff().dials.rates[0],), {prefix: 0, "default": 0})


def test_deck_without_a_default_is_refused() -> None:
    deck = Deck(default_tariff().dials.rates, {"44": 0})
    with pytest.raises(InvalidTariff, match="needs an entry 'default'"):
        Tariff("t", 1, "EUR", default_tariff().numbers, Decimal(0), Decimal(0), deck)
