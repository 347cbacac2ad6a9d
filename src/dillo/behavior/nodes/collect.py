"""Collect: let the caller key in digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior.announcements import read_intro
from dillo.behavior.durations import BEEP_S, AudioLength
from dillo.behavior.effects import Effect
from dillo.behavior.events import DigitPressed, PromptFinished, TimerFired
from dillo.behavior.machine import Leave, Move, Phase, Place, State, Transitions, break_off
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Value, masked, plain
from dillo.model.prompts import Beep, Prompt

MAX_DIGITS = 64
_NO_INPUT: Final = "no input"
_MISSES: Final = ("no digit", "too few digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(AskingNode):
    """Takes digits until there are enough, a finishing key comes or the caller pauses."""

    action_type: ClassVar[str] = "Collect"

    most: int
    least: int
    finish_keys: str
    between_s: float
    plays_beep: bool
    no_input_node: str | None
    is_sensitive: bool

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        node = cls(
            number=number,
            next_node=next_node,
            intro=read_intro(fields.child("Intro", "an object with the fields of a Say or a Play")),
            most=fields.integer("NumberOfDigits", MAX_DIGITS, 1, MAX_DIGITS),
            least=fields.integer("MinDigits", 1, 1, MAX_DIGITS),
            finish_keys=fields.keys("FinishOnKey", "#"),
            timeout_s=fields.seconds("Timeout", 5, 0.5, 120),
            between_s=fields.seconds("InterDigitTimeout", 3, 0.5, 60),
            plays_beep=fields.flag("PlayBeep"),
            max_attempts=fields.integer("MaxAttempts", 3, 1, 20),
            no_input_node=fields.target("NoInputNextNode"),
            storage_key=fields.optional_name("StorageKey"),
            is_sensitive=fields.flag("Sensitive"),
        )
        if node.least > node.most:
            expected = f"at most the {node.most} of NumberOfDigits is expected"
            fields.complain("MinDigits", f"{node.least} is wrong: {expected}")
        return node

    def branches(self) -> Mapping[str, str | None]:
        return {"done": self.next_node, _NO_INPUT: self.no_input_node or self.next_node}

    def branch_of(self, outcome: str) -> str:
        return _NO_INPUT if outcome in _MISSES else "done"

    def when_silent(self) -> tuple[str | None, ...]:
        return (self.no_input_node or self.next_node,)

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return the seconds of attempts with a digit too few, then one with all, each late."""
        asking_s = self.intro_s(audio_s) + (BEEP_S if self.plays_beep else 0) + self.timeout_s
        between = (self.max_attempts - 1) * (self.least - 1) + self.most - 1
        return self.max_attempts * asking_s + between * self.between_s

    def hides_digits(self) -> bool:
        return self.is_sensitive

    def tones(self) -> tuple[Prompt, ...]:
        return (Beep(),) if self.plays_beep else ()

    def abandoned(self, state: State, at_us: int) -> tuple[Effect, ...]:
        if not state.place.digits:
            return ()
        return (self.collected(at_us, self._value(state.place.digits), is_success=False),)

    def _value(self, digits: str) -> Value:
        return masked(digits) if self.is_sensitive else plain(digits)

    def _pressed(self, state: State, event: DigitPressed) -> Move:
        """Fall silent and take the digit; finish with a finishing key or the last digit."""
        before = break_off(state, event.at_us)
        place = state.place
        if event.digit in self.finish_keys:
            return self._finished(state, event.at_us, place.digits, "key", before)
        digits = place.digits + event.digit
        if len(digits) >= self.most:
            return self._finished(state, event.at_us, digits, "digits", before)
        waiting = Place(Phase.WAITING, place.attempt, digits)
        return self.wait(waiting, self.between_s, before)

    def _timed_out(self, state: State, event: TimerFired) -> Move:
        """Finish with what was pressed; ask again where that is too little."""
        return self._finished(state, event.at_us, state.place.digits, "timeout", ())

    def _finished(
        self, state: State, at_us: int, digits: str, outcome: str, before: tuple[Effect, ...]
    ) -> Move:
        """Go on with the digits where they suffice; else ask again or take the way out."""
        is_success = len(digits) >= self.least
        if not is_success and not self.is_last_attempt(state):
            return self.ask(state, at_us, state.place.attempt + 1, before)
        value = self._value(digits)
        effects = (*before, self.collected(at_us, value, is_success=is_success))
        if is_success:
            scope = state.scope.with_digits(self.storage_key, value)
            return Leave(outcome, self.next_node, effects, scope)
        missing = _MISSES[bool(digits)]
        return Leave(missing, self.no_input_node or self.next_node, effects)

    transitions: ClassVar[Transitions] = {
        (Phase.PROMPT, PromptFinished): AskingNode.asked,
        (Phase.TONE, PromptFinished): AskingNode.asked,
        (Phase.PROMPT, DigitPressed): _pressed,
        (Phase.TONE, DigitPressed): _pressed,
        (Phase.WAITING, DigitPressed): _pressed,
        (Phase.WAITING, TimerFired): _timed_out,
    }
