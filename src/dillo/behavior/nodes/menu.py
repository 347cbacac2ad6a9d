"""Menu: let the caller choose by pressing one key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior.announcements import read_intro
from dillo.behavior.callbacks import Callback, read_callback
from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import Effect
from dillo.behavior.events import DigitPressed, PromptFinished, TimerFired
from dillo.behavior.machine import Leave, Move, Phase, State, Transitions, break_off
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.reader import KEYS, Reader
from dillo.behavior.templates import plain

WRONG_DIGIT: Final = "wrong digit"
NO_DIGIT: Final = "no digit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(AskingNode):
    """Branches on the one key that the caller presses during or after the intro."""

    action_type: ClassVar[str] = "Menu"

    digits: Mapping[str, str | None]
    no_digit_node: str | None
    wrong_digit_node: str | None
    callback: Callback | None

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number,
            next_node=next_node,
            intro=read_intro(fields.child("Intro", "an object with the fields of a Say or a Play")),
            digits=_read_digits(fields),
            timeout_s=fields.seconds("Timeout", 5, 0.5, 120),
            max_attempts=fields.integer("MaxAttempts", 3, 1, 20),
            no_digit_node=fields.target("NoDigitNextNode"),
            wrong_digit_node=fields.target("WrongDigitNextNode"),
            storage_key=fields.optional_name("StorageKey"),
            callback=read_callback(fields, "Option"),
        )

    def branches(self) -> Mapping[str, str | None]:
        branches = {f"digit {digit}": target for digit, target in self.digits.items()}
        if len(self.digits) < len(KEYS):
            branches[WRONG_DIGIT] = self.wrong_digit_node or self.next_node
        branches[NO_DIGIT] = self.no_digit_node or self.next_node
        return branches

    def branch_of(self, outcome: str) -> str:
        return outcome

    def when_silent(self) -> tuple[str | None, ...]:
        return (self.no_digit_node or self.next_node,)

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return the seconds of all attempts; there is but one where every miss branches off."""
        may_repeat = self.no_digit_node is None or self.wrong_digit_node is None
        attempts = self.max_attempts if may_repeat else 1
        return attempts * (self.intro_s(audio_s) + self.timeout_s)

    def enter(self, state: State, at_us: int) -> Move:
        wanted = () if self.callback is None else (self.callback.wanted(at_us, self.number),)
        return self.ask(state, at_us, attempt=1, before=wanted)

    def _pressed(self, state: State, event: DigitPressed) -> Move:
        """Fall silent and go where the key leads; after a wrong one branch or ask again."""
        before = break_off(state, event.at_us)
        digit = event.digit
        if digit not in self.digits:
            return self._missed(
                state, event.at_us, before, WRONG_DIGIT, digit, self.wrong_digit_node
            )
        note = self.collected(event.at_us, plain(digit), is_success=True)
        scope = state.scope.with_digits(self.storage_key, plain(digit))
        return Leave(f"digit {digit}", self.digits[digit], (*before, note), scope)

    def _timed_out(self, state: State, event: TimerFired) -> Move:
        """Branch or ask again."""
        return self._missed(state, event.at_us, (), NO_DIGIT, "", self.no_digit_node)

    def _missed(
        self,
        state: State,
        at_us: int,
        before: tuple[Effect, ...],
        outcome: str,
        digits: str,
        branch: str | None,
    ) -> Move:
        """Take the branch for this miss; where there is none, ask again or go on."""
        if branch is None and not self.is_last_attempt(state):
            return self.ask(state, at_us, state.place.attempt + 1, before)
        note = self.collected(at_us, plain(digits), is_success=False)
        return Leave(outcome, branch or self.next_node, (*before, note))

    transitions: ClassVar[Transitions] = {
        (Phase.PROMPT, PromptFinished): AskingNode.asked,
        (Phase.PROMPT, DigitPressed): _pressed,
        (Phase.WAITING, DigitPressed): _pressed,
        (Phase.WAITING, TimerFired): _timed_out,
    }


def _read_digits(fields: Reader) -> dict[str, str | None]:
    options = fields.child("Digits", 'an object such as {"1": {"NextNode": 2}}', required=True)
    if options is None:
        return {}
    if not options.names():
        fields.complain("Digits", "is empty: at least one key is expected")
    return {key: _read_option(options, key) for key in options.names()}


def _read_option(options: Reader, key: str) -> str | None:
    if key not in KEYS or len(key) != 1:
        options.complain(key[:64], f"is no key of a telephone: one of {KEYS} is expected")
        return None
    option = options.child(key, 'an object such as {"NextNode": 2}')
    if option is None:
        return None
    target = option.target()
    option.finish("a key of a Menu")
    return target
