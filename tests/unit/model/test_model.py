"""Ids, moments, money and phone numbers."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dillo.model.addresses import HostPort, InvalidAddress
from dillo.model.ids import new_id, uuid7
from dillo.model.moments import from_datetime, iso_ms, to_datetime
from dillo.model.money import round_half_up, to_decimal, to_micros
from dillo.model.phone import InvalidPhoneNumber, PhoneNumber, caller_number


def test_ids_are_uuids_of_version_7_in_order_of_time() -> None:
    early, late = uuid7(1_000, b"\xff" * 10), uuid7(1_001, b"\x00" * 10)
    assert (early.version, early.variant) == (7, UUID(int=0x8 << 60).variant)
    assert early < late
    assert UUID(new_id()).version == 7


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_id_carries_its_moment(unix_ms: int, entropy: bytes) -> None:
    made = uuid7(unix_ms, entropy)
    assert made.int >> 80 == unix_ms
    assert made.version == 7


@given(st.integers(0, 4_000_000_000_000_000))
def test_moments_round_trip(moment_us: int) -> None:
    assert from_datetime(to_datetime(moment_us)) == moment_us


def test_moments_are_written_with_milliseconds_cut_not_rounded() -> None:
    assert iso_ms(1_795_430_527_125_999) == "2026-11-23T10:42:07.125Z"


@given(st.integers(-(10**15), 10**15))
def test_money_round_trips_exactly(micros: int) -> None:
    assert to_micros(to_decimal(micros)) == micros


@pytest.mark.parametrize(
    ("micros", "text"), [(41200, "0.0412"), (0, "0"), (1_500_000, "1.5"), (-1, "-0.000001")]
)
def test_money_is_written_without_trailing_zeros(micros: int, text: str) -> None:
    assert to_decimal(micros) == Decimal(text)
    assert format(to_decimal(micros), "f") == text


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(1, 3), 0), (Fraction(5, 2), 3)],
)
def test_halves_round_away_from_zero(amount: Fraction, rounded: int) -> None:
    assert round_half_up(amount) == rounded


@pytest.mark.parametrize("text", ["+393703188051", "393703188051", "00393703188051"])
def test_international_numbers(text: str) -> None:
    assert str(PhoneNumber.parse(text)) == "+393703188051"


@pytest.mark.parametrize(
    "text",
    ["", "+", "00", "02079460000", "3703188o51", "٤٤٢٠٧٩٤٦٠٠٠٠", "+999123456789", "44", "++44"],
)
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(InvalidPhoneNumber):
        PhoneNumber.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = PhoneNumber.parse(text)
    except InvalidPhoneNumber:
        return
    assert PhoneNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("", "anonymous"),
        ("Anonymous", "anonymous"),
        ("393703188051", "+393703188051"),
        ("bob", "bob"),
    ],
)
def test_callers_as_records_show_them(user: str, shown: str) -> None:
    assert caller_number(user) == shown


@pytest.mark.parametrize("text", ["127.0.0.1", ":5060", "host:", "host:65536", "host:5o60"])
def test_addresses_need_host_and_port(text: str) -> None:
    with pytest.raises(InvalidAddress):
        HostPort.parse(text)


def test_addresses_round_trip() -> None:
    assert str(HostPort.parse("example.com:5060")) == "example.com:5060"
