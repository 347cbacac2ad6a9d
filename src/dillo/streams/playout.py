"""What a server has sent and the caller is still to hear."""

from collections import deque
from typing import Final

FRAME: Final = 160
"""Octets of a packet of 20 ms."""
SILENCE: Final = b"\xff" * FRAME
_PREFILL_FRAMES: Final = 3
"""So much is waited for at the beginning of an utterance, and no longer than it lasts: a server
that sends 20 ms every 20 ms may then be up to 60 ms late without being heard to stumble."""


class Playout:
    """A bounded buffer of µ-law octets with marks between them, taken out frame by frame.

    Audio that finds no room is left out: what was taken before plays on unharmed, and whoever
    sends faster than anybody can listen loses the end, not the middle.
    """

    __slots__ = (
        "_added",
        "_is_talking",
        "_marks",
        "_max_marks",
        "_max_octets",
        "_octets",
        "_waited",
        "left_out",
        "played",
    )

    def __init__(self, max_octets: int, max_marks: int) -> None:
        self._max_octets = max_octets
        self._max_marks = max_marks
        self._octets = bytearray()
        self._marks: deque[tuple[int, str]] = deque()
        self._added = 0
        self._is_talking = False
        self._waited = 0
        self.played = 0
        """Octets heard so far."""
        self.left_out = 0
        """Octets that found no room."""

    def add(self, octets: bytes) -> bool:
        """Play this after everything else; false where not all of it found room."""
        taken = octets[: self._max_octets - len(self._octets)]
        self._octets += taken
        self._added += len(taken)
        self.left_out += len(octets) - len(taken)
        return len(taken) == len(octets)

    def mark(self, name: str) -> bool:
        """Remember this place; false where there are too many marks already."""
        if len(self._marks) >= self._max_marks:
            return False
        self._marks.append((self._added, name))
        return True

    def clear(self) -> None:
        """Forget the audio; its marks count as reached."""
        self._octets.clear()
        self._marks = deque((0, name) for _, name in self._marks)
        self._added = self.played
        self._fall_silent()

    def frame(self) -> bytes:
        """Return the next 20 ms: silence where there is nothing to play."""
        if not self._is_talking and not self._begins():
            return SILENCE
        frame = bytes(self._octets[:FRAME])
        del self._octets[:FRAME]
        self.played += len(frame)
        if not frame:
            self._fall_silent()
        return frame if len(frame) == FRAME else frame + SILENCE[len(frame) :]

    def reached(self) -> str | None:
        """Return the next mark whose audio has been played, None where there is none."""
        if self._marks and self._marks[0][0] <= self.played:
            return self._marks.popleft()[1]
        return None

    def _begins(self) -> bool:
        if not self._octets:
            return False
        self._waited += 1
        is_enough = len(self._octets) >= _PREFILL_FRAMES * FRAME
        self._is_talking = is_enough or self._waited > _PREFILL_FRAMES
        return self._is_talking

    def _fall_silent(self) -> None:
        self._is_talking = False
        self._waited = 0
