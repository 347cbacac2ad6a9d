"""SSML: what is heard, and what is refused when a behavior is published."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dillo.behavior import check
from dillo.behavior.sentences import pieces
from dillo.behavior.ssml import Break, InvalidSsml, parse
from dillo.model.prompts import Silence, Speech


@pytest.mark.parametrize(
    ("inner", "heard"),
    [
        ("Hello.", ("Hello.",)),
        ("One<break/>two", ("One", Break(400), "two")),
        ("One<break time='1.5s'/>two", ("One", Break(1500), "two")),
        ("One<break time='250ms'/>", ("One", Break(250))),
        ("One<break strength='none'/>two", ("One", "two")),
        ("<p>One <s>two</s></p>three", ("One", "two", Break(300), Break(600), "three")),
        ("<sub alias='World Wide Web'>WWW</sub> &amp; more", ("World Wide Web & more",)),
        ("Code <say-as interpret-as='digits'>4 27</say-as>.", ("Code 4 2 7.",)),
        ("<say-as interpret-as='characters'>ab1</say-as>", ("A B 1",)),
        ("<say-as interpret-as='telephone'>+390212345</say-as>", ("3 9 0, 2 1 2, 3 4 5",)),
        ("<say-as interpret-as='date'>2026-03-31</say-as>", ("31 March 2026",)),
        ("<say-as interpret-as='date' format='mdy'>3/31/2026</say-as>", ("31 March 2026",)),
        ("<say-as interpret-as='date'>soon</say-as>", ("soon",)),
        ("<say-as interpret-as='currency'>EUR 12.50</say-as>", ("12 euros and 50 cents",)),
        ("<say-as interpret-as='cardinal'>42</say-as>", ("42",)),
    ],
)
def test_what_is_heard(inner: str, heard: tuple[str | Break, ...]) -> None:
    assert parse(f"<speak>{inner}</speak>", "en-GB") == heard


@pytest.mark.parametrize(
    ("kind", "text", "language", "said"),
    [
        ("date", "01/05/2026", "it-IT", "primo maggio 2026"),
        ("date", "2026-05-02", "es-ES", "2 de mayo de 2026"),
        ("date", "2026-05-01", "fr-FR", "premier mai 2026"),
        ("date", "2026-05-02", "en-US", "May 2, 2026"),
        ("date", "2026-05-02", "nl-NL", "2. 5. 2026"),
        ("date", "2026-02-30", "it-IT", "2026-02-30"),
        ("currency", "1.234,50 €", "it-IT", "1234 euro e 50 centesimi"),
        ("currency", "$1.01", "en-US", "1 dollar and 1 cent"),
        ("currency", "0,99 EUR", "de-DE", "99 Cent"),
        ("currency", "GBP 3", "es-ES", "3 libras"),
        ("currency", "CHF 12", "nl-NL", "12 CHF"),
        ("currency", "much", "en-GB", "much"),
        ("telephone", "1234567", "en-GB", "1 2 3, 4 5 6 7"),
        ("telephone", "12345", "en-GB", "1 2 3, 4 5"),
        ("telephone", "1", "en-GB", "1"),
        ("digits", "none", "en-GB", "none"),
    ],
)
def test_languages_say_it_their_way(kind: str, text: str, language: str, said: str) -> None:
    ssml = f"<speak><say-as interpret-as='{kind}'>{text}</say-as></speak>"
    assert parse(ssml, language) == (said,)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<speak>One", "no well-formed SSML: no element found: line 1, column 10"),
        ("<speak><b>One</b></speak>", "<b> is not understood: one of speak, p, s, break"),
        ("<speaker>One</speaker>", "<speaker> is not understood"),
        ("<speak><break time='1'/></speak>", "is not like 500ms or 1.5s"),
        ("<speak><break time='11s'/></speak>", "longer than 10s"),
        ("<speak><break strength='big'/></speak>", "is none of none, x-weak"),
        ("<speak><break wait='1s'/></speak>", "<break> has no attribute 'wait'"),
        ("<speak><say-as>1</say-as></speak>", "lacks the attribute 'interpret-as'"),
        ("<speak><say-as interpret-as='song'>1</say-as></speak>", "is none of digits"),
        ("<speak><sub>1</sub></speak>", "lacks the attribute 'alias'"),
        ("<speak><sub alias='a'><break/></sub></speak>", "holds text only"),
    ],
)
def test_what_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InvalidSsml) as refused:
        parse(text, "en-GB")
    assert complaint in str(refused.value)


def test_entities_cannot_grow_without_end() -> None:
    bomb = '<!DOCTYPE speak [<!ENTITY a "ha">]><speak>&a;</speak>'
    with pytest.raises(InvalidSsml, match="document type"):
        parse(bomb, "en-GB")


@given(st.text(max_size=60))
def test_any_text_is_spoken_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidSsml):
        parse(f"<speak>{text}</speak>", "en-GB")
    assert pieces(Speech(f"<speak>{text}", "en-GB"))


def say(text: str) -> str:
    node = {"ActionType": "Say", "ChannelBehaviorAction": {"Text": text}}
    return str({"ChannelBehaviorNodes": {"0": node}}).replace("'", '"')


def test_a_mistake_is_told_with_node_and_field_at_publishing() -> None:
    (problem,) = check(say("<speak>Hi <b>you</b></speak>"))
    assert (problem.node, problem.field) == ("0", "ChannelBehaviorAction.Text")
    assert "<b> is not understood" in problem.message
    assert check(say("<speak>Hi {{caller}} <break/></speak>")) == ()


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("One. Two! Three?", ["One.", 220, "Two!", 220, "Three?"]),
        ("Ask Mr. A. Smith. Thanks.", ["Ask Mr. A. Smith.", 220, "Thanks."]),
        ("It costs 3.50 today.", ["It costs 3.50 today."]),
        (
            "+393703188051, thank you, and welcome.",
            ["+393703188051,", 60, "thank you, and welcome."],
        ),
        ("One\nTwo", ["One", 220, "Two"]),
        ("… !", [100]),
        ("<speak>One.<break time='1s'/>Two.</speak>", ["One.", 1000, "Two."]),
        ("<speak>One & two", ["One & two"]),
        ("你好。再见。", ["你好。", 220, "再见。"]),
    ],
)
def test_a_text_is_spoken_by_sentences(text: str, heard: list[str | int]) -> None:
    found = [
        piece.duration_ms if isinstance(piece, Silence) else piece.text
        for piece in pieces(Speech(text, "en-GB", "v"))
    ]
    assert found == heard


def test_the_first_piece_is_short_and_none_is_too_long() -> None:
    text = "Thank you for calling the customer service of our company, " * 12
    spoken = [p.text for p in pieces(Speech(text, "en-GB")) if isinstance(p, Speech)]
    assert len(spoken[0]) <= 90
    assert max(map(len, spoken)) <= 240
    assert " ".join(spoken) == text.strip()


@given(st.text(st.characters(exclude_characters="。！？<"), max_size=400))  # noqa: RUF001
def test_no_word_is_lost(text: str) -> None:
    spoken = [p.text for p in pieces(Speech(text, "en-GB")) if isinstance(p, Speech)]
    assert words(" ".join(spoken)) == words(text)


def words(text: str) -> list[str]:
    return [word for word in text.split() if any(map(str.isalnum, word))]
