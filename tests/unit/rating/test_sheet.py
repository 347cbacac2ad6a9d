"""Tariffs as CSV: all that is wrong is told at once, and what is not said stays."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.sheets import InvalidSheet
from dillo.rating import DialedLeg, Tariff, Usage, default_tariff, rate, rate_leg, read_tariff
from dillo.rating.errors import InvalidTariff

WHOLE = """service,prefix,caller_prefix,connection_fee,per_minute,first,next,set_up_fee,monthly_fee
call,default,,,0.02,60,60,1,3
call,local,,0.01,0.005,30,6,0,1.5
call,+44,,,0.004,1,1,,
call,44,393,0.10,0.2,60,1,,
dial,default,,,0.5,,,,
dial,447,,,0.03,30,6,,
dial,sip,,,0,1,1,,
recording,,,,0.0025,,,,
storage,,,,0.0005,,,,
transcription,,,,0.02,,,,
"""


def read(text: str, base: Tariff | None = None, currency: str = "GBP") -> Tariff:
    return read_tariff(text, "retail", 3, currency, base)


def price(tariff: Tariff, number: str, caller: str, number_type: str = "local") -> tuple[int, bool]:
    usage = Usage(number_type, True, 61_000, number=number, caller=caller)
    (line,) = rate(usage, tariff)
    return line.amount_micros, line.is_default


def test_a_whole_tariff_prices_everything() -> None:
    tariff = read(WHOLE)
    assert (tariff.label, tariff.currency) == ("retail v3", "GBP")
    assert price(tariff, "+442079460000", "+15551234567") == (4_067, False)
    assert price(tariff, "+442079460000", "+393701234567") == (303_333, False)
    assert price(tariff, "+390612345678", "+15551234567") == (15_500, False)
    assert tariff.fees("local") == (0, 1_500_000)
    assert tariff.transcription_per_minute == Decimal("0.02")


def test_what_has_no_rate_is_charged_at_the_default_one_and_flagged() -> None:
    tariff = read(WHOLE)
    assert price(tariff, "+390612345678", "anonymous", "satellite") == (40_000, True)
    leg = rate_leg(DialedLeg("leg", "+8612345678901", 60_000), tariff)
    assert (leg.amount_micros, leg.is_default) == (500_000, True)
    assert not rate_leg(DialedLeg("leg", "sip:bob@pbx.example", 60_000), tariff).is_default


def test_a_deck_of_a_carrier_changes_the_dials_only() -> None:
    deck = "Prefix;Description;Per_Minute;First;Next\n44;UK;0.0099;1;1\n\n"
    tariff = read(deck, default_tariff(), "EUR")
    assert tariff.numbers == default_tariff().numbers
    assert tariff.recording_per_minute == default_tariff().recording_per_minute
    assert set(tariff.dials.entries) == {"44", "sip", "default"}
    assert tariff.match_dial("+442079460000").rates.per_minute == Decimal("0.0099")


def test_a_tariff_for_calls_leaves_the_dials() -> None:
    tariff = read("service,prefix,per_minute\ncall,local,0.01\n", default_tariff(), "EUR")
    assert tariff.dials == default_tariff().dials
    assert set(tariff.numbers) == {"default", "local"}


def test_everything_wrong_is_told_at_once_by_line_and_column() -> None:
    text = (
        "service,prefix,caller_prefix,connection_fee,per_minute,first,next,set_up_fee\n"
        "call,Local,,,0.01,60,60,\n"
        "dial,44,,,cheap,60,60,\n"
        "dial,44,,-1,0.01,0,99999,\n"
        "dial,44,,,0.01,,,5\n"
        "dial,44,,,0.01,,\n"
        "fax,1,,,0.01,,,\n"
        "dial,33,,,0.01,,,\n"
        "dial,33,,,0.02,,,\n"
        "dial,33,x,,0.02,,,\n"
        "recording,,,,,,,\n"
        "call,local,44,,NaN,,,\n"
    )
    with pytest.raises(InvalidSheet) as refused:
        read(text, default_tariff(), "EUR")
    assert [(each.line, each.column) for each in refused.value.problems] == [
        (2, "prefix"),
        (3, "per_minute"),
        (4, "connection_fee"),
        (4, "first"),
        (4, "next"),
        (5, "set_up_fee"),
        (6, ""),
        (7, "service"),
        (9, "prefix"),
        (10, "caller_prefix"),
        (11, "per_minute"),
        (12, "per_minute"),
    ]


def test_a_first_tariff_must_price_what_nothing_else_does() -> None:
    with pytest.raises(InvalidSheet) as refused:
        read("service,prefix,per_minute\ndial,44,0.01\n")
    told = str(refused.value)
    for service in ("call", "dial", "recording", "storage"):
        assert f"{service}: a row" in told


@pytest.mark.parametrize(
    ("header", "column"),
    [("prefix", "per_minute"), ("per_minute,colour", "colour"), ("per_minute,per_minute", "twice")],
)
def test_a_header_that_is_wrong_is_told(header: str, column: str) -> None:
    with pytest.raises(InvalidSheet, match=column):
        read(f"{header}\n1,2\n")


def test_a_sheet_of_nonsense_is_not_read_to_its_end() -> None:
    rows = "dial,44,x\n" * 5000
    with pytest.raises(InvalidSheet) as refused:
        read(f"service,prefix,per_minute\n{rows}")
    assert len(refused.value.problems) == 1001


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.text("call,dial47;.\n\"'", max_size=200))
def test_anything_is_read_or_refused(text: str) -> None:
    for whole in (text, f"service,prefix,per_minute\n{text}"):
        with suppress(InvalidSheet, InvalidTariff):
            read(whole, default_tariff(), "EUR")
