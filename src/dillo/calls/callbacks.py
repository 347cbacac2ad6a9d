"""Status callbacks: what the owner of an application is told of a call, and whom it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dillo.model.ids import new_id
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.records import CallRecord
from dillo.records.document import COMPLETED, RECORDINGS_PATH
from dillo.records.record import Recording

STARTED, FINISHED, RECORDING_READY = "call.started", "call.finished", "recording.ready"
TRANSCRIPTION_READY, TRANSCRIPTION_FAILED = "transcription.ready", "transcription.failed"

_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Callback:
    """Something that is to be told to one address, as often as it takes."""

    id: str
    """The EventId: what is told again bears it again."""
    topic: str
    """`call.started`, `call.finished`, `recording.ready`, `transcription.ready` or
    `transcription.failed`."""
    reference: str
    """What makes it, with the topic, the only one of its kind."""
    call_id: str
    customer_id: str
    url: str
    method: str
    payload: str
    """What is told, as JSON."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A callback that is due."""

    id: str
    customer_id: str
    url: str
    method: str
    payload: str
    created_us: int
    attempts: int
    """How often it was tried before."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a callback, and what came of it."""

    at_us: int
    duration_ms: int
    status: int | None
    """The HTTP status that was answered; None where nothing was."""
    error: str | None
    """Why nothing was answered."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt, and what is to be done after it."""

    owed_id: str
    attempt: Attempt
    due_us: int | None
    """When to try again; None where it is over."""
    is_delivered: bool


def started(record: CallRecord) -> tuple[Callback, ...]:
    """Return what is owed once a call is answered; `record` may be that of a call that goes on."""
    if record.answered_us is None:
        return ()
    return tuple(_callbacks(record, STARTED, record.call_id, record.answered_us, {}))


def finished(record: CallRecord, price_micros: int) -> tuple[Callback, ...]:
    """Return everything that is owed for a finished call, its start included."""
    ending = {
        "EndedOnUtc": iso_ms(record.ended_us),
        "EndReason": record.end_reason,
        "CallDuration": record.duration_ms / 1000,
        "Price": to_decimal(price_micros),
        "Currency": record.currency,
        "IsFallbackExecuted": record.is_fallback_executed,
    }
    ended = _callbacks(record, FINISHED, record.call_id, record.ended_us, ending)
    ready = [
        callback
        for recording in record.recordings
        if recording.size
        for callback in _callbacks(
            record, RECORDING_READY, recording.recording_id, record.ended_us, _described(recording)
        )
    ]
    return (*started(record), *ended, *ready)


def transcribed(
    record: CallRecord, transcription_id: str, at_us: int, shown: Mapping[str, object]
) -> tuple[Callback, ...]:
    """Return what is owed once a transcription is completed or has failed."""
    topic = TRANSCRIPTION_READY if shown["Status"] == COMPLETED else TRANSCRIPTION_FAILED
    more = {"Transcription": shown}
    return tuple(_callbacks(record, topic, transcription_id, at_us, more))


def _described(recording: Recording) -> dict[str, object]:
    shown = {
        "Id": recording.recording_id,
        "Node": recording.node,
        "StorageKey": recording.storage_key,
        "CreatedOnUtc": iso_ms(recording.created_us),
        "Duration": recording.duration_ms / 1000,
        "Size": recording.size,
        "Url": RECORDINGS_PATH + recording.recording_id,
        "ExpiresOnUtc": iso_ms(recording.expires_us),
    }
    return {"Recording": shown}


def _callbacks(
    record: CallRecord, topic: str, subject: str, at_us: int, more: Mapping[str, Any]
) -> Iterator[Callback]:
    for index, (url, method) in enumerate(record.callbacks):
        event_id = new_id()
        state = {
            "EventId": event_id,
            "Event": topic,
            "Timestamp": iso_ms(at_us),
            "CallId": record.call_id,
            "CustomerCode": record.customer_id,
            "Caller": record.caller,
            "Called": record.number,
            "CreatedOnUtc": iso_ms(record.created_us),
            **more,
        }
        yield Callback(
            id=event_id,
            topic=topic,
            reference=f"{subject}/{index}",
            call_id=record.call_id,
            customer_id=record.customer_id,
            url=url,
            method=method,
            payload=_encode(state).decode(),
        )
