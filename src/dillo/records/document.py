"""The InboundVoiceCall of the statistics API: written when a call is settled, then revised."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

import msgspec

from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal, to_micros
from dillo.records.behavior import executed_behavior
from dillo.records.record import CallRecord, CollectedDigits, DialAction, Recording

RECORDINGS_PATH = "/api/inbound/recordings/"
"""What stands before a recording's id in its Url; the web layer puts its own address in front."""


class Charge(Protocol):
    """A charge line, as far as a document shows it."""

    @property
    def subject_id(self) -> str:
        """The recording or leg charged for; empty for the call itself."""

    @property
    def amount_micros(self) -> int: ...


class _Pascal(msgspec.Struct, frozen=True, rename="pascal"):
    pass


PENDING, COMPLETED, FAILED = "Pending", "Completed", "Failed"


class TranscriptionItem(_Pascal, frozen=True):
    """The text of a recording; text and price are there only where it is completed."""

    status: str
    language_code: str
    text: str | None = None
    price: Decimal | None = None


class RecordingItem(_Pascal, frozen=True):
    """An entry of Recordings."""

    id: str
    node: str
    storage_key: str | None
    created_on_utc: str
    duration: float
    url: str
    format: str
    size: int
    storage_period_code: str
    expires_on_utc: str
    price: Decimal
    transcription: TranscriptionItem | None


class DigitsItem(_Pascal, frozen=True):
    """An entry of CollectedDigits."""

    node: str
    action_type: str
    storage_key: str | None
    digits: str
    is_success: bool
    created_on_utc: str


class DialItem(_Pascal, frozen=True):
    """An entry of DialActions."""

    node: str
    telephone_number: str
    status: str
    sip_code: int | None
    created_on_utc: str
    answer_date: str | None
    hangup_date: str | None
    duration: float
    price: Decimal


class InboundVoiceCall(_Pascal, frozen=True):
    """A call as the statistics API shows it: these properties, in this order."""

    customer_code: str
    created_on_utc: str
    telephone_number: str
    inbound_active_number: str
    inbound_active_number_id: str
    call_duration: float
    is_fallback_executed: bool
    price: Decimal
    channel_behavior: str
    recordings: tuple[RecordingItem, ...]
    collected_digits: tuple[DigitsItem, ...]
    dial_actions: tuple[DialItem, ...]


_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(InboundVoiceCall).decode


def document(record: CallRecord, charges: Iterable[Charge], behaviors: Mapping[str, str]) -> str:
    """Return the InboundVoiceCall of a call as compact JSON.

    `behaviors` has the published behavior by version id. The texts `"InboundActiveNumber":"+` and
    `"Url":"/api/inbound/recordings/` occur only as the properties they look like, because a quote
    inside a string is escaped: the web layer may replace them without parsing.
    """
    prices: dict[str, int] = {}
    for charge in charges:
        prices[charge.subject_id] = prices.get(charge.subject_id, 0) + charge.amount_micros
    call = InboundVoiceCall(
        customer_code=record.customer_id,
        created_on_utc=iso_ms(record.created_us),
        telephone_number=record.caller,
        inbound_active_number=record.number,
        inbound_active_number_id=record.number_id,
        call_duration=record.duration_ms / 1000,
        is_fallback_executed=record.is_fallback_executed,
        price=to_decimal(sum(prices.values())),
        channel_behavior=executed_behavior(record, behaviors),
        recordings=tuple(_recording(each, prices) for each in record.recordings),
        collected_digits=tuple(map(_digits, record.collected)),
        dial_actions=tuple(_dial(each, prices) for each in record.dials),
    )
    return _encode(call).decode()


def revise(text: str, recording_id: str, transcription: TranscriptionItem, micros: int) -> str:
    """Return a document with another transcription, which makes the call so much dearer."""
    call = _decode(text)
    recordings = tuple(
        msgspec.structs.replace(each, transcription=transcription)
        if each.id == recording_id
        else each
        for each in call.recordings
    )
    price = to_decimal(to_micros(call.price) + micros)
    return _encode(msgspec.structs.replace(call, recordings=recordings, price=price)).decode()


def read_transcription(text: str, recording_id: str) -> TranscriptionItem | None:
    """Return what a document tells of the transcription of a recording."""
    found = (each.transcription for each in _decode(text).recordings if each.id == recording_id)
    return next(found, None)


def _recording(recording: Recording, prices: Mapping[str, int]) -> RecordingItem:
    return RecordingItem(
        id=recording.recording_id,
        node=recording.node,
        storage_key=recording.storage_key,
        created_on_utc=iso_ms(recording.created_us),
        duration=recording.duration_ms / 1000,
        url=RECORDINGS_PATH + recording.recording_id,
        format="wav",
        size=recording.size,
        storage_period_code=recording.storage_period,
        expires_on_utc=iso_ms(recording.expires_us),
        price=to_decimal(prices.get(recording.recording_id, 0)),
        transcription=_awaited(recording),
    )


def _awaited(recording: Recording) -> TranscriptionItem | None:
    """Return what is told of a transcription when its call is settled."""
    if not recording.transcribe:
        return None
    status = PENDING if recording.size else FAILED  # a crash left nothing to listen to
    return TranscriptionItem(status, recording.language or "")


def _digits(collected: CollectedDigits) -> DigitsItem:
    return DigitsItem(
        node=collected.node,
        action_type=collected.action_type,
        storage_key=collected.storage_key,
        digits=collected.digits,
        is_success=collected.is_success,
        created_on_utc=iso_ms(collected.created_us),
    )


def _dial(dial: DialAction, prices: Mapping[str, int]) -> DialItem:
    return DialItem(
        node=dial.node,
        telephone_number=dial.telephone_number,
        status=dial.status,
        sip_code=dial.sip_code,
        created_on_utc=iso_ms(dial.created_us),
        answer_date=None if dial.answered_us is None else iso_ms(dial.answered_us),
        hangup_date=None if dial.hung_up_us is None else iso_ms(dial.hung_up_us),
        duration=dial.duration_ms / 1000,
        price=to_decimal(prices.get(dial.leg_id, 0)),
    )
