"""Plays a flow against a text table on virtual time.

    at   | in              | out
    0    | Started         | Answer, Say For sales press 1.
    2.1  | Digit 9         | Stop, Say For sales press 1.

Rows that only a caller, a callee or a failure can cause are inputs: `Digit 9`, `Fell silent`,
`Picked up`, `Dial busy` (`answered` when they have talked, `no answer`, `failed`),
`Webhook {"NextNode": 2}` (what a webhook answers; `Webhook failed`), `Stream ended` (`dropped`,
`failed`), `Hung up`, `Failed no such file`. The rest, ends of prompts, timers and recordings,
follows by itself. `play` returns every row that came about, so a scenario holds when it returns the
table it was given.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from dillo.behavior.durations import BEEP_S
from dillo.behavior.effects import (
    Answer,
    CallWebhook,
    CancelTimer,
    CloseStream,
    Connect,
    Dial,
    Effect,
    HangUp,
    Note,
    OpenStream,
    PlayPrompt,
    Refuse,
    StartRecording,
    StartTimer,
    StopDialing,
    StopPrompt,
    StopRecording,
    StopWebhook,
)
from dillo.behavior.events import (
    ActionFailed,
    DialAnswered,
    DialEnded,
    DigitPressed,
    Event,
    HungUp,
    PromptFinished,
    RecordingEnded,
    Started,
    StreamEnded,
    TimerFired,
    WebhookAnswered,
    WebhookFailed,
)
from dillo.behavior.interpreter import step
from dillo.behavior.machine import State
from dillo.behavior.reader import KEYS
from dillo.behavior.webhook_answer import InvalidAnswer, read_answer
from dillo.model.errors import PeerError
from dillo.model.events import CallEvent, LegStatus, StreamStatus
from dillo.model.prompts import Audio, Beep, Prompt, RingingTone, Silence, Speech

MAX_EVENTS: Final = 10_000
_SECOND: Final = 1_000_000


class InvalidScenario(PeerError):
    """The text is no scenario table."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came in at a moment, in microseconds from the start, and what went out."""

    at_us: int
    happening: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.at_us / _SECOND:<6g} | {self.happening:<16} | {self.outcome}".rstrip()


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario as it came about: its rows, and the facts that were noted."""

    rows: tuple[Row, ...]
    facts: tuple[CallEvent, ...]


def parse(table: str) -> tuple[Row, ...]:
    """Read a table, its heading included. Raises InvalidScenario naming the line."""
    lines = [line for line in table.splitlines() if line.strip()]
    rows = tuple(_parse_row(line) for line in lines[1:])
    for earlier, later in pairwise(rows):
        if later.at_us < earlier.at_us:
            raise InvalidScenario(f"{later.happening!r} comes before the row above it")
    return rows


def _parse_row(line: str) -> Row:
    cells = [cell.strip() for cell in line.split("|", 2)]
    try:
        at_s, happening, outcome = float(cells[0]), cells[1], "".join(cells[2:])
    except (ValueError, IndexError) as error:
        raise InvalidScenario(f"{line!r} is no row: time | in | out is expected") from error
    name, _, argument = happening.partition(" ")
    if happening not in _AUTOMATIC and name not in _INPUTS:
        raise InvalidScenario(f"{happening!r} is unknown: one of {', '.join(_KNOWN)} is expected")
    if name == "Digit" and (len(argument) != 1 or argument not in KEYS):
        raise InvalidScenario(f"{happening!r} is wrong: one of the keys {KEYS} is expected")
    outcomes = _OUTCOMES.get(name)
    if outcomes is not None and argument not in outcomes:
        raise InvalidScenario(f"{happening!r} is wrong: {name} {' or '.join(outcomes)} is expected")
    return Row(round(at_s * _SECOND), happening, outcome)


def usual_duration(prompt: Prompt) -> float:
    """Return how many seconds a prompt lasts: 2 for speech and files, whatever they hold."""
    match prompt:
        case Silence(duration_ms):
            return duration_ms / 1000
        case Beep():
            return BEEP_S
        case _:
            return 2


def play(
    state: State,
    table: str,
    *,
    starts_us: int = 0,
    duration: Callable[[Prompt], float] = usual_duration,
    most_rows: int = MAX_EVENTS,
) -> Played:
    """Play a flow from its beginning, with the inputs of a table, until the call is over.

    `starts_us` is the moment of time 0, UTC microseconds since the epoch; `duration` gives the
    seconds that a prompt lasts. No more than `most_rows` follow by themselves.
    """
    world = _World(state, starts_us, duration, most_rows)
    inputs = [row for row in parse(table) if row.happening not in _AUTOMATIC]
    for row in inputs:
        world.run_until(row.at_us)
        name, _, argument = row.happening.partition(" ")
        world.happen(row.happening, _INPUTS[name](starts_us + row.at_us, argument), row.at_us)
    world.run_until(None)
    return Played(tuple(world.rows), tuple(world.facts))


_DIALS: Final = {
    "answered": LegStatus.ANSWERED,
    "no answer": LegStatus.NO_ANSWER,
    "busy": LegStatus.BUSY,
    "failed": LegStatus.FAILED,
}
_STREAMS: Final = {
    "ended": StreamStatus.ENDED,
    "dropped": StreamStatus.DROPPED,
    "failed": StreamStatus.FAILED,
}
_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {"Dial": tuple(_DIALS), "Stream": tuple(_STREAMS)}


def _webhook(at_us: int, answer: str) -> Event:
    """Return what a platform makes of a webhook's answer."""
    if answer == "failed":
        return WebhookFailed(at_us, "no answer")
    try:
        return WebhookAnswered(at_us, read_answer(answer))
    except InvalidAnswer as error:
        return WebhookFailed(at_us, str(error))


_INPUTS: Final[dict[str, Callable[[int, str], Event]]] = {
    "Started": lambda at_us, _: Started(at_us),
    "Digit": DigitPressed,
    "Fell": lambda at_us, _: RecordingEnded(at_us, 1000, "silence"),
    "Picked": lambda at_us, _: DialAnswered(at_us, "leg"),
    "Dial": lambda at_us, argument: DialEnded(at_us, _DIALS[argument]),
    "Webhook": _webhook,
    "Stream": lambda at_us, argument: StreamEnded(at_us, _STREAMS[argument], argument),
    "Hung": lambda at_us, _: HungUp(at_us),
    "Failed": ActionFailed,
}

_PROMPT = "Prompt finished"
_TIMER = "Timer fired"
_RECORDING = "Recording full"
_STOPPED = "Recording done"
_AUTOMATIC = (_PROMPT, _TIMER, _RECORDING, _STOPPED)
_KNOWN = (
    "Started",
    "Digit 1",
    "Fell silent",
    "Hung up",
    "Picked up",
    "Dial busy",
    "Webhook {…}",
    "Stream ended",
    "Failed …",
    *_AUTOMATIC,
)


@dataclass(slots=True)
class _World:
    """The virtual surroundings of a flow: what is going on, and when it will be over."""

    state: State
    starts_us: int
    duration: Callable[[Prompt], float]
    most_rows: int
    now_us: int = 0
    due: dict[str, tuple[int, Event]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    facts: list[CallEvent] = field(default_factory=list)
    is_over: bool = False

    def run_until(self, moment_us: int | None) -> None:
        """Let everything happen that is due by a moment; all of it where there is none."""
        for happening, at_us, event in self._falling_due(moment_us):
            self.happen(happening, event, at_us)

    def _falling_due(self, moment_us: int | None) -> Iterator[tuple[str, int, Event]]:
        while self.due and not self.is_over and len(self.rows) < self.most_rows:
            happening = min(self.due, key=lambda name: self.due[name][0])
            at_us, event = self.due[happening]
            if moment_us is not None and at_us > moment_us:
                return
            del self.due[happening]
            yield happening, at_us, event

    def happen(self, happening: str, event: Event, at_us: int) -> None:
        """Give the flow an event and do what it asks for."""
        if self.is_over:
            return
        self.now_us = at_us
        if isinstance(event, RecordingEnded):
            self.due.pop(_RECORDING, None)
        self.is_over = isinstance(event, HungUp)
        self.state, effects = step(self.state, event)
        words = [word for effect in effects if (word := self._perform(effect))]
        self.rows.append(Row(at_us, happening, ", ".join(words)))

    def _later(self, happening: str, seconds: float, event: Callable[[int], Event]) -> None:
        at_us = self.now_us + round(seconds * _SECOND)
        self.due[happening] = (at_us, event(self.starts_us + at_us))

    def _perform(self, effect: Effect) -> str:
        """Do what an effect asks for; returns how a row says it, empty for what it leaves out."""
        match effect:
            case PlayPrompt(prompts, loop):
                return self._play(prompts, loop)
            case StartTimer(name, seconds):
                self._later(_TIMER, seconds, lambda at_us: TimerFired(at_us, name))
                return f"Wait {seconds:g} s"
            case StartRecording():
                return self._record(effect.max_length_s)
            case StopRecording(ended_by):
                self._stop_recording(ended_by)
                return f"Stop recording ({ended_by})"
            case StopPrompt():
                self.due.pop(_PROMPT, None)
                return "Stop"
            case CancelTimer():
                self.due.pop(_TIMER, None)
                return ""
            case Dial() | Connect() | StopDialing():
                return _dialing(effect)
            case CallWebhook(method=method, url=url):
                return f"{method} {url}"
            case StopWebhook():
                return "Stop waiting"
            case OpenStream(url=url):
                return f"Stream {url}"
            case CloseStream():
                return "Close stream"
            case Note(fact):
                self.facts.append(fact)
                return ""
            case Answer() | Refuse() | HangUp():
                return self._signal(effect)

    def _play(self, prompts: tuple[Prompt, ...], loop: int) -> str:
        self.due.pop(_PROMPT, None)
        if loop:
            self._later(_PROMPT, loop * sum(map(self.duration, prompts)), PromptFinished)
        times = "" if loop == 1 else f" x {loop or 'ever'}"
        return " + ".join(map(_described, prompts)) + times

    def _record(self, longest_s: float) -> str:
        def ended(at_us: int) -> Event:
            return RecordingEnded(at_us, round(longest_s * 1000), "max-length")

        self._later(_RECORDING, longest_s, ended)
        return f"Record {longest_s:g} s"

    def _stop_recording(self, ended_by: str) -> None:
        self.due.pop(_RECORDING, None)
        self._later(_STOPPED, 0, lambda at_us: RecordingEnded(at_us, 1000, ended_by))

    def _signal(self, effect: Answer | Refuse | HangUp) -> str:
        match effect:
            case Answer():
                return "Answer"
            case Refuse(sip_code):
                self.is_over = True
                return f"Refuse {sip_code}"
            case HangUp(reason):
                self.is_over = True
                return f"Hang up {reason}"


def _dialing(effect: Dial | Connect | StopDialing) -> str:
    match effect:
        case Dial(to=to, is_sequential=is_sequential):
            return "Dial " + (" then " if is_sequential else " and ").join(to)
        case Connect():
            return "Connect"
        case StopDialing():
            return "Stop dialing"


def _described(prompt: Prompt) -> str:
    match prompt:
        case Speech(text):
            return f"Say {' '.join(text.splitlines())}"
        case Audio():
            return f"Play {prompt}"
        case Beep():
            return "Beep"
        case RingingTone():
            return "Ring"
        case Silence(duration_ms):
            return f"Silence {duration_ms / 1000:g} s"
