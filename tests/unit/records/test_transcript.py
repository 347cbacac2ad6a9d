"""How transcripts read."""

from dillo.records.transcript import Said, confidence, written

HELLO = Said(0, 0, 900, "Hello.", 0.9)
YES = Said(1, 1000, 1500, "Yes?", 0.5)
ANNA = Said(0, 1400, 2900, "This is Anna.", 0.9)
AGAIN = Said(0, 2900, 4000, "Again.", 0.9)


def test_one_voice_is_plain_text() -> None:
    assert written([AGAIN, HELLO, ANNA], 1) == "Hello. This is Anna. Again."


def test_two_voices_take_turns_in_the_order_of_time() -> None:
    said = [HELLO, ANNA, AGAIN, YES]
    assert written(said, 2) == "Caller: Hello.\nCallee: Yes?\nCaller: This is Anna. Again."


def test_nothing_said_is_no_text() -> None:
    assert (written([], 1), written([], 2), confidence([])) == ("", "", 0.0)


def test_long_parts_weigh_more() -> None:
    assert confidence([HELLO, YES]) == (900 * 0.9 + 500 * 0.5) / 1400
