"""What a caller hears until somebody answers."""

from typing import Final

from dillo.calls.audio import AudioStream
from dillo.calls.playback import Playback
from dillo.calls.ports import InboundLeg
from dillo.model.media import Bridge
from dillo.model.prompts import Prompt, RingingTone, Silence

RINGING: Final[tuple[Prompt, ...]] = (RingingTone(), Silence(4000))
"""A second of tone every five (ITU-T E.180)."""


class Ringing:
    """Lets the caller hear ringing, what is played instead of it, or the far end itself.

    Before the answer a caller's own telephone makes the ringing, until there is something else to
    be heard: that takes early media (RFC 3960 §3.2), and so an offer of the caller in its INVITE.
    """

    def __init__(self, leg: InboundLeg, audio: AudioStream, playback: Playback) -> None:
        self._leg = leg
        self._audio = audio
        self._playback = playback
        self._is_heard = False
        self._ringback: tuple[Prompt, ...] | None = None

    def start(self, ringback: Prompt | None, *, is_answered: bool) -> None:
        """Ring; `ringback` is played instead, again and again."""
        self._ringback = None if ringback is None else (ringback,)
        self._is_heard = self._is_heard or is_answered
        self._ring()

    def let_through(self, callee: AudioStream) -> None:
        """Let the caller hear what the far end plays before it answers."""
        if self._be_heard():
            self._playback.stop()
            callee.port.send(Bridge(callee.port.call_id, self._audio.port.call_id))

    def go_on(self) -> None:
        """Ring again: the far end that was heard is gone."""
        self._ring()

    def stop(self) -> None:
        """Ring no more."""
        self._playback.stop()

    def _ring(self) -> None:
        if (self._ringback is not None and self._be_heard()) or self._is_heard:
            self._playback.play(self._ringback or RINGING, 0)
        else:
            self._leg.ring()

    def _be_heard(self) -> bool:
        """Return whether the caller hears what we send, early media if need be."""
        if not self._is_heard and not self._audio.awaits_answer:
            self._leg.progress(self._audio.describe())
            self._is_heard = True
        return self._is_heard
