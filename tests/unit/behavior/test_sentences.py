"""A sentence that would come late is cut, so that its opening comes soon."""

import pytest

from dillo.behavior.sentences import opening
from dillo.model.prompts import Silence, Speech


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Your order number 4270 is on its way.", ["Your order number", "4270 is on its way."]),
        (
            "Good morning, Anna Maria Rossi speaking.",
            ["Good morning,", "Anna Maria Rossi speaking."],
        ),
        (
            "We call the technician about the heating.",
            ["We call the", "technician about the heating."],
        ),
        ("Donaudampfschifffahrtsgesellschaft.", None),
        ("Please hold the line.", None),
        ("Extraordinarily long and long words.", ["Extraordinarily", "long and long words."]),
    ],
)
def test_the_opening_of_a_sentence(text: str, heard: list[str] | None) -> None:
    found = opening(Speech(text, "en-GB", "anna"), 18 if heard else 20)
    spoken = [piece for piece in found if not isinstance(piece, Silence)]
    assert [piece.text for piece in spoken] == (heard or [text])
    assert {(piece.language, piece.voice) for piece in spoken} == {("en-GB", "anna")}
