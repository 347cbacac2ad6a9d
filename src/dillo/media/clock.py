"""The 20 ms clock, spread over five phases of 4 ms so that calls do not all send at once."""

import time
from collections.abc import Callable

from dillo.media.call import Call
from dillo.media.packets import Contain
from dillo.media.phase import Phase

PHASES = 5
_STEP_S = 0.004
_MAX_BEHIND_S = 5.0
"""Further behind, the machine was asleep: the clock starts anew instead of catching up."""


class Clock:
    """Runs each call once every 20 ms, in the phase it was given."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._phases = [Phase() for _ in range(PHASES)]
        self._phase_of: dict[Call, Phase] = {}
        self._step = 0
        self.due = now()
        self.calls = 0

    def join(self, call: Call) -> None:
        """Give a call the phase with the fewest calls."""
        if not self.calls:
            self.due = self._now()
        self.calls += 1
        phase = self._phase_of[call] = min(self._phases, key=len)
        phase.join(call)

    def leave(self, call: Call) -> None:
        """Stop running a call."""
        phase = self._phase_of.pop(call, None)
        if phase is not None:
            phase.leave(call)
            self.calls -= 1

    def run_due(self, contain: Contain) -> None:
        """Run the phases whose time has come, however late: audio is not skipped.

        One round at most, so that packets and commands are read between rounds even when sending
        alone takes all the time. Calls must not leave meanwhile.
        """
        now = self._now()
        if now - self.due > _MAX_BEHIND_S:
            self.due = now
        for _ in range(PHASES):
            if self.due > now:
                return
            phase = self._phases[self._step]
            if phase.calls:
                phase.send(contain)
                if phase.chores_at <= now:
                    phase.do_chores(now, contain)
                now = self._now()
                phase.note_lateness(now - self.due)
            self._step = (self._step + 1) % PHASES
            self.due += _STEP_S
