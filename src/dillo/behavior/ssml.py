"""A text in SSML (W3C Speech Synthesis Markup Language 1.1), as far as it is understood here.

`speak`, `p`, `s`, `break`, `say-as` and `sub`. A text is SSML if it begins with `<speak`.
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from dillo.behavior.say_as import INTERPRETATIONS
from dillo.model.errors import PeerError

_STRENGTHS_MS: Final = {
    "none": 0,
    "x-weak": 100,
    "weak": 250,
    "medium": 400,
    "strong": 700,
    "x-strong": 1200,
}
_SENTENCE_MS, _PARAGRAPH_MS = 300, 600
_LONGEST_BREAK_MS = 10_000
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_ATTRIBUTES: Final = {
    "speak": {"version", "xmlns", "xml:lang"},
    "p": set[str](),
    "s": set[str](),
    "break": {"time", "strength"},
    "say-as": {"interpret-as", "format", "detail"},
    "sub": {"alias"},
}


class InvalidSsml(PeerError):
    """The text begins like SSML and is none that we speak; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Break:
    """Silence."""

    duration_ms: int


Element = str | Break
"""Words to be spoken, or a pause."""


def is_ssml(text: str) -> bool:
    """Tell whether a text is meant as SSML."""
    return text.lstrip().startswith("<speak")


def parse(text: str, language: str) -> tuple[Element, ...]:
    """Return what is to be heard in a language (BCP 47). Raises InvalidSsml."""
    reading = _Reading(language)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.strip(), True)
    except expat.ExpatError as error:
        raise InvalidSsml(f"is no well-formed SSML: {error}") from error
    except InvalidSsml as error:
        place = f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber}"
        raise InvalidSsml(f"{error} ({place})") from error
    return tuple(reading.heard)


def stripped(text: str) -> str:
    """Return the words of a text whose markup is broken."""
    return re.sub(r"<[^<>]*>?|&\w+;", " ", text)


def _refuse_doctype(*_: object) -> None:
    # A document type can define entities that grow without end.
    raise InvalidSsml("has a document type: none is allowed")


class _Reading:
    """Collects what is heard while the parser goes through the document."""

    def __init__(self, language: str) -> None:
        self.heard: list[Element] = []
        self._language = language
        self._open: list[str] = []
        self._words = self._before = ""
        self._replaced: tuple[str, dict[str, str]] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _ATTRIBUTES:
            known = ", ".join(_ATTRIBUTES)
            raise InvalidSsml(f"<{name}> is not understood: one of {known} is expected")
        if not self._open and name != "speak":
            raise InvalidSsml("begins with another element than <speak>")
        unknown = sorted(attributes.keys() - _ATTRIBUTES[name])
        if unknown:
            raise InvalidSsml(f"<{name}> has no attribute {unknown[0]!r}")
        if self._replaced is not None:
            raise InvalidSsml(f"<{name}> is inside <{self._replaced[0]}>, which holds text only")
        self._open.append(name)
        match name:
            case "p" | "s":
                self._flush()
            case "break":
                self._pause(_break_ms(attributes))
            case "say-as":
                _check_interpretation(attributes)
                self._set_apart(name, attributes)
            case "sub":
                if "alias" not in attributes:
                    raise InvalidSsml("<sub> lacks the attribute 'alias'")
                self._set_apart(name, attributes)

    def end(self, name: str) -> None:
        self._open.pop()
        if name == "p":
            self._pause(_PARAGRAPH_MS)
        elif name == "s":
            self._pause(_SENTENCE_MS)
        elif self._replaced is not None and name == self._replaced[0]:
            self._put_back(*self._replaced)
        elif name == "speak":
            self._flush()

    def characters(self, data: str) -> None:
        self._words += data

    def _set_apart(self, name: str, attributes: dict[str, str]) -> None:
        self._before, self._words = self._words, ""
        self._replaced = (name, attributes)

    def _put_back(self, name: str, attributes: dict[str, str]) -> None:
        inner = self._words.strip()
        if name == "sub":
            inner = attributes["alias"]
        elif inner:
            say = INTERPRETATIONS[attributes["interpret-as"]]
            inner = say(inner, self._language, attributes.get("format", ""))
        self._words = f"{self._before}{inner}"
        self._replaced = None

    def _pause(self, duration_ms: int) -> None:
        self._flush()
        if duration_ms:
            self.heard.append(Break(duration_ms))

    def _flush(self) -> None:
        words = " ".join(self._words.split())
        if words:
            self.heard.append(words)
        self._words = ""


def _break_ms(attributes: dict[str, str]) -> int:
    if "time" in attributes:
        found = _TIME.fullmatch(attributes["time"].strip())
        if not found:
            raise InvalidSsml(f"<break time={attributes['time']!r}> is not like 500ms or 1.5s")
        duration_ms = round(float(found[1]) * (1 if found[2] == "ms" else 1000))
        if duration_ms > _LONGEST_BREAK_MS:
            raise InvalidSsml(f"<break time={attributes['time']!r}> is longer than 10s")
        return duration_ms
    strength = attributes.get("strength", "medium")
    if strength not in _STRENGTHS_MS:
        known = ", ".join(_STRENGTHS_MS)
        raise InvalidSsml(f"<break strength={strength!r}> is none of {known}")
    return _STRENGTHS_MS[strength]


def _check_interpretation(attributes: dict[str, str]) -> None:
    known = ", ".join(INTERPRETATIONS)
    named = attributes.get("interpret-as")
    if named is None:
        raise InvalidSsml(f"<say-as> lacks the attribute 'interpret-as': one of {known}")
    if named not in INTERPRETATIONS:
        raise InvalidSsml(f"<say-as interpret-as={named!r}> is none of {known}")
