"""What a Say, a Play or an Intro lets the caller hear."""

import math
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from dillo.behavior.durations import AudioLength, speech_s
from dillo.behavior.machine import DEFAULT_LANGUAGE
from dillo.behavior.reader import Reader
from dillo.behavior.sentences import pieces
from dillo.behavior.ssml import InvalidSsml, is_ssml, parse
from dillo.behavior.templates import Scope, Template
from dillo.model.prompts import Audio, Prompt, Silence, Speech

_VARIABLE = "7\ue000"
"""Stands for a value of a call: no text has it of its own."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A prompt of this call, and the words the journal may show for it."""

    prompt: Prompt
    shown: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text to be spoken `loop` times (0: for ever)."""

    text: Template
    language: str
    voice: str | None
    loop: int

    def cue(self, scope: Scope) -> Cue | None:
        """Return what is to be spoken, None where nothing is left of the text."""
        value = self.text.render(scope, escape if self._is_ssml else None)
        if not value.text.strip():
            return None
        speech = Speech(value.text, self.language, self.voice)
        shown = speech if value.shown == value.text else replace(speech, text=value.shown)
        return Cue(speech, str(shown))

    def longest_s(self, audio_s: AudioLength) -> float:
        """Estimate the seconds of all repetitions."""
        example = Speech(self.text.example(), self.language, self.voice)
        once = sum(
            piece.duration_ms / 1000 if isinstance(piece, Silence) else speech_s(piece.text)
            for piece in pieces(example)
        )
        return (self.loop or math.inf) * once

    def fixed(self) -> tuple[Prompt, ...]:
        """Return the pieces that are the same in every call."""
        example = Speech(self.text.example(_VARIABLE), self.language, self.voice)
        return tuple(
            piece
            for piece in pieces(example)
            if isinstance(piece, Silence) or _VARIABLE not in piece.text
        )

    @property
    def is_fixed(self) -> bool:
        """Whether every call hears the same."""
        return self.text.literal() is not None

    @property
    def _is_ssml(self) -> bool:
        return is_ssml(self.text.example())


@dataclass(frozen=True, slots=True)
class Played:
    """An audio file to be played `loop` times (0: for ever)."""

    audio: Audio
    loop: int
    language: None = None

    def cue(self, scope: Scope) -> Cue | None:
        """Return the file, which is the same in every call."""
        return Cue(self.audio, str(self.audio))

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return the seconds of all repetitions."""
        return (self.loop * audio_s(self.audio)) if self.loop else math.inf

    def fixed(self) -> tuple[Prompt, ...]:
        """Return the file."""
        return (self.audio,)


Announcement = Spoken | Played

MAX_LOOP = 1000
MAX_INTRO_LOOP = 10


def read_spoken(fields: Reader, loops: tuple[int, int] = (0, MAX_LOOP)) -> Spoken:
    """Read Text, LanguageCode, VoiceId and Loop."""
    text = fields.template("Text")
    language = fields.language("LanguageCode", DEFAULT_LANGUAGE)
    if is_ssml(text.example()):
        try:
            parse(text.example(), language)
        except InvalidSsml as error:
            fields.complain("Text", str(error))
    return Spoken(
        text=text,
        language=language,
        voice=fields.optional_text("VoiceId", at_most=100),
        loop=fields.integer("Loop", 1, *loops),
    )


def read_played(fields: Reader, loops: tuple[int, int] = (0, MAX_LOOP)) -> Played:
    """Read Url or PromptId, one of the two, and Loop."""
    url, prompt_id = fields.url("Url"), fields.prompt_id("PromptId")
    if fields.has("Url") and fields.has("PromptId"):
        fields.complain("PromptId", "Url or PromptId is expected, not both of them")
    if not fields.has("Url") and not fields.has("PromptId"):
        fields.complain("Url", "is missing: Url or PromptId is expected")
    return Played(Audio(url, prompt_id), fields.integer("Loop", 1, *loops))


def read_intro(fields: Reader | None) -> Announcement | None:
    """Read an Intro: the fields of a Say or those of a Play, repeated at most ten times."""
    if fields is None:
        return None
    loops = (1, MAX_INTRO_LOOP)
    is_file = fields.has("Url") or fields.has("PromptId")
    intro = read_played(fields, loops) if is_file else read_spoken(fields, loops)
    fields.finish("an Intro")
    return intro
