"""What Menu and Collect have in common: an intro, then some time for the caller to press keys."""

from dataclasses import dataclass
from typing import ClassVar

from dillo.behavior.announcements import Announcement
from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import Effect, Note, PlayPrompt, StartTimer
from dillo.behavior.events import PromptFinished
from dillo.behavior.machine import DIGIT_TIMER, Move, Node, Phase, Place, State, Stay
from dillo.behavior.templates import Value
from dillo.model.events import DigitsCollected, PromptStarted
from dillo.model.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingNode(Node):
    """A node that asks up to `max_attempts` times."""

    waits_for_caller: ClassVar[bool] = True

    intro: Announcement | None
    timeout_s: float
    max_attempts: int
    storage_key: str | None

    def language(self) -> str | None:
        return self.intro.language if self.intro else None

    def tones(self) -> tuple[Prompt, ...]:
        """Return what is played after the intro."""
        return ()

    def intro_s(self, audio_s: AudioLength) -> float:
        """Return how many seconds pass before the caller is waited for."""
        return self.intro.longest_s(audio_s) if self.intro else 0

    def enter(self, state: State, at_us: int) -> Move:
        return self.ask(state, at_us, attempt=1)

    def ask(self, state: State, at_us: int, attempt: int, before: tuple[Effect, ...] = ()) -> Stay:
        """Begin an attempt, after the effects `before`."""
        cue = self.intro.cue(state.scope) if self.intro else None
        tones = self.tones()
        if self.intro and cue:
            play = PlayPrompt((cue.prompt,) * self.intro.loop + tones)
            started = Note(PromptStarted(at_us, self.number, cue.shown))
            return Stay(Place(Phase.PROMPT, attempt), (*before, started, play))
        if tones:
            return Stay(Place(Phase.TONE, attempt), (*before, PlayPrompt(tones)))
        return self.wait(Place(Phase.WAITING, attempt), self.timeout_s, before)

    def wait(self, place: Place, seconds: float, before: tuple[Effect, ...] = ()) -> Stay:
        """Give the caller time for the next key, after the effects `before`."""
        return Stay(place, (*before, StartTimer(DIGIT_TIMER, seconds)))

    def asked(self, state: State, event: PromptFinished) -> Move:
        """Wait for the first key."""
        return self.wait(Place(Phase.WAITING, state.place.attempt), self.timeout_s)

    def is_last_attempt(self, state: State) -> bool:
        """Return whether the caller gets no further attempt."""
        return state.place.attempt >= self.max_attempts

    def collected(self, at_us: int, digits: Value, *, is_success: bool) -> Note:
        """Return the note of what the caller pressed."""
        fact = DigitsCollected(
            at_us, self.number, self.action_type, self.storage_key, digits.shown, is_success
        )
        return Note(fact)
