"""A call to be placed, and what became of it."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from dillo.caller.audio import SAMPLE_RATE, rms_dbfs
from dillo.caller.script import DigitScript
from dillo.rtp.pcm import Samples


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Whom to call, and what to do when answered."""

    to: str
    """The called number, or a SIP URI."""
    target: tuple[str, int]
    """Host and port that the INVITE goes to."""
    from_: str = "anonymous"
    """The calling number, a SIP URI, or `anonymous`."""
    script: DigitScript = field(default_factory=DigitScript)
    audio: Path | None = None
    """Sent once, where the script says `a`, or else at its end; silence otherwise."""
    law: Literal["pcmu", "pcma"] = "pcmu"
    """The preferred codec; the other one is offered too."""
    dtmf: Literal["rfc4733", "info"] = "rfc4733"
    """How keys are sent; a callee that takes no telephone-events gets SIP INFO."""
    is_offer_late: bool = False
    """Send the INVITE without SDP, so that the callee makes the offer."""
    cancel_after_s: float | None = None
    """Send CANCEL when not answered within so long."""
    hang_up_after_s: float | None = None
    """Send BYE so long after the answer; None waits for the callee to hang up."""
    headers: tuple[tuple[str, str], ...] = ()
    """More header fields of the INVITE."""
    max_s: float = 120.0
    """Send CANCEL or BYE when that long has passed without an answer, or since the answer."""


@dataclass(frozen=True, slots=True, eq=False)
class CallOutcome:
    """What became of a call."""

    call_id: str
    """The SIP Call-ID."""
    status: int
    """Final status of the INVITE; 408 where no answer came, 503 where nobody listens."""
    reason: str
    ringing_ms: float | None = None
    """From the INVITE to the first 18x."""
    answer_ms: float | None = None
    """From the INVITE to its 200."""
    duration_s: float = 0.0
    """From answer to hang-up."""
    ended_by: Literal["callee", "caller"] | None = None
    """Who hung up; None where the call was not answered."""
    digits_sent: str = ""
    packets_sent: int = 0
    packets_received: int = 0
    packets_lost: int = 0
    """Packets of the callee that are missing by their sequence numbers."""
    lost_at_callee: int | None = None
    """Packets of ours that the callee misses, as its RTCP says; None where it never reported."""
    round_trip_ms: float | None = None
    """Measured by RTCP; None where the callee answered no report of ours."""
    heard: Samples = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    """What the callee sent, from the answer on: 16 bits, 8000 Hz."""

    @property
    def is_answered(self) -> bool:
        """Whether the callee took the call."""
        return 200 <= self.status < 300

    @property
    def heard_rms_dbfs(self) -> float:
        """Level of what was heard, in dB below full scale; -inf where it was silence."""
        return rms_dbfs(self.heard)

    def document(self) -> dict[str, object]:
        """Return the outcome as a JSON object, without the sound itself."""
        level = self.heard_rms_dbfs
        return {
            "CallId": self.call_id,
            "Status": self.status,
            "Reason": self.reason,
            "Answered": self.is_answered,
            "RingingMs": self.ringing_ms,
            "AnswerMs": self.answer_ms,
            "Duration": self.duration_s,
            "EndedBy": self.ended_by,
            "DigitsSent": self.digits_sent,
            "PacketsSent": self.packets_sent,
            "PacketsReceived": self.packets_received,
            "PacketsLost": self.packets_lost,
            "LostAtCallee": self.lost_at_callee,
            "RoundTripMs": self.round_trip_ms,
            "HeardSeconds": len(self.heard) / SAMPLE_RATE,
            "HeardDbfs": round(level, 1) if math.isfinite(level) else None,
        }
