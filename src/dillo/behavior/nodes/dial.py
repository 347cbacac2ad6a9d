"""Dial: let the caller talk to other people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from dillo.behavior import effects
from dillo.behavior.callees import callee, telephone_number
from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import Answer, Connect, Effect, Note, StartRecording, StopRecording
from dillo.behavior.events import DialAnswered, DialEnded
from dillo.behavior.machine import (
    DEFAULT_LANGUAGE,
    End,
    Leave,
    Move,
    Node,
    Phase,
    Place,
    State,
    Stay,
    Transitions,
)
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Scope, Template
from dillo.model.events import EndReason, LegConnected, LegStatus, Warned
from dillo.model.prompts import Audio

MAX_CALLEES: Final = 20
SEQUENTIAL: Final = "Sequential"
STRATEGIES: Final = ("Simultaneous", SEQUENTIAL)

ANSWERED: Final = "answered"
_OUTCOMES: Final = {
    LegStatus.ANSWERED: ANSWERED,
    LegStatus.NO_ANSWER: "no answer",
    LegStatus.BUSY: "busy",
    LegStatus.FAILED: "failed",
    LegStatus.CANCELED: "failed",
}
# What an unanswered caller is told where the flow ends with the Dial (RFC 3261 §21).
_SIP_CODES: Final = {"answered": 480, "no answer": 480, "busy": 486, "failed": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Node):
    """Rings others, and connects the caller with the first who answers.

    The call itself is answered only then, so that a caller who reaches nobody pays nothing.
    """

    action_type: ClassVar[str] = "Dial"
    answers: ClassVar[bool] = False

    to: tuple[Template, ...]
    is_sequential: bool
    caller_id: Template | None
    timeout_s: float
    max_duration_s: float
    ringback: Audio | None
    recording: StartRecording | None
    targets: Mapping[str, str | None]
    """Where each outcome leads."""

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        return cls(
            number=number,
            next_node=next_node,
            to=fields.templates("To", "a telephone number or a SIP URI", MAX_CALLEES, callee),
            is_sequential=fields.choice("Strategy", STRATEGIES, STRATEGIES[0]) == SEQUENTIAL,
            caller_id=_read_caller_id(fields),
            timeout_s=fields.seconds("Timeout", 30, 1, 300),
            max_duration_s=(max_duration_s := fields.seconds("MaxDuration", 14_400, 1, 86_400)),
            ringback=Audio(url) if (url := fields.url("RingbackUrl")) else None,
            recording=_read_recording(number, fields, max_duration_s),
            targets={
                ANSWERED: fields.target("AnsweredNextNode") or next_node,
                "no answer": fields.target("NoAnswerNextNode") or next_node,
                "busy": fields.target("BusyNextNode") or next_node,
                "failed": fields.target("FailedNextNode") or next_node,
            },
        )

    def branches(self) -> Mapping[str, str | None]:
        return self.targets

    def branch_of(self, outcome: str) -> str:
        return outcome

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return the seconds of ringing, where somebody answers in the end, and of talking."""
        rings = len(self.to) if self.is_sequential else 1
        return rings * self.timeout_s + self.max_duration_s

    def records(self) -> StartRecording | None:
        return self.recording

    def enter(self, state: State, at_us: int) -> Move:
        to = self._callees(state.scope)
        if not to:
            return self._over("failed", (Note(Warned(at_us, f"node {self.number}: {_NOBODY}")),))
        dial = effects.Dial(
            node=self.number,
            to=to,
            is_sequential=self.is_sequential,
            caller_id=self._caller_id(state.scope),
            timeout_s=self.timeout_s,
            max_duration_s=self.max_duration_s,
            ringback=self.ringback,
        )
        return Stay(Place(Phase.DIALING), (dial,))

    def _callees(self, scope: Scope) -> tuple[str, ...]:
        found = (callee(template.render(scope).text) for template in self.to)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def _caller_id(self, scope: Scope) -> str | None:
        """Return as whom to call; a text that is no number is for the platform to refuse."""
        if self.caller_id is None:
            return None
        text = self.caller_id.render(scope).text
        return telephone_number(text) or text

    def _answered(self, state: State, event: DialAnswered) -> Move:
        """Answer the call if that is still to be done, connect both, record if asked to."""
        answer = () if state.is_answered else (Answer(),)
        connected = Note(LegConnected(event.at_us, self.number, event.leg_id))
        recording = () if self.recording is None else (self.recording,)
        wanted = (*answer, Connect(), connected, *recording)
        return Stay(Place(Phase.TALKING), wanted, answers=True)

    def _ended(self, state: State, event: DialEnded) -> Move:
        """Go where the outcome leads; the end of the talk may be the end of the call."""
        is_recording = state.place.phase is Phase.TALKING and self.recording is not None
        stop = (StopRecording("flow"),) if is_recording else ()
        return self._over(_OUTCOMES[event.status], stop)

    def _over(self, outcome: str, before: tuple[Effect, ...]) -> Move:
        target = self.targets[outcome]
        if target is not None:
            return Leave(outcome, target, before)
        return End(EndReason.DIAL_ENDED, _SIP_CODES[outcome], outcome, outcome, before)

    def abandoned(self, state: State, at_us: int) -> tuple[Effect, ...]:
        if state.place.phase is Phase.TALKING and self.recording is not None:
            return (StopRecording("flow"),)
        return ()

    transitions: ClassVar[Transitions] = {
        (Phase.DIALING, DialAnswered): _answered,
        (Phase.DIALING, DialEnded): _ended,
        (Phase.TALKING, DialEnded): _ended,
    }


_NOBODY = "nobody to dial: To names neither a telephone number nor a SIP URI"


def _read_caller_id(fields: Reader) -> Template | None:
    if not fields.has("CallerId"):
        fields.take("CallerId")
        return None
    template = fields.template("CallerId")
    literal = template.literal()
    if literal is not None:
        number = telephone_number(literal)
        if number is None:
            fields.complain("CallerId", f"{literal[:40]!r} is no number with a country dial code")
        elif not fields.report.holds_number(number):
            fields.complain("CallerId", f"{number} is no number of this account")
    return template


def _read_recording(number: str, fields: Reader, max_duration_s: float) -> StartRecording | None:
    is_wanted, transcribe = fields.flag("Record"), fields.flag("Transcribe")
    recording = StartRecording(
        node=number,
        storage_key=fields.optional_name("StorageKey"),
        max_length_s=max_duration_s,
        silence_timeout_s=None,
        storage_period=fields.storage_period("RecordingStoragePeriodCode", "1-M"),
        transcribe=transcribe,
        language=fields.language("LanguageCode", DEFAULT_LANGUAGE),
        both_sides=True,
    )
    if transcribe and not is_wanted:
        fields.complain("Transcribe", "needs a recording: Record must be true")
    return recording if is_wanted else None
