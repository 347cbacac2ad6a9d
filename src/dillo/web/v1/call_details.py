"""One call in full, worked out again from what happened in it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from pydantic import Field

from dillo.calls.archive import StoredCall
from dillo.model.events import CallEvent
from dillo.records import CallRecord, fold
from dillo.records.record import Execution, StreamVisit
from dillo.web.v1.call_documents import Call, Seconds, finished_fields
from dillo.web.v1.documents import Document, Identifier, Moment, Money, maybe_moment, moment, money

_events: msgspec.json.Decoder[list[CallEvent]] = msgspec.json.Decoder(list[CallEvent])


class CallStream(Document):
    """A voice agent's part in a call."""

    id: str
    status: str
    started_at: Moment | None
    ended_at: Moment | None
    detail: str


class Visit(Document):
    """A visit of the call to a node of its graph."""

    role: Annotated[str, Field(description="`primary` or `fallback`")]
    node: Annotated[str, Field(examples=["0"])]
    action_type: Annotated[str, Field(examples=["Menu"])]
    entered_at: Moment
    left_at: Moment
    duration_s: Seconds
    outcome: Annotated[str, Field(examples=["digit 2"])]
    next_node: str | None
    digits: Annotated[str | None, Field(description="Masked with * where sensitive")]
    recording_id: Identifier | None
    variables: dict[str, str]
    stream: CallStream | None


class CallTranscription(Document):
    """What was said in a recording."""

    status: str
    language_code: str
    text: str | None
    price: Money | None


class CallRecording(Document):
    """What was recorded of a call."""

    id: Identifier
    node: str
    storage_key: str | None
    created_at: Moment
    duration_s: Seconds
    size: Annotated[int, Field(description="Octets")]
    storage_period: Annotated[str, Field(examples=["3-M"])]
    expires_at: Moment
    ended_by: Annotated[str, Field(examples=["hang-up"])]
    price: Money
    transcription: CallTranscription | None


class CallDigits(Document):
    """What a Menu or Collect got from the caller."""

    node: str
    action_type: str
    storage_key: str | None
    digits: Annotated[str, Field(description="Masked with * where sensitive")]
    is_success: bool
    created_at: Moment


class CallDial(Document):
    """A leg that was dialled."""

    id: Identifier
    node: str
    telephone_number: str
    status: str
    sip_code: int | None
    created_at: Moment
    answered_at: Moment | None
    ended_at: Moment | None
    duration_s: Seconds
    price: Money


class CallFailure(Document):
    """Why an application could not run or go on."""

    role: str
    node: str | None
    detail: str


class Charge(Document):
    """An item of the price."""

    id: str
    kind: Annotated[str, Field(examples=["call"])]
    subject_id: Annotated[str | None, Field(description="The recording or leg charged for")]
    amount: Money
    created_at: Moment
    explanation: Annotated[
        dict[str, Any], Field(description="What the amount can be worked out from again")
    ]


class CallQuality(Document):
    """The media of a call, measured from RTP and RTCP."""

    packets_received: int
    packets_lost: int
    packets_sent: int
    packets_late: int
    packets_refused: int
    socket_errors: Annotated[
        int, Field(description="Reads and writes of RTP that failed, as to a port that is closed")
    ]
    remote_lost: int | None
    loss: Annotated[float, Field(description="Share of packets, of the worse direction")]
    jitter_ms: float
    round_trip_ms: float | None
    mos: float | None


class ApplicationRun(Document):
    """An application that was executed."""

    role: str
    version_id: str


class CallDetails(Call):
    """A finished call with everything that belongs to it."""

    node_name: Annotated[str, Field(description="The machine that took the call")]
    end_detail: str
    applications: Annotated[list[ApplicationRun], Field(description="In the order of execution")]
    path: Annotated[list[Visit], Field(description="The way through the graph")]
    recordings: list[CallRecording]
    digits: list[CallDigits]
    dials: list[CallDial]
    failures: list[CallFailure]
    warnings: list[str]
    charges: list[Charge]
    quality: CallQuality | None


class Happening(Document):
    """Something that happened in a call."""

    at: Moment
    offset_s: Annotated[Seconds, Field(description="Since the call was received")]
    kind: Annotated[str, Field(examples=["NodeEntered"])]
    data: Annotated[dict[str, Any], Field(description="What belongs to this kind of event")]


def details(stored: StoredCall) -> CallDetails:
    """Show a finished call in full."""
    record = fold(_events.decode(stored.events))
    prices: dict[str, int] = {}
    for line in stored.charges:
        prices[line.subject_id] = prices.get(line.subject_id, 0) + line.amount_micros
    return CallDetails(
        **finished_fields(stored.summary),
        node_name=record.node_name,
        end_detail=record.end_detail,
        applications=[
            ApplicationRun(role=role, version_id=version_id)
            for role, version_id in record.applications
        ],
        path=[_visit(each) for each in record.executions],
        recordings=_recordings(record, prices, _transcriptions(stored.document)),
        digits=_digits(record),
        dials=_dials(record, prices),
        failures=[
            CallFailure(role=each.role, node=each.node, detail=each.detail)
            for each in record.failures
        ],
        warnings=list(record.warnings),
        charges=charges(stored),
        quality=_quality(record),
    )


def charges(stored: StoredCall) -> list[Charge]:
    """Show what the price of a call is made of."""
    return [
        Charge(
            id=line.id,
            kind=line.kind,
            subject_id=line.subject_id or None,
            amount=money(line.amount_micros),
            created_at=moment(line.created_us),
            explanation=msgspec.json.decode(line.explanation),
        )
        for line in stored.charges
    ]


def happenings(stored: StoredCall) -> list[Happening]:
    """Show everything that happened in a call, in order."""
    shown = []
    begun_us = stored.summary.created_us
    for event in _events.decode(stored.events):
        data = msgspec.to_builtins(event)
        kind, at_us = data.pop("kind"), data.pop("at_us")
        offset_s = max(0, at_us - begun_us) // 1000 / 1000
        shown.append(Happening(at=moment(at_us), offset_s=offset_s, kind=kind, data=data))
    return shown


def _transcriptions(document: str) -> Mapping[str, CallTranscription]:
    """Return the transcriptions of a call's recordings, as its record has them."""
    found = {}
    for recording in json.loads(document, parse_float=Decimal)["Recordings"]:
        written = recording.get("Transcription")
        if written is not None:
            price = written.get("Price")
            found[recording["Id"]] = CallTranscription(
                status=written["Status"],
                language_code=written["LanguageCode"],
                text=written.get("Text"),
                price=None if price is None else f"{price:f}",
            )
    return found


def _visit(visit: Execution) -> Visit:
    return Visit(
        role=visit.role,
        node=visit.node,
        action_type=visit.action_type,
        entered_at=moment(visit.entered_us),
        left_at=moment(visit.left_us),
        duration_s=max(0, visit.left_us - visit.entered_us) // 1000 / 1000,
        outcome=visit.outcome,
        next_node=visit.next_node,
        digits=visit.digits,
        recording_id=visit.recording_id,
        variables=dict(visit.variables),
        stream=_stream(visit.stream) if visit.stream else None,
    )


def _stream(visit: StreamVisit) -> CallStream:
    return CallStream(
        id=visit.stream_id,
        status=visit.status.value,
        started_at=maybe_moment(visit.started_us),
        ended_at=maybe_moment(visit.ended_us),
        detail=visit.detail,
    )


def _recordings(
    record: CallRecord,
    prices: Mapping[str, int],
    transcriptions: Mapping[str, CallTranscription],
) -> list[CallRecording]:
    return [
        CallRecording(
            id=each.recording_id,
            node=each.node,
            storage_key=each.storage_key,
            created_at=moment(each.created_us),
            duration_s=each.duration_ms / 1000,
            size=each.size,
            storage_period=each.storage_period,
            expires_at=moment(each.expires_us),
            ended_by=each.ended_by,
            price=money(prices.get(each.recording_id, 0)),
            transcription=transcriptions.get(each.recording_id),
        )
        for each in record.recordings
    ]


def _digits(record: CallRecord) -> list[CallDigits]:
    return [
        CallDigits(
            node=each.node,
            action_type=each.action_type,
            storage_key=each.storage_key,
            digits=each.digits,
            is_success=each.is_success,
            created_at=moment(each.created_us),
        )
        for each in record.collected
    ]


def _dials(record: CallRecord, prices: Mapping[str, int]) -> list[CallDial]:
    return [
        CallDial(
            id=each.leg_id,
            node=each.node,
            telephone_number=each.telephone_number,
            status=each.status,
            sip_code=each.sip_code,
            created_at=moment(each.created_us),
            answered_at=maybe_moment(each.answered_us),
            ended_at=maybe_moment(each.hung_up_us),
            duration_s=each.duration_ms / 1000,
            price=money(prices.get(each.leg_id, 0)),
        )
        for each in record.dials
    ]


def _quality(record: CallRecord) -> CallQuality | None:
    quality = record.quality
    if quality is None:
        return None
    return CallQuality(
        packets_received=quality.packets_received,
        packets_lost=quality.packets_lost,
        packets_sent=quality.packets_sent,
        packets_late=quality.packets_late,
        packets_refused=quality.packets_refused,
        socket_errors=quality.socket_errors,
        remote_lost=quality.remote_lost,
        loss=round(quality.loss, 6),
        jitter_ms=quality.jitter_ms,
        round_trip_ms=quality.round_trip_ms,
        mos=None if quality.mos is None else round(quality.mos, 2),
    )
