"""One dialled leg: a callee who is rung, perhaps answers, and is gone one day."""

import enum
from typing import Protocol, assert_never

import structlog

from dillo.calls.audio import AudioStream
from dillo.calls.ports import Destination, MediaPort, Outbound, OutboundLeg
from dillo.model import media
from dillo.model.events import LegStatus
from dillo.sdp import SdpError

_log = structlog.get_logger(__name__)

_BUSY = frozenset({486, 600, 603})
_NO_ANSWER = frozenset({408, 480, 487})


class Stage(enum.Enum):
    """How far a leg has come."""

    RINGING = enum.auto()
    ANSWERED = enum.auto()
    OVER = enum.auto()


class LegOwner(Protocol):
    """Who dialled; every method returns at once."""

    def heard_early(self, leg: "DialledLeg") -> None:
        """The far end plays something before it answers."""

    def answered(self, leg: "DialledLeg") -> None:
        """The callee answered."""

    def renegotiated(self, leg: "DialledLeg") -> None:
        """The callee holds the call, or takes it up again."""

    def digit_pressed(self, leg: "DialledLeg", digit: str) -> None:
        """The callee sent a key by INFO."""

    def over(self, leg: "DialledLeg", status: LegStatus, sip_code: int | None, detail: str) -> None:
        """The leg ended, by itself or because it was let go; told once."""


class DialledLeg:
    """The SIP and the RTP side of a callee; hears what happens to both (OutboundListener)."""

    def __init__(self, leg_id: str, callee: str, owner: LegOwner) -> None:
        self.leg_id = leg_id
        self.callee = callee
        self.stage = Stage.RINGING
        self.audio: AudioStream | None = None
        self._owner = owner
        self._leg: OutboundLeg | None = None

    def place(self, outbound: Outbound, destination: Destination, audio: AudioStream) -> None:
        """Send the INVITE, or close the port where the callee is wanted no more."""
        if self.stage is Stage.OVER:
            audio.port.send(media.ClosePort(audio.port.call_id))
            return
        self.audio = audio
        self._leg = outbound.dial(destination, audio.describe(), self)

    @property
    def port(self) -> MediaPort | None:
        """The RTP port, None before there is one."""
        return None if self.audio is None else self.audio.port

    def let_go(self, status: LegStatus) -> None:
        """Give up ringing, or hang up; `status` is what becomes of a leg not answered."""
        if self.stage is Stage.ANSWERED:
            self._hang_up()
        elif self.stage is Stage.RINGING:
            if self._leg is not None:
                self._leg.cancel()
            self._end(status, None if self._leg is None else 487)

    def fail(self, sip_code: int, detail: str) -> None:
        """End a leg that could not even be placed."""
        if self.stage is Stage.RINGING:
            self._end(LegStatus.FAILED, sip_code, detail)

    def offer(self, *, sends: bool, receives: bool) -> None:
        """Pass on that the caller holds the call or takes it up again."""
        if self.stage is Stage.ANSWERED and self._leg is not None and self.audio is not None:
            sdp = self.audio.reoffer(sends=sends, receives=receives)
            self._leg.offer(sdp, self.audio.reoffer_answered)

    def press_digit(self, digit: str) -> None:
        """Pass on a key that came by INFO."""
        if self.stage is Stage.ANSWERED and self._leg is not None:
            self._leg.press_digit(digit)

    # What the SIP leg tells (OutboundListener).

    def progressed(self, status: int, answer: bytes | None) -> None:
        if self.stage is Stage.RINGING and answer is not None and self._accept(answer):
            self._owner.heard_early(self)

    def answered(self, answer: bytes) -> None:
        if self.stage is not Stage.RINGING:
            return
        if self._accept(answer):
            self.stage = Stage.ANSWERED
            self._owner.answered(self)
            return
        if self._leg is not None:
            self._leg.hang_up()
        self._end(LegStatus.FAILED, 488, "the callee speaks no codec of ours")

    def failed(self, status: int, reason: str) -> None:
        if self.stage is Stage.RINGING:
            self._end(status_of(status), status, reason)

    def offered(self, offer: bytes | None) -> None:
        if self._leg is None or self.audio is None:
            return
        try:
            answer = self.audio.renegotiate(offer)
        except SdpError as error:
            self._leg.decline_offer(error.status)
            return
        self._leg.accept_offer(answer)
        if offer is not None:
            self._owner.renegotiated(self)

    def acknowledged(self, answer: bytes) -> None:
        if self._accept(answer):
            self._owner.renegotiated(self)

    def digit_pressed(self, digit: str) -> None:
        self._owner.digit_pressed(self, digit)

    def hung_up(self) -> None:
        self._end(LegStatus.ANSWERED, 200)

    def lost(self, detail: str) -> None:
        self._end(LegStatus.ANSWERED, 200, detail)

    # What the media port tells.

    def media_event(self, event: media.Event) -> None:
        """Take what happens to the callee's RTP; keys are forwarded as RTP, not by us."""
        match event:
            case media.MediaTimedOut():
                if self.stage is Stage.ANSWERED:
                    self._hang_up("no audio came from the callee")
            case media.PortClosed() | media.PortLost():
                if self.stage is Stage.ANSWERED:
                    self._hang_up("the media worker is gone")
                elif self.stage is Stage.RINGING:
                    self.let_go(LegStatus.FAILED)
            case (
                media.PortOpened()
                | media.PlayFinished()
                | media.DigitHeard()
                | media.RecordingDone()
            ):
                pass
            case _:
                assert_never(event)

    def _accept(self, answer: bytes) -> bool:
        try:
            if self.audio is not None:
                self.audio.accept(answer)
        except SdpError as error:
            _log.info("answer of a callee", leg_id=self.leg_id, error=str(error))
            return False
        return True

    def _hang_up(self, detail: str = "") -> None:
        if self._leg is not None:
            self._leg.hang_up()
        self._end(LegStatus.ANSWERED, 200, detail)

    def _end(self, status: LegStatus, sip_code: int | None, detail: str = "") -> None:
        if self.stage is Stage.OVER:
            return
        self.stage = Stage.OVER
        if (port := self.port) is not None:
            port.send(media.ClosePort(port.call_id))
        self._owner.over(self, status, sip_code, detail)


def status_of(sip_code: int) -> LegStatus:
    """Return what a final status other than 2xx means for the caller (RFC 3261 §21)."""
    if sip_code in _BUSY:
        return LegStatus.BUSY
    return LegStatus.NO_ANSWER if sip_code in _NO_ANSWER else LegStatus.FAILED
