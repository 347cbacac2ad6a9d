"""Makes the record of a call as a call session writes it, on virtual time."""

import heapq
from dataclasses import dataclass, field
from random import Random

from dillo.behavior import Behavior, begin, step
from dillo.behavior.effects import (
    Answer,
    CancelTimer,
    Effect,
    HangUp,
    Note,
    PlayPrompt,
    Refuse,
    StartRecording,
    StartTimer,
    StopPrompt,
    StopRecording,
)
from dillo.behavior.events import (
    DigitPressed,
    Event,
    HungUp,
    PromptFinished,
    RecordingEnded,
    Started,
    TimerFired,
)
from dillo.behavior.machine import State
from dillo.behavior.scenario import usual_duration
from dillo.model.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    MediaMeasured,
    RecordingFinished,
    RecordingStarted,
)

SECOND = 1_000_000
LONGEST_S = 200


@dataclass
class PastCall:
    """A call that takes place at once: what it is given happens at its time, the rest by itself."""

    random: Random
    primary: Behavior | None
    fallback: Behavior | None = None
    late_us: int = 50_000
    """The platform takes up to so long for anything."""
    now_us: int = 1_767_614_400_000_000
    record: list[CallEvent] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self._queue: list[tuple[int, int, str, Event | EndReason]] = []
        self._serial = 0
        self._recordings = 0
        self._is_answered = False
        self.state: State = begin("+447700900123", "+442079460000", self.primary, self.fallback)
        self.record.append(
            CallReceived(
                self.now_us, "c", "n", "u", "i", "+442079460000", "local", "+447700900123", "EUR"
            )
        )
        self.later("in", 0, Started(0))
        self.later("in", LONGEST_S, EndReason.LIMIT_REACHED)

    def later(self, name: str, seconds: float, event: Event | EndReason) -> None:
        """Let something happen, a little late; under a name by which it can be forgotten."""
        at_us = self.now_us + round(seconds * SECOND) + self.random.randint(1, self.late_us)
        self._serial += 1
        heapq.heappush(self._queue, (at_us, self._serial, name, event))

    def press(self, digits: str, every_s: float) -> None:
        """Let the caller press keys."""
        for index, digit in enumerate(digits, 1):
            self.later("in", index * every_s, DigitPressed(0, digit))

    def run(self) -> list[CallEvent]:
        """Return the record of the call."""
        while self._queue and not self.is_over:
            at_us, _, _, event = heapq.heappop(self._queue)
            self.now_us = max(self.now_us + 1, at_us)
            if isinstance(event, EndReason):
                self._end(event)
            else:
                self._take(event)
        if not self.is_over:
            self._end(EndReason.LIMIT_REACHED)
        return self.record

    def _take(self, event: Event) -> None:
        now = type(event)
        fields = {name: getattr(event, name) for name in event.__slots__ if name != "at_us"}
        if isinstance(event, RecordingEnded):
            self._finish_recording(event)
        self.state, effects = step(self.state, now(at_us=self.now_us, **fields))
        for effect in effects:
            self._perform(effect)
        if isinstance(event, HungUp):
            self._end(EndReason.CALLER_HUNG_UP if self._is_answered else EndReason.ABANDONED)

    def _finish_recording(self, event: RecordingEnded) -> None:
        self._forget("recording")
        self.record.append(
            RecordingFinished(
                self.now_us, str(self._recordings), event.duration_ms, 9, event.ended_by
            )
        )
        self.now_us += 7

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Note(fact):
                self.record.append(fact)
            case Answer():
                self._is_answered = True
                self.record.append(CallAnswered(self.now_us + 3))
            case PlayPrompt(prompts, loop):
                self._forget("prompt")
                if loop:
                    seconds = loop * sum(map(usual_duration, prompts))
                    self.later("prompt", seconds, PromptFinished(0))
            case StopPrompt():
                self._forget("prompt")
            case StartTimer(name, seconds):
                self._forget("timer")
                self.later("timer", seconds, TimerFired(0, name))
            case CancelTimer():
                self._forget("timer")
            case StartRecording():
                self._start_recording(effect)
            case StopRecording(ended_by):
                self._forget("recording")
                self.later("recording", 0, RecordingEnded(0, 1000, ended_by))
            case Refuse(sip_code, detail):
                self._end(EndReason.REJECTED, sip_code, detail)
            case HangUp(reason, detail):
                self._end(reason, None, detail)

    def _start_recording(self, wanted: StartRecording) -> None:
        self._recordings += 1
        fact = RecordingStarted(
            at_us=self.now_us + 5,
            recording_id=str(self._recordings),
            node=wanted.node,
            storage_key=wanted.storage_key,
            path="a/b.wav",
            storage_period=wanted.storage_period,
            transcribe=wanted.transcribe,
            language=wanted.language,
        )
        self.record.append(fact)
        longest_s = wanted.max_length_s
        if self.random.random() < 0.5 and wanted.silence_timeout_s and longest_s > 7:
            self.later("recording", 7, RecordingEnded(0, 7000, "silence"))
        else:
            full = RecordingEnded(0, round(longest_s * 1000), "max-length")
            self.later("recording", longest_s, full)

    def _forget(self, name: str) -> None:
        self._queue = [each for each in self._queue if each[2] != name]
        heapq.heapify(self._queue)

    def _end(self, reason: EndReason, sip_code: int | None = None, detail: str = "") -> None:
        if self.is_over:
            return
        self.is_over = True
        self.record.append(MediaMeasured(self.now_us + 1000, 1, 0, 1, 0, 0.0, None))
        self.record.append(CallEnded(self.now_us + 2000, reason, sip_code, detail))
