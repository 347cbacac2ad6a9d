"""Charge lines: their amounts, and that each is reproduced by its explanation."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.periods import StoragePeriod
from dillo.rating import RecordedAudio, Tariff, Usage, default_tariff, rate, reprice
from dillo.rating.tariff import NumberRates

amounts = st.decimals(min_value=0, max_value=1000, places=8, allow_nan=False)
increments = st.tuples(st.integers(1, 90), st.integers(1, 90)).map(
    lambda pair: "{}/{}".format(*pair)
)
rates = st.builds(NumberRates, amounts, amounts, increments, amounts, amounts)
tariffs = st.builds(
    Tariff,
    name=st.text(max_size=10),
    version=st.integers(1, 99),
    currency=st.just("EUR"),
    numbers=st.fixed_dictionaries({"default": rates}, optional={"mobile": rates}),
    recording_per_minute=amounts,
    storage_per_minute_month=amounts,
)
durations_ms = st.integers(0, 10_000_000)
recordings = st.builds(
    RecordedAudio, st.uuids().map(str), durations_ms, st.sampled_from(["7-D", "3-M", "1-Y", "31-D"])
)
usages = st.builds(
    Usage,
    st.sampled_from(["mobile", "local"]),
    st.just(True),
    durations_ms,
    st.lists(recordings, max_size=3).map(tuple),
)


@pytest.mark.parametrize(
    ("number_type", "duration_ms", "micros"),
    [
        ("local", 0, 0),
        ("local", 12_000, 8_000),
        ("local", 60_001, 16_000),
        ("toll-free", 1, 55_000),
        ("satellite", 1, 12_000),
    ],
)
def test_a_call_costs_its_fee_and_its_billed_time(
    number_type: str, duration_ms: int, micros: int
) -> None:
    (line,) = rate(Usage(number_type, is_answered=True, duration_ms=duration_ms), default_tariff())
    assert (line.kind, line.subject_id, line.amount_micros) == ("call", "", micros)


@pytest.mark.parametrize(
    ("duration_ms", "period", "made_micros", "kept_micros"),
    [
        (0, "3-M", 0, 0),
        (3_000, "3-M", 2_500, 1_500),
        (60_001, "3-M", 5_000, 3_000),
        (3_000, "1-Y", 2_500, 6_000),
        (3_000, "7-D", 2_500, 117),
    ],
)
def test_a_recording_costs_its_minutes_and_their_storage(
    duration_ms: int, period: str, made_micros: int, kept_micros: int
) -> None:
    audio = RecordedAudio("r1", duration_ms, period)
    _, made, kept = rate(Usage("local", True, 12_000, (audio,)), default_tariff())
    assert (made.kind, made.subject_id, made.amount_micros) == ("recording", "r1", made_micros)
    assert (kept.kind, kept.subject_id, kept.amount_micros) == ("storage", "r1", kept_micros)


def test_an_unanswered_call_has_no_lines() -> None:
    assert rate(Usage("local", is_answered=False, duration_ms=0), default_tariff()) == ()


@settings(deadline=None, max_examples=100)
@given(usages, tariffs)
def test_every_amount_is_reproduced_by_its_explanation(usage: Usage, tariff: Tariff) -> None:
    for line in rate(usage, tariff):
        assert reprice(line.explanation) == line.amount_micros
        facts = msgspec.json.decode(line.explanation)
        assert (facts["tariff"], facts["version"]) == (tariff.name, tariff.version)


@settings(deadline=None, max_examples=100)
@given(usages, tariffs)
def test_amounts_are_rounded_half_up_once(usage: Usage, tariff: Tariff) -> None:
    call, *others = rate(usage, tariff)
    facts = msgspec.json.decode(call.explanation)
    _, rates_used = tariff.match(usage.number_type)
    exact = Fraction(rates_used.connection_fee) + Fraction(rates_used.per_minute) * Fraction(
        facts["billed_s"], 60
    )
    assert abs(exact * 1_000_000 - call.amount_micros) <= Fraction(1, 2)
    for line, audio in zip(others[1::2], usage.recordings, strict=True):
        months = StoragePeriod.parse(audio.storage_period).months
        minutes = -(-audio.duration_ms // 60_000)
        exact = Fraction(tariff.storage_per_minute_month) * minutes * months * 1_000_000
        assert abs(exact - line.amount_micros) <= Fraction(1, 2)


def test_half_a_micro_is_rounded_up() -> None:
    tariff = msgspec.structs.replace(default_tariff(), recording_per_minute=Decimal("0.0000005"))
    _, made, _ = rate(Usage("local", True, 1, (RecordedAudio("r", 1, "1-M"),)), tariff)
    assert made.amount_micros == int(Decimal("0.5").quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_only_explanations_can_be_repriced() -> None:
    with pytest.raises(msgspec.DecodeError):
        reprice('{"rule":"guess"}')
