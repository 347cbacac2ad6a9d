"""The script of what a test caller presses and says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.caller import DigitScript, InvalidDigitScript
from dillo.caller.script import Press, Speak, Wait


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("1", (Press("1"),)),
        ("1,w500,2", (Press("1"), Wait(500), Press("2"))),
        (" 12# , a ,D", (Press("1"), Press("2"), Press("#"), Speak(), Press("D"))),
    ],
)
def test_a_script_is_read(text: str, steps: tuple[object, ...]) -> None:
    assert DigitScript.parse(text).steps == steps


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("1,,2", "item 2, ''"),
        ("x", "item 1, 'x'"),
        ("1,w", "item 2, 'w'"),
        ("w-5", "item 1, 'w-5'"),
        ("1 2", "item 1, '1 2'"),
        ("E", "item 1, 'E'"),
        ("٣", "item 1, '٣'"),
        ("w500,1,d", "item 3, 'd'"),
    ],
)
def test_an_error_names_the_item(text: str, item: str) -> None:
    with pytest.raises(InvalidDigitScript, match=item):
        DigitScript.parse(text)


def test_a_script_that_does_not_speak_speaks_at_its_end() -> None:
    assert DigitScript.parse("1").with_speech() == DigitScript((Press("1"), Speak()))
    assert DigitScript.parse("a,1").with_speech() == DigitScript((Speak(), Press("1")))


@settings(deadline=None, max_examples=100)
@given(st.text("0129*#ADaw, x5", max_size=20))
def test_any_text_is_read_or_refused_and_what_was_read_round_trips(text: str) -> None:
    try:
        script = DigitScript.parse(text)
    except InvalidDigitScript:
        return
    assert DigitScript.parse(str(script)) == script
