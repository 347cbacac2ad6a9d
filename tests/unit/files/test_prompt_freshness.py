"""How long a fetched prompt is good."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.files.freshness import (
    DEFAULT_S,
    LONGEST_S,
    STALE_S,
    conditions,
    confirmed,
    fresh_for_s,
    learned,
    put_off,
)

SECOND_US = 1_000_000


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("", DEFAULT_S),
        ("public", DEFAULT_S),
        ("max-age=300", 300),
        ('public, Max-Age="300"', 300),
        ("s-maxage=5, max-age = 10", 10),
        ("max-age=0", 0),
        ("max-age=99999999", LONGEST_S),
        ("max-age=-1", DEFAULT_S),
        ("no-cache", 0),
        ("private, no-store, max-age=300", 0),
    ],
)
def test_cache_control_says_how_long(control: str, seconds: int) -> None:
    assert fresh_for_s({"cache-control": control}) == seconds


@given(st.text())
@settings(deadline=None, max_examples=100)
def test_any_header_gives_some_time(control: str) -> None:
    assert 0 <= fresh_for_s({"cache-control": control}) <= LONGEST_S


def test_a_known_answer_is_asked_for_only_if_changed() -> None:
    assert conditions(None) == {}
    assert conditions(learned("u", "k", {}, 0)) == {}
    dated = {"last-modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    assert conditions(learned("u", "k", dated, 0)) == {"If-Modified-Since": dated["last-modified"]}
    tagged = learned("u", "k", {**dated, "etag": '"1"'}, 0)
    assert conditions(tagged) == {"If-None-Match": '"1"'}


def test_a_validator_that_cannot_be_sent_back_is_forgotten() -> None:
    assert conditions(learned("u", "k", {"etag": '"é"', "last-modified": "\x7f"}, 0)) == {}


def test_a_confirmed_answer_is_fresh_again() -> None:
    known = learned("u", "k", {"etag": "1"}, 0)
    again = confirmed(known, {"cache-control": "max-age=5"}, 100 * SECOND_US)
    assert (again.etag, again.audio_key) == ("1", "k")
    assert again.checked_us == 100 * SECOND_US
    assert again.fresh_until_us == 105 * SECOND_US


def test_a_stale_copy_bridges_an_hour_without_the_server() -> None:
    known = learned("u", "k", {}, 0)
    bridged = put_off(known, STALE_S * SECOND_US)
    assert bridged is not None
    assert bridged.fresh_until_us == (STALE_S + DEFAULT_S) * SECOND_US
    assert bridged.checked_us == 0
    assert put_off(bridged, STALE_S * SECOND_US + 1) is None
