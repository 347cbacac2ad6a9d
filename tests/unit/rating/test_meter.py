"""The meter: how far some money goes, while a call's parts begin and end."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rating import DialedLeg, Rates, Usage, default_tariff, rate, rate_leg
from dillo.rating.meter import Meter

S = 1_000_000
MINUTE = Rates(Decimal(0), Decimal("0.6"), "60/60")
SECOND = Rates(Decimal("0.1"), Decimal("0.6"), "1/1")


def test_money_lasts_to_the_end_of_the_increment_it_pays() -> None:
    meter = Meter()
    meter.start("", MINUTE, 0)
    assert meter.lasts_until(599_999, 0, 60 * S) == 0
    assert meter.lasts_until(600_000, 0, 60 * S) == 60 * S
    assert meter.lasts_until(600_000, 50 * S, 110 * S) == 60 * S
    assert meter.lasts_until(1_200_000, 50 * S, 110 * S) == 110 * S


def test_a_leg_shortens_what_money_lasts() -> None:
    meter = Meter()
    meter.start("", SECOND, 0)
    assert meter.lasts_until(1_100_000, 0, 600 * S) == 100 * S
    meter.start("leg", SECOND, 50 * S)
    assert meter.lasts_until(1_100_000, 50 * S, 600 * S) == 70 * S
    meter.stop("leg", 60 * S)
    assert meter.lasts_until(1_100_000, 60 * S, 600 * S) == 80 * S


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 400_000), st.integers(0, 400_000), st.sampled_from(["local", "toll-free"]))
def test_the_meter_says_what_will_be_charged(call_ms: int, leg_ms: int, number_type: str) -> None:
    tariff, meter = default_tariff(), Meter()
    called, callee, caller = "+442079460000", "+447700900123", "+39370"
    meter.start("", tariff.match_call(called, number_type, caller).rates, 0)
    meter.start("leg", tariff.match_dial(callee, caller).rates, 0)
    meter.stop("leg", leg_ms * 1000)
    (line,) = rate(Usage(number_type, True, call_ms, number=called, caller=caller), tariff)
    leg = rate_leg(DialedLeg("leg", callee, min(leg_ms, call_ms), caller), tariff)
    assert meter.cost(call_ms * 1000) == line.amount_micros + leg.amount_micros


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from([MINUTE, SECOND]), st.integers(0, 50 * S)), max_size=4),
    st.integers(0, 20_000_000),
)
def test_what_is_covered_costs_no_more_than_there_is(
    parts: list[tuple[Rates, int]], micros: int
) -> None:
    meter, now_us, end_us = Meter(), 50 * S, 350 * S
    for index, (rates, started_us) in enumerate(parts):
        meter.start(str(index), rates, started_us)
    until_us = meter.lasts_until(micros, now_us, end_us)
    assert now_us <= until_us <= end_us
    if until_us > now_us:
        assert meter.cost(until_us) <= micros
    if until_us < end_us:
        assert meter.cost(until_us + 20_000) > micros
