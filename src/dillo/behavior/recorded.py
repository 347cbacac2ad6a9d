"""The record of a past call, as a replay reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from dillo.behavior.effects import Answer, Effect, HangUp, Note, Refuse, StartRecording
from dillo.behavior.machine import HUNG_UP
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallAnswered,
    CallbackWanted,
    CallEnded,
    CallEvent,
    CallReceived,
    DigitReceived,
    EndReason,
    LegAnswered,
    LegConnected,
    LegDialed,
    LegEnded,
    MediaMeasured,
    NodeEntered,
    NodeLeft,
    PromptStarted,
    RecordingFinished,
    RecordingStarted,
    StreamEnded,
    StreamStarted,
    Warned,
)

MASKED: Final = "?"
"""What the record shows of a sensitive key."""

_BY_PLATFORM: Final = (
    CallReceived,
    LegDialed,
    LegAnswered,
    LegEnded,
    StreamStarted,
    CallbackWanted,  # the caller never notices
    Warned,
    MediaMeasured,
)
_BY_CALLER: Final = frozenset({EndReason.CALLER_HUNG_UP, EndReason.ABANDONED})
_BY_FLOW: Final = frozenset({EndReason.FLOW_ENDED, EndReason.REJECTED, EndReason.DIAL_ENDED})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the flow of a call did, in order, and what can be told of why."""

    facts: tuple[CallEvent, ...]
    """Facts that the flow caused; those that only the platform knows are left out."""
    finished: tuple[RecordingFinished | None, ...]
    """For each of the facts, the recording that was completed last before it."""
    streams: tuple[StreamEnded | None, ...]
    """For each of the facts, the stream that has ended in the node that the flow is in."""

    @classmethod
    def of(cls, events: Iterable[CallEvent]) -> "Recorded":
        """Read all events of a call."""
        facts: list[CallEvent] = []
        finished: list[RecordingFinished | None] = []
        streams: list[StreamEnded | None] = []
        last: RecordingFinished | None = None
        stream: StreamEnded | None = None
        for event in events:
            if isinstance(event, RecordingFinished):
                last = event
            elif isinstance(event, StreamEnded):
                stream = event
            elif not isinstance(event, _BY_PLATFORM):
                facts.append(event)
                finished.append(last)
                streams.append(stream)
            if isinstance(event, NodeEntered):
                stream = None
        return cls(tuple(facts), tuple(finished), tuple(streams))

    @property
    def is_masked(self) -> bool:
        """Whether keys were pressed that the record does not show."""
        return any(isinstance(fact, DigitReceived) and fact.digit == MASKED for fact in self.facts)

    def failure_at(self, index: int) -> ApplicationFailed | None:
        """Return the failure that what happened at a fact led to, None where there was none."""
        for fact in self._together(index):
            if isinstance(fact, ApplicationFailed):
                return fact
        return None

    def connected_at(self, index: int) -> LegConnected | None:
        """Return the leg that the caller is connected with at a fact; a call is answered first."""
        for fact in self.facts[index : index + 2]:
            if isinstance(fact, LegConnected):
                return fact
            if not isinstance(fact, CallAnswered):
                break
        return None

    def is_hang_up_at(self, index: int) -> bool:
        """Return whether the caller hung up at a fact."""
        together = self._together(index)
        end = index + len(together)
        last = together[-1]
        if end < len(self.facts) and self.is_ended_by_caller(end):
            return isinstance(last, NodeLeft) and last.outcome == HUNG_UP
        return False

    def is_ended_by_caller(self, index: int) -> bool:
        """Return whether a fact is the end of the call, by the caller."""
        fact = self.facts[index]
        return isinstance(fact, CallEnded) and fact.reason in _BY_CALLER

    def is_ended_from_outside(self, index: int) -> bool:
        """Return whether a fact is the end of the call, by neither the caller nor the flow."""
        fact = self.facts[index]
        return isinstance(fact, CallEnded) and fact.reason not in _BY_CALLER | _BY_FLOW

    def _together(self, index: int) -> list[CallEvent]:
        """Return the facts from one on that bear the same moment: they have the same cause."""
        at_us = self.facts[index].at_us
        together: list[CallEvent] = []
        for fact in self.facts[index:]:
            if fact.at_us != at_us:
                break
            together.append(fact)
        return together


def told_of(effect: Effect, at_us: int) -> CallEvent | None:
    """Return what the record would say of an effect."""
    match effect:
        case Note(event):
            return None if isinstance(event, _BY_PLATFORM) else event
        case Answer():
            return CallAnswered(at_us)
        case StartRecording():
            return RecordingStarted(
                at_us=at_us,
                recording_id="",
                node=effect.node,
                storage_key=effect.storage_key,
                path="",
                storage_period=effect.storage_period,
                transcribe=effect.transcribe,
                language=effect.language,
            )
        case HangUp(reason, detail):
            return CallEnded(at_us, reason, None, detail)
        case Refuse(sip_code, detail):
            return CallEnded(at_us, EndReason.REJECTED, sip_code, detail)
        case _:
            return None


_NOT_COMPARED: Final[dict[type, tuple[str, ...]]] = {
    ApplicationStarted: ("version_id",),
    CallAnswered: ("at_us",),
    CallEnded: ("at_us", "detail"),
    PromptStarted: ("summary",),
    RecordingStarted: ("at_us", "recording_id", "path"),
}


def agree(recorded: CallEvent, told: CallEvent) -> bool:
    """Return whether a fact came about again; a masked key stands for any."""
    if recorded == told:
        return True
    if type(recorded) is not type(told):
        return False
    if isinstance(recorded, DigitReceived) and recorded.digit == MASKED:
        return replace(told, digit=MASKED) == recorded
    names = _NOT_COMPARED.get(type(recorded), ())
    return replace(told, **{name: getattr(recorded, name) for name in names}) == recorded
