"""Decks: the longest prefix counts, and of one prefix the one for the caller."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rating import Deck, InvalidTariff, Rates

RATES = tuple(Rates(Decimal(0), Decimal(price), "60/60") for price in range(6))
DECK = Deck(
    RATES,
    {"4": 0, "44": 1, "447": 2, "default": 5},
    {"44": {"39": 3, "393": 4, "anonymous": 0}, "33": {"39": 3}},
)


@pytest.mark.parametrize(
    ("number", "caller", "prefix", "caller_prefix"),
    [
        ("+442079460000", "+15551234567", "44", ""),
        ("+447700900123", "+39370123", "447", ""),
        ("+442079460000", "+390612345678", "44", "39"),
        ("+442079460000", "+393701234567", "44", "393"),
        ("+442079460000", "anonymous", "44", "anonymous"),
        ("+442079460000", "bob", "44", ""),
        ("+490000000000", "", "4", ""),
    ],
)
def test_the_longest_prefix_counts_then_the_longest_of_the_caller(
    number: str, caller: str, prefix: str, caller_prefix: str
) -> None:
    found = DECK.match(number, caller)
    assert found is not None
    assert (found.prefix, found.caller_prefix) == (prefix, caller_prefix)


def test_an_entry_for_certain_callers_is_passed_over_for_others() -> None:
    assert DECK.match("+33123456789", "+44123") is None
    assert DECK.match("+15551234567") is None


digits = st.text("0123", min_size=1, max_size=5)


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(digits, st.integers(0, 5), max_size=20),
    st.dictionaries(digits, st.dictionaries(digits, st.integers(0, 5), max_size=4), max_size=8),
    digits,
    digits,
)
def test_a_deck_finds_what_a_search_of_all_entries_finds(
    entries: dict[str, int], by_caller: dict[str, dict[str, int]], number: str, caller: str
) -> None:
    candidates = [(prefix, "") for prefix in entries if number.startswith(prefix)]
    candidates += [
        (prefix, theirs)
        for prefix, callers in by_caller.items()
        if number.startswith(prefix)
        for theirs in callers
        if caller.startswith(theirs)
    ]
    found = Deck(RATES, entries, by_caller).match(f"+{number}", f"+{caller}")
    longest = max(candidates, key=lambda pair: (len(pair[0]), len(pair[1])), default=None)
    assert (found and found[:2]) == longest


@pytest.mark.parametrize(
    ("entries", "by_caller"), [({"4": 6}, {}), ({"x": 0}, {}), ({}, {"4": {"y": 0}})]
)
def test_a_deck_that_makes_no_sense_is_refused(
    entries: dict[str, int], by_caller: dict[str, dict[str, int]]
) -> None:
    with pytest.raises(InvalidTariff):
        Deck(RATES, entries, by_caller)
