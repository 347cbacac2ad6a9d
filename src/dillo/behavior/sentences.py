"""A text taken apart into what is spoken at a time: sentences, and the pauses between them.

While one is heard the next is made, and a sentence that many texts share is made once.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dillo.behavior import ssml
from dillo.model.prompts import Silence, Speech

Piece = Speech | Silence

_BETWEEN_SENTENCES: Final = Silence(220)
_BETWEEN_CLAUSES: Final = Silence(60)
_NOTHING: Final = Silence(100)

_LONGEST = 240
"""Characters of a piece: more is cut where it can be breathed."""
_LONGEST_FIRST = 90
"""Of the first piece: whoever waits for it should hear something soon."""
_SHORTEST_CLAUSE = 20
_DIGIT = 6
"""What a digit counts: as many characters as its word has, with a space."""
_SHORTEST_OPENING = 8

_END: Final = re.compile(r"""(?<=[.!?…])["'»”)\]]*\s+|(?<=[。！？])|\n+""")  # noqa: RUF001
_CLAUSE: Final = re.compile(r"(?<=[,;:–—])\s+")  # noqa: RUF001
_ABBREVIATIONS: Final = frozenset(
    word
    for words in (
        "mr mrs ms dr prof nr vs etc sig dott avv ing ecc sra sr av bd mme mlle hr str",
        "bzw z.b e.g i.e a.m p.m",
    )
    for word in words.split()
)


@functools.lru_cache(maxsize=4096)
def pieces(speech: Speech) -> tuple[Piece, ...]:
    """Return what is to be heard one after the other; at least one piece.

    SSML that is broken, as a long value of the call can leave it, is spoken without its markup.
    """
    found: list[Piece] = []
    for element in _elements(speech):
        if isinstance(element, ssml.Break):
            _replace_pause(found, Silence(element.duration_ms))
            continue
        for sentence in _sentences(element):
            is_first = not any(isinstance(piece, Speech) for piece in found)
            for clause in _clauses(sentence, _LONGEST_FIRST if is_first else _LONGEST):
                found += (Speech(clause, speech.language, speech.voice), _BETWEEN_CLAUSES)
            _replace_pause(found, _BETWEEN_SENTENCES)
    while found and found[-1] in (_BETWEEN_SENTENCES, _BETWEEN_CLAUSES):
        found.pop()
    return tuple(found) or (_NOTHING,)


def opening(piece: Speech, longest: int) -> tuple[Piece, ...]:
    """Return a piece in two where it is longer than `longest` characters: its opening comes soon.

    It is cut after a clause, else before a number, which is new where the words before it are not,
    else between words.
    """
    text = piece.text
    if len(text) <= longest + _SHORTEST_OPENING:
        return (piece,)
    spaces = [
        match.start()
        for match in re.finditer(" ", text)
        if _SHORTEST_OPENING <= match.start() <= len(text) - _SHORTEST_OPENING
    ]
    near = [space for space in spaces if space <= longest] or spaces[:1]
    if not near:
        return (piece,)
    clauses = [space for space in near if _CLAUSE.match(text, space)]
    numbers = [space for space in near if text[space + 1].isdigit()]
    cut = (clauses[-1:] or numbers[:1] or near[-1:])[0]
    return (
        replace(piece, text=text[:cut]),
        _BETWEEN_CLAUSES,
        replace(piece, text=text[cut + 1 :]),
    )


def _elements(speech: Speech) -> tuple[ssml.Element, ...]:
    if not ssml.is_ssml(speech.text):
        return (speech.text,)
    try:
        return ssml.parse(speech.text, speech.language)
    except ssml.InvalidSsml:
        return (ssml.stripped(speech.text),)


def _replace_pause(found: list[Piece], pause: Silence) -> None:
    if found and found[-1] in (_BETWEEN_SENTENCES, _BETWEEN_CLAUSES):
        found.pop()
    found.append(pause)


def _sentences(text: str) -> Iterator[str]:
    """Split where a sentence ends; what has nothing to be said in it is left out."""
    begin = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        sentence = text[begin:end]
        if end < len(text) and "\n" not in sentence and _ends_in_abbreviation(sentence):
            continue
        begin = end
        words = " ".join(sentence.split())
        if any(map(str.isalnum, words)):
            yield words


def _ends_in_abbreviation(sentence: str) -> bool:
    *_, last = sentence.split() or ("",)
    word = last.lower().rstrip(".").lstrip("(\"'«")
    return last.endswith(".") and (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()))


def _clauses(sentence: str, longest: int) -> Iterator[str]:
    """Cut a sentence that is too long, best after a comma, else between two words."""
    while _spoken_length(sentence) > longest:
        cuts = [
            match
            for match in _CLAUSE.finditer(sentence)
            if _SHORTEST_CLAUSE <= _spoken_length(sentence[: match.start()]) <= longest
        ]
        space = sentence.rfind(" ", _SHORTEST_CLAUSE, _LONGEST)
        if cuts:
            cut = cuts[0].start() if longest == _LONGEST_FIRST else cuts[-1].start()
        elif len(sentence) > _LONGEST and space > 0:
            cut = space
        else:
            break
        yield sentence[:cut]
        sentence = sentence[cut:].lstrip()
        longest = _LONGEST
    yield sentence


def _spoken_length(text: str) -> int:
    return len(text) + (_DIGIT - 1) * sum(map(str.isdigit, text))
