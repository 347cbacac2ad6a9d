"""Feeds a past call to a behavior again, and tells where the two part.

The record of a call holds what came of its inputs, and most inputs can be told from that: keys,
ends of prompts and recordings, failures, the caller's hanging up. What leaves no trace is followed
on virtual time: a timer fires as long after its StartTimer as it says, a beep or a pause lasts as
long as it lasts, both give or take what a busy platform needs. Where the record allows for more
than one course, all of them are tried until one explains it to the end. Sensitive keys, which the
record shows as `?`, are taken for any digits, for a finishing key, or for a text that a Switch
asks for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dillo.behavior.conditions.values import ValueIs
from dillo.behavior.durations import BEEP_S
from dillo.behavior.effects import (
    Answer,
    CancelTimer,
    Effect,
    PlayPrompt,
    StartTimer,
    StopPrompt,
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
    WebhookAnswer,
    WebhookAnswered,
    WebhookFailed,
)
from dillo.behavior.interpreter import begin, step
from dillo.behavior.machine import Behavior, Phase, State, Status
from dillo.behavior.nodes.collect import Collect
from dillo.behavior.nodes.switch import Switch
from dillo.behavior.recorded import MASKED, Recorded, agree, told_of
from dillo.behavior.webhook_answer import read_answer
from dillo.model.errors import MisuseError
from dillo.model.events import (
    CallEnded,
    CallEvent,
    CallReceived,
    DigitReceived,
    LegStatus,
    NodeLeft,
    PromptEnded,
    PromptStarted,
    RecordingFinished,
    WebhookReplied,
    WebhookUnanswered,
)
from dillo.model.prompts import Beep, Prompt, Silence

EARLY_US: Final = 250_000
"""How much too early something may seem: the wall clock is not the timers' clock."""
LATE_US: Final = 2_000_000
"""How late the platform may be without the flow being another one."""
ANSWERING_US: Final = 32_000_000
"""How long an answer may take: the caller's ACK is awaited for 64*T1 (RFC 3261 §13.3.1.4)."""


_DIAL_STATUSES: Final = {
    "answered": LegStatus.ANSWERED,
    "no answer": LegStatus.NO_ANSWER,
    "busy": LegStatus.BUSY,
    "failed": LegStatus.FAILED,
}
"""How a Dial ended, by the outcome that its node notes."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a call and its replay stop being the same."""

    recorded: CallEvent
    replayed: CallEvent | None
    """What comes instead; None where nothing does, and the flow still waits."""
    node: str | None
    """The node at which the replayed flow is."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How a replay went."""

    facts: tuple[CallEvent, ...]
    """What came about again, as the replayed version words it."""
    reworded: tuple[tuple[PromptStarted, PromptStarted], ...]
    """Prompts that say something else now, recorded and replayed; they are no parting."""
    parting: Parting | None
    is_masked: bool
    """Whether the call has sensitive keys, which had to be guessed."""


def replay(
    events: Iterable[CallEvent], primary: Behavior | None, fallback: Behavior | None = None
) -> Replay:
    """Feed the events of a call, from CallReceived on, to applications.

    An application that the number had none of is None. Raises MisuseError for other events.
    """
    received, *others = events
    if not isinstance(received, CallReceived):
        raise MisuseError(f"the record of a call begins with CallReceived, not with {received}")
    search = _Search(Recorded.of(others), _compared_texts(primary, fallback))
    return search.run(begin(received.caller, received.number, primary, fallback))


def _compared_texts(*behaviors: Behavior | None) -> frozenset[str]:
    """Return the texts that Switches compare values with."""
    nodes = [node for behavior in behaviors if behavior for node in behavior.nodes.values()]
    cases = [case for node in nodes if isinstance(node, Switch) for case in node.cases]
    conditions = [condition for case in cases for condition in case.conditions]
    asking = [condition for condition in conditions if isinstance(condition, ValueIs)]
    return frozenset(text for condition in asking for text in condition.texts)


@dataclass(frozen=True, slots=True)
class _Due:
    """Something that happens by itself, and that the record need not show."""

    at_us: int
    latest_us: int
    timer: str | None
    """None where it is the end of a beep or a silence."""

    def event(self, at_us: int) -> Event:
        return PromptFinished(at_us) if self.timer is None else TimerFired(at_us, self.timer)


@dataclass(frozen=True, slots=True)
class _Course:
    """One way in which the call may have gone so far."""

    state: State
    cursor: int = 0
    """How many recorded facts it explains."""
    due: _Due | None = None
    told: tuple[CallEvent, ...] = ()
    """The facts of its last step."""
    before: "_Course | None" = None

    def key(self) -> object:
        """Return what two courses have in common that can only go on alike."""
        state, scope = self.state, self.state.scope
        node = state.node.number if state.node else None
        values = (*scope.digits.items(), *scope.variables.items())
        return self.cursor, state.status, state.role, node, state.place, self.due, values

    def facts(self) -> tuple[CallEvent, ...]:
        """Return the facts of all its steps."""
        steps: list[tuple[CallEvent, ...]] = []
        course: _Course | None = self
        while course is not None:
            steps.append(course.told)
            course = course.before
        return tuple(fact for told in reversed(steps) for fact in told)


class _Search:
    """Follows every course that explains the record, likely ones first, until one explains all."""

    def __init__(self, recorded: Recorded, texts: frozenset[str]) -> None:
        self._recorded = recorded
        self._texts = texts
        self._furthest = _Course(begin("", "", None))
        self._parting: Parting | None = None

    def run(self, state: State) -> Replay:
        """Return the course that explains most."""
        facts = self._recorded.facts
        courses = [_Course(state)]
        seen: set[object] = set()
        while courses:
            course = courses.pop()
            if course.cursor >= len(facts):
                return self._result(course, None)
            if course.key() in seen:
                continue
            seen.add(course.key())
            self._note_parting(course, None)
            following = [*self._explaining(course), *self._silent(course)]
            courses += reversed(following)
        return self._result(self._furthest, self._parting)

    def _result(self, course: _Course, parting: Parting | None) -> Replay:
        told = course.facts()
        pairs = zip(self._recorded.facts, told, strict=False)
        reworded = tuple(
            (old, new)
            for old, new in pairs
            if isinstance(old, PromptStarted) and isinstance(new, PromptStarted) and old != new
        )
        return Replay(told, reworded, parting, self._recorded.is_masked)

    def _note_parting(self, course: _Course, told: CallEvent | None) -> None:
        """Keep the parting that comes last, and rather one at which something happens instead."""
        best = self._parting
        is_further = best is None or course.cursor > self._furthest.cursor
        is_clearer = course.cursor == self._furthest.cursor and told and best and not best.replayed
        if is_further or is_clearer:
            node = course.state.node.number if course.state.node else None
            self._furthest = course
            self._parting = Parting(self._recorded.facts[course.cursor], told, node)

    def _explaining(self, course: _Course) -> Iterator[_Course]:
        """Go on with the inputs that may have led to the next recorded fact."""
        if self._may_end(course):
            end = self._recorded.facts[course.cursor]
            yield _Course(course.state, course.cursor + 1, None, (end,), course)
            return
        for event in self._inputs(course):
            following = self._follow(course, event)
            if following is not None:
                yield following

    def _silent(self, course: _Course) -> Iterator[_Course]:
        """Go on with a timer or a tone that ended before the next fact, and left no trace."""
        due = course.due
        if due is None or due.at_us - EARLY_US > self._recorded.facts[course.cursor].at_us:
            return
        event = due.event(due.at_us)
        state, effects = step(course.state, event)
        if not any(told_of(effect, event.at_us) for effect in effects):
            yield _Course(state, course.cursor, _due(effects, event.at_us, None), (), course)

    def _may_end(self, course: _Course) -> bool:
        """Return whether the call ends here, and not by the flow's doing."""
        recorded, status = self._recorded, course.state.status
        fact = recorded.facts[course.cursor]
        if not isinstance(fact, CallEnded):
            return False
        if recorded.is_ended_by_caller(course.cursor):
            return status is not Status.RUNNING
        return recorded.is_ended_from_outside(course.cursor) or status is Status.READY

    def _inputs(self, course: _Course) -> Iterator[Event]:
        fact = self._recorded.facts[course.cursor]
        if course.state.status is Status.READY:
            yield Started(fact.at_us)
            return
        if course.due is not None and course.due.at_us - EARLY_US <= fact.at_us:
            yield from self._due_inputs(course.due, fact)
        if course.due is None or fact.at_us <= course.due.latest_us:
            yield from self._outer_inputs(course, fact)

    def _due_inputs(self, due: _Due, fact: CallEvent) -> Iterator[Event]:
        if fact.at_us <= due.latest_us and not isinstance(fact, DigitReceived):
            yield due.event(fact.at_us)

    def _outer_inputs(self, course: _Course, fact: CallEvent) -> Iterator[Event]:
        """Return the inputs of the caller and the platform that a fact may come from."""
        at_us, cursor = fact.at_us, course.cursor
        if isinstance(fact, DigitReceived):
            for digit in self._digits(course.state, fact.digit):
                yield DigitPressed(at_us, digit, fact.via)
            return
        is_prompt_end = isinstance(fact, PromptEnded) and not fact.interrupted
        if is_prompt_end or course.state.status is Status.APOLOGISING:
            yield PromptFinished(at_us)
        finished = self._recorded.finished[cursor]
        if finished is not None and _fits(course.state, finished):
            yield RecordingEnded(at_us, finished.duration_ms, finished.ended_by)
        yield from self._dial_inputs(course, fact)
        if course.state.place.phase is Phase.REQUESTING:
            yield from _webhook_inputs(fact)
        stream = self._recorded.streams[cursor]
        if stream is not None and course.state.place.phase is Phase.STREAMING:
            yield StreamEnded(at_us, stream.status, stream.detail)
        elif failure := self._recorded.failure_at(cursor):
            yield ActionFailed(at_us, failure.detail)
        if self._recorded.is_hang_up_at(cursor):
            yield HungUp(at_us)

    def _dial_inputs(self, course: _Course, fact: CallEvent) -> Iterator[Event]:
        """Let a Dial fare as it did, whomever it rings now."""
        phase = course.state.place.phase
        if phase is Phase.DIALING and (connected := self._recorded.connected_at(course.cursor)):
            yield DialAnswered(connected.at_us, connected.leg_id)
        elif phase in (Phase.DIALING, Phase.TALKING) and isinstance(fact, NodeLeft):
            status = _DIAL_STATUSES.get(fact.outcome)
            yield from () if status is None else (DialEnded(fact.at_us, status),)

    def _digits(self, state: State, shown: str) -> tuple[str, ...]:
        """Return the keys that the record may mean."""
        node = state.node
        if shown != MASKED or not isinstance(node, Collect):
            return (shown,)
        pressed = state.place.digits
        asked = {
            text[len(pressed)]
            for text in self._texts
            if len(text) > len(pressed) and text.startswith(pressed)
        }
        return (MASKED, *sorted(asked - {*node.finish_keys, MASKED}), *node.finish_keys[:1])

    def _follow(self, course: _Course, event: Event) -> _Course | None:
        """Take a step; None where it does not lead to the recorded facts."""
        state, effects = step(course.state, event)
        told = [fact for effect in effects if (fact := told_of(effect, event.at_us))]
        matching = self._matching(course.cursor, told)
        cursor = course.cursor + len(matching)
        due = None if isinstance(event, PromptFinished | TimerFired) else course.due
        following = _Course(state, cursor, _due(effects, event.at_us, due), matching, course)
        if len(matching) == len(told) and told:
            return following
        if cursor < len(self._recorded.facts) and told:
            if self._is_cut(cursor):
                return following
            self._note_parting(following, told[len(matching)])
        return None

    def _matching(self, cursor: int, told: list[CallEvent]) -> tuple[CallEvent, ...]:
        matching: list[CallEvent] = []
        for recorded, fact in zip(self._recorded.facts[cursor:], told, strict=False):
            if not agree(recorded, fact):
                break
            matching.append(fact)
        return tuple(matching)

    def _is_cut(self, cursor: int) -> bool:
        """Return whether the platform broke off before it had done all that the flow asked."""
        recorded = self._recorded
        return recorded.is_ended_from_outside(cursor) or recorded.failure_at(cursor) is not None


def _webhook_inputs(fact: CallEvent) -> Iterator[Event]:
    """Let a webhook answer what it did."""
    match fact:
        case WebhookReplied(at_us, _, _, _, str(behavior)):
            yield WebhookAnswered(at_us, read_answer(behavior))
        case WebhookReplied(at_us, _, variables, next_node):
            yield WebhookAnswered(at_us, WebhookAnswer(variables, next_node))
        case WebhookUnanswered(at_us, _, detail):
            yield WebhookFailed(at_us, detail)
        case _:
            pass


def _due(effects: tuple[Effect, ...], at_us: int, due: _Due | None) -> _Due | None:
    """Return what is due after a step; `due` was before it."""
    latest_us = LATE_US
    for effect in effects:
        match effect:
            case Answer():
                latest_us += ANSWERING_US
            case StartTimer(name, seconds):
                end_us = at_us + round(seconds * 1_000_000)
                due = _Due(end_us, end_us + latest_us, name)
            case PlayPrompt(prompts):
                length_us = _known_us(prompts)
                end_us = at_us + (length_us or 0)
                due = None if length_us is None else _Due(end_us, end_us + latest_us, None)
            case StopPrompt() | CancelTimer():
                due = None
            case _:
                pass
    return due


def _known_us(prompts: tuple[Prompt, ...]) -> int | None:
    """Return how long tones last, None where there are other prompts among them."""
    total_us = 0
    for prompt in prompts:
        match prompt:
            case Beep():
                total_us += round(BEEP_S * 1_000_000)
            case Silence(duration_ms):
                total_us += duration_ms * 1000
            case _:
                return None
    return total_us


def _fits(state: State, finished: RecordingFinished) -> bool:
    """Return whether the recording that this flow is making would have ended so."""
    wanted = state.node.records() if state.node else None
    if wanted is None or state.place.phase not in (Phase.RECORDING, Phase.STOPPING):
        return False
    longest_ms = wanted.max_length_s * 1000
    match finished.ended_by:
        case "max-length":
            return abs(finished.duration_ms - longest_ms) <= LATE_US / 1000
        case "key":
            return state.place.phase is Phase.STOPPING
        case "silence":
            return wanted.silence_timeout_s is not None and finished.duration_ms <= longest_ms
        case _:
            return False
