"""Folds the events of a call into its record."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dillo.model.errors import MisuseError
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallAnswered,
    CallbackWanted,
    CallEnded,
    CallEvent,
    CallReceived,
    DigitReceived,
    DigitsCollected,
    EndReason,
    LegAnswered,
    LegConnected,
    LegDialed,
    LegEnded,
    LegStatus,
    MediaMeasured,
    NodeEntered,
    NodeLeft,
    PromptEnded,
    PromptStarted,
    RecordingFinished,
    RecordingStarted,
    Role,
    StreamEnded,
    StreamStarted,
    VariableSet,
    Warned,
    WebhookReplied,
    WebhookUnanswered,
)
from dillo.model.periods import StoragePeriod
from dillo.records.quality import Quality
from dillo.records.record import (
    CallRecord,
    CollectedDigits,
    DialAction,
    Execution,
    Failure,
    Recording,
    Replacement,
    StreamVisit,
    span_ms,
)

CALL_ENDED = "call ended"
"""The outcome of a node that the call ended in."""


class BrokenJournal(MisuseError):
    """The events are not those of one call from its beginning."""


def fold(events: Sequence[CallEvent]) -> CallRecord:
    """Return the record of a call from its events, CallReceived first.

    What a crash cut off is closed with what is known: a call without CallEnded ends as Interrupted
    at its last event; a node that was not left, a recording that was not finished and a leg that
    was not hung up end with the call. Raises BrokenJournal where CallReceived is missing or comes
    again for another call, and InvalidStoragePeriod for a recording whose period no published
    application can hold.
    """
    if not events or not isinstance(events[0], CallReceived):
        found = type(events[0]).__name__ if events else "nothing"
        raise BrokenJournal(f"a call begins with CallReceived, not with {found}")
    draft = _Draft(events[0])
    for event in events:
        _APPLY[type(event)](draft, event)
    return draft.record(last_us=max(event.at_us for event in events))


class _Draft:
    """A record in the making."""

    def __init__(self, received: CallReceived) -> None:
        self.received = received
        self.answered_us: int | None = None
        self.ended: CallEnded | None = None
        self.role = Role.PRIMARY
        self.applications: list[tuple[Role, str]] = []
        self.executions: list[Execution] = []
        self.entered: dict[str, int] = {}
        """Index into `executions` of the last visit to each node."""
        self.recordings: dict[str, tuple[RecordingStarted, RecordingFinished | None]] = {}
        self.collected: list[CollectedDigits] = []
        self.dials: dict[str, DialAction] = {}
        self.replacements: list[Replacement] = []
        self.callbacks: dict[tuple[str, str], None] = {}
        self.failures: list[Failure] = []
        self.warnings: list[str] = []
        self.quality: Quality | None = None

    def received_again(self, event: CallReceived) -> None:
        if event.call_id != self.received.call_id:
            raise BrokenJournal(f"{event.call_id} among the events of {self.received.call_id}")

    def answer(self, event: CallAnswered) -> None:
        if self.answered_us is None:
            self.answered_us = event.at_us

    def start_application(self, event: ApplicationStarted) -> None:
        self.role = event.role
        self.applications.append((event.role, event.version_id))
        self.entered.clear()

    def fail_application(self, event: ApplicationFailed) -> None:
        self.failures.append(Failure(event.role, event.node, event.detail))

    def enter_node(self, event: NodeEntered) -> None:
        self.entered[event.node] = len(self.executions)
        # `left_us` is 0 while the flow is in the node.
        execution = Execution(
            self.role, event.node, event.action_type, event.at_us, 0, CALL_ENDED, None
        )
        self.executions.append(execution)

    def leave_node(self, event: NodeLeft) -> None:
        self.amend(
            event.node, left_us=event.at_us, outcome=event.outcome, next_node=event.next_node
        )

    def collect_digits(self, event: DigitsCollected) -> None:
        self.amend(event.node, digits=event.digits)
        collected = CollectedDigits(
            event.node,
            event.action_type,
            event.storage_key,
            event.digits,
            event.is_success,
            event.at_us,
        )
        self.collected.append(collected)

    def set_variable(self, event: VariableSet) -> None:
        self.amend(event.node, variables=((event.name, event.value),))

    def start_recording(self, event: RecordingStarted) -> None:
        self.amend(event.node, recording_id=event.recording_id)
        self.recordings[event.recording_id] = (event, None)

    def finish_recording(self, event: RecordingFinished) -> None:
        started = self.recordings.get(event.recording_id)
        if started is None:
            self.warnings.append(f"recording {event.recording_id} finished without having begun")
        else:
            self.recordings[event.recording_id] = (started[0], event)

    def dial_leg(self, event: LegDialed) -> None:
        self.dials[event.leg_id] = DialAction(
            leg_id=event.leg_id,
            node=event.node,
            telephone_number=event.telephone_number,
            status=LegStatus.CANCELED,
            sip_code=None,
            created_us=event.at_us,
            answered_us=None,
            hung_up_us=None,
            caller=event.caller,
        )

    def answer_leg(self, event: LegAnswered) -> None:
        self.amend_leg(
            event.leg_id, status=LegStatus.ANSWERED, sip_code=200, answered_us=event.at_us
        )

    def end_leg(self, event: LegEnded) -> None:
        self.amend_leg(
            event.leg_id, status=event.status, sip_code=event.sip_code, hung_up_us=event.at_us
        )

    def take_reply(self, event: WebhookReplied) -> None:
        self.amend(event.node, variables=tuple(event.variables.items()))
        if event.behavior is not None:
            replacement = Replacement(self.role, event.behavior, len(self.executions))
            self.replacements.append(replacement)

    def miss_reply(self, event: WebhookUnanswered) -> None:
        self.warnings.append(f"node {event.node}: webhook: {event.detail}")

    def start_stream(self, event: StreamStarted) -> None:
        self.amend(event.node, stream=StreamVisit(event.stream_id, event.at_us))

    def end_stream(self, event: StreamEnded) -> None:
        index = self.entered.get(event.node)
        begun = self.executions[index].stream if index is not None else None
        stream = begun or StreamVisit(event.stream_id)
        self.amend(
            event.node,
            stream=replace(
                stream,
                status=event.status,
                detail=event.detail,
                ended_us=event.at_us,
                counts=event.counts,
            ),
        )

    def want_callback(self, event: CallbackWanted) -> None:
        self.callbacks[event.url, event.method] = None

    def warn(self, event: Warned) -> None:
        self.warnings.append(event.detail)

    def measure(self, event: MediaMeasured) -> None:
        self.quality = Quality(
            packets_received=event.packets_received,
            packets_lost=event.packets_lost,
            packets_sent=event.packets_sent,
            packets_late=event.packets_late,
            packets_refused=event.packets_refused,
            socket_errors=event.socket_errors,
            remote_lost=event.remote_lost,
            jitter_ms=event.jitter_ms,
            round_trip_ms=event.round_trip_ms,
        )

    def end(self, event: CallEnded) -> None:
        if self.ended is None:
            self.ended = event

    def ignore(self, event: CallEvent) -> None:
        """Pass over what only a replay needs."""

    def amend(self, node: str, **changes: Any) -> None:
        """Note what happened at the last visit to a node; one never entered is passed over."""
        index = self.entered.get(node)
        if index is not None:
            self.executions[index] = replace(self.executions[index], **changes)

    def amend_leg(self, leg_id: str, **changes: Any) -> None:
        """Note what happened to a leg; one never dialled is passed over."""
        if leg_id in self.dials:
            self.dials[leg_id] = replace(self.dials[leg_id], **changes)

    def record(self, last_us: int) -> CallRecord:
        received = self.received
        ended = self.ended or CallEnded(at_us=last_us, reason=EndReason.INTERRUPTED)
        # CallAnswered is journalled before the 200 is sent. Where a CANCEL was faster, or the
        # journal failed and the call was refused, no 200 went out, and nothing was answered.
        is_refused = ended.reason is EndReason.ABANDONED or ended.sip_code is not None
        answered_us = None if is_refused else self.answered_us
        # A wall clock that was set back must not make a call end before it began.
        ended_us = max(ended.at_us, received.at_us, answered_us or 0)
        return CallRecord(
            call_id=received.call_id,
            node_name=received.node_name,
            customer_id=received.customer_id,
            number_id=received.number_id,
            number=received.number,
            number_type=received.number_type,
            is_test=received.is_test,
            caller=received.caller,
            currency=received.currency,
            created_us=received.at_us,
            answered_us=answered_us,
            ended_us=ended_us,
            end_reason=ended.reason,
            end_detail=ended.detail,
            sip_code=ended.sip_code,
            applications=tuple(self.applications),
            executions=tuple(_closed(execution, ended_us) for execution in self.executions),
            recordings=tuple(_recording(*pair, ended_us) for pair in self.recordings.values()),
            collected=tuple(self.collected),
            dials=tuple(_hung_up(dial, ended_us) for dial in self.dials.values()),
            replacements=tuple(self.replacements),
            callbacks=tuple(self.callbacks),
            failures=tuple(self.failures),
            warnings=tuple(self.warnings),
            quality=self.quality,
        )


def _hung_up(dial: DialAction, ended_us: int) -> DialAction:
    return dial if dial.hung_up_us is not None else replace(dial, hung_up_us=ended_us)


def _closed(execution: Execution, ended_us: int) -> Execution:
    return execution if execution.left_us else replace(execution, left_us=ended_us)


def _recording(
    started: RecordingStarted, finished: RecordingFinished | None, ended_us: int
) -> Recording:
    return Recording(
        recording_id=started.recording_id,
        node=started.node,
        storage_key=started.storage_key,
        created_us=started.at_us,
        duration_ms=finished.duration_ms if finished else span_ms(started.at_us, ended_us),
        size=finished.size if finished else 0,
        path=started.path,
        storage_period=started.storage_period,
        expires_us=StoragePeriod.parse(started.storage_period).ends_us(started.at_us),
        transcribe=started.transcribe,
        language=started.language,
        ended_by=finished.ended_by if finished else "interrupted",
    )


_APPLY: dict[type, Callable[[_Draft, Any], None]] = {
    CallReceived: _Draft.received_again,
    CallAnswered: _Draft.answer,
    ApplicationStarted: _Draft.start_application,
    ApplicationFailed: _Draft.fail_application,
    NodeEntered: _Draft.enter_node,
    NodeLeft: _Draft.leave_node,
    PromptStarted: _Draft.ignore,
    PromptEnded: _Draft.ignore,
    DigitReceived: _Draft.ignore,
    DigitsCollected: _Draft.collect_digits,
    VariableSet: _Draft.set_variable,
    RecordingStarted: _Draft.start_recording,
    RecordingFinished: _Draft.finish_recording,
    LegDialed: _Draft.dial_leg,
    LegAnswered: _Draft.answer_leg,
    LegConnected: _Draft.ignore,
    LegEnded: _Draft.end_leg,
    WebhookReplied: _Draft.take_reply,
    WebhookUnanswered: _Draft.miss_reply,
    StreamStarted: _Draft.start_stream,
    StreamEnded: _Draft.end_stream,
    CallbackWanted: _Draft.want_callback,
    Warned: _Draft.warn,
    MediaMeasured: _Draft.measure,
    CallEnded: _Draft.end,
}
"""What each event does to a draft; a test holds this against CallEvent."""
