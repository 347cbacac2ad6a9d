"""Usage and a tariff in, charge lines out; each line can be worked out again from its text."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from dillo.model.money import Micros, round_ratio
from dillo.rating.call import CallExplanation, explain_call
from dillo.rating.conversation import Conversation
from dillo.rating.leg import LegExplanation, explain_leg
from dillo.rating.number import MONTH, SET_UP, FeeExplanation, OwnFees, explain_fees
from dillo.rating.recording import RecordingExplanation, explain_recording
from dillo.rating.storage import StorageExplanation, explain_storage
from dillo.rating.tariff import Tariff
from dillo.rating.transcription import TranscriptionExplanation, explain_transcription

Explanation = (
    CallExplanation
    | LegExplanation
    | RecordingExplanation
    | StorageExplanation
    | TranscriptionExplanation
    | FeeExplanation
)

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Explanation] = msgspec.json.Decoder(Explanation)


@dataclass(frozen=True, slots=True)
class RecordedAudio:
    """A recording, as far as its price depends on it."""

    recording_id: str
    duration_ms: int
    storage_period: str


@dataclass(frozen=True, slots=True)
class DialedLeg:
    """An answered leg, as far as its price depends on it."""

    leg_id: str
    destination: str
    """E.164 with `+`, or a SIP URI."""
    duration_ms: int
    caller: str = ""
    """As whom it was rung."""
    answered_us: int = 0
    """The tariff of this moment applies; whoever calls `rate_leg` has chosen it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used."""

    number_type: str
    is_answered: bool
    duration_ms: int
    """From answer to hang-up."""
    recordings: tuple[RecordedAudio, ...] = ()
    number: str = ""
    """The number that was called, E.164 with `+`."""
    caller: str = ""
    """E.164 with `+`, `anonymous`, or a SIP user name."""


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One item of a call's price: immutable, rounded once."""

    kind: str
    """`call`, `leg`, `recording`, `storage` or `transcription`; of a number `number-set-up` or
    `number-month`."""
    subject_id: str
    """The recording or leg charged for; empty for the call itself."""
    amount_micros: Micros
    explanation: str
    """JSON that `reprice` works out to the same amount."""
    is_default: bool = False
    """Whether the tariff has no rate of its own for this, and the default one was taken."""


def rate(usage: Usage, tariff: Tariff) -> tuple[ChargeLine, ...]:
    """Price what a call used; a call that was not answered costs nothing and has no lines."""
    return tuple(_lines(usage, tariff)) if usage.is_answered else ()


def rate_leg(leg: DialedLeg, tariff: Tariff) -> ChargeLine:
    """Price an answered leg by the tariff in force when it was answered."""
    explanation = explain_leg(tariff, leg.destination, leg.duration_ms, leg.caller)
    return _line("leg", leg.leg_id, explanation)


def rate_transcription(recording_id: str, duration_ms: int, tariff: Tariff) -> ChargeLine:
    """Price a transcription that succeeded by the tariff in force when the call was answered."""
    return _line("transcription", recording_id, explain_transcription(tariff, duration_ms))


def rate_number(
    tariff: Tariff, number_type: str, own: OwnFees | None = None
) -> tuple[ChargeLine, ChargeLine]:
    """Price the set-up of a number and a month of it."""
    set_up, month = explain_fees(tariff, number_type, own)
    return _line(SET_UP, "", set_up), _line(MONTH, "", month)


def _lines(usage: Usage, tariff: Tariff) -> Iterator[ChargeLine]:
    call = explain_call(tariff, usage.number_type, usage.duration_ms, usage.number, usage.caller)
    yield _line("call", "", call)
    for audio in usage.recordings:
        kept = explain_storage(tariff, audio.duration_ms, audio.storage_period)
        made = explain_recording(tariff, audio.duration_ms)
        yield _line("recording", audio.recording_id, made)
        yield _line("storage", audio.recording_id, kept)


def _line(kind: str, subject_id: str, explanation: Explanation) -> ChargeLine:
    amount = round_ratio(*explanation.micros_ratio())
    is_default = isinstance(explanation, Conversation) and explanation.is_default
    return ChargeLine(kind, subject_id, amount, _encode(explanation).decode(), is_default)


def read_explanation(text: str) -> Explanation:
    """Read the stored explanation of a charge line.

    Raises msgspec.DecodeError for a text that no charge line carries.
    """
    return _decoder.decode(text)


def reprice(explanation: str) -> Micros:
    """Work a charge line out again from its stored explanation.

    Raises msgspec.DecodeError for a text that no charge line carries.
    """
    return round_ratio(*_decoder.decode(explanation).micros_ratio())
