"""Calls as the call engine sees them (`InboundLeg` and `OutboundLeg` of `dillo.calls.ports`)."""

from collections.abc import Callable
from typing import Generic, TypeVar, assert_never

from dillo.calls.ports import Invitation, LegListener, OutboundListener
from dillo.model.errors import MisuseError
from dillo.sip.acceptance import session_body
from dillo.sip.call import Call
from dillo.sip.effects import (
    Acknowledged,
    CallNews,
    DigitPressed,
    Effect,
    Failed,
    HungUp,
    Invited,
    Lost,
    OfferAnswered,
    Offered,
    Progressed,
    Taken,
)
from dillo.sip.endpoint import Endpoint
from dillo.sip.identity import called_user, caller_user, depth_of, forwards_left, test_mark_of
from dillo.sip.inbound import InboundCall
from dillo.sip.outbound import OutboundCall

Perform = Callable[[list[Effect]], None]
OnAnswer = Callable[[int, bytes | None], None]

_C = TypeVar("_C", bound=Call)


class _Leg(Generic[_C]):
    """What legs of both directions share: commands go to the endpoint, news to the listener."""

    __slots__ = ("_call", "_clock", "_endpoint", "_next_offer", "_on_answer", "_perform")

    def __init__(
        self, call: _C, endpoint: Endpoint, clock: Callable[[], float], perform: Perform
    ) -> None:
        self._call = call
        self._endpoint = endpoint
        self._clock = clock
        self._perform = perform
        self._on_answer: OnAnswer | None = None
        self._next_offer: tuple[bytes, OnAnswer] | None = None

    @property
    def sip_call_id(self) -> str:
        """The Call-ID, as it is."""
        return self._call.dialog.id[0]

    def accept_offer(self, sdp: bytes) -> None:
        """Answer the pending re-INVITE or UPDATE with 200 and our SDP."""
        self._perform(self._endpoint.accept_offer(self._call, sdp, self._clock()))

    def decline_offer(self, status: int) -> None:
        """Answer the pending re-INVITE or UPDATE with an error."""
        self._perform(self._endpoint.decline_offer(self._call, status, self._clock()))

    def offer(self, sdp: bytes, on_answer: OnAnswer) -> None:
        """Send a re-INVITE; 481 is its outcome where there is no dialog.

        While another is open it waits; of several that wait only the last is sent, and the others
        never have an outcome.
        """
        if self._on_answer is not None:
            self._next_offer = sdp, on_answer
            return
        self._on_answer = on_answer
        self._perform(self._endpoint.offer(self._call, sdp, self._clock()))

    def press_digit(self, digit: str) -> None:
        """Send a key by INFO."""
        self._perform(self._endpoint.press(self._call, digit, self._clock()))

    def hang_up(self) -> None:
        """Send BYE once the ACK is in, or give up the INVITE before an answer."""
        self._perform(self._endpoint.hang_up(self._call, self._clock()))

    def _offer_answered(self, news: OfferAnswered) -> None:
        on_answer, self._on_answer = self._on_answer, None
        following, self._next_offer = self._next_offer, None
        if following is not None:
            self.offer(*following)
        if on_answer is not None:
            on_answer(news.status, news.answer)


class SipLeg(_Leg[InboundCall]):
    """One inbound call; what happens before there is a listener waits for it."""

    __slots__ = ("_invitation", "_listener", "_waiting")

    def __init__(
        self,
        invited: Invited,
        endpoint: Endpoint,
        clock: Callable[[], float],
        perform: Perform,
    ) -> None:
        super().__init__(invited.call, endpoint, clock, perform)
        self._invitation = invitation_of(invited)
        self._listener: LegListener | None = None
        self._waiting: list[CallNews] = []

    @property
    def invitation(self) -> Invitation:
        """What the INVITE said."""
        return self._invitation

    def listen(self, listener: LegListener) -> None:
        """Name who hears what happens to this leg, from its beginning on."""
        self._listener = listener
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            self._tell(listener, news)

    def hear(self, news: CallNews) -> None:
        """Tell the listener, or keep it for the one to come."""
        if self._listener is None:
            self._waiting.append(news)
        else:
            self._tell(self._listener, news)

    def _tell(self, listener: LegListener, news: CallNews) -> None:
        match news:
            case Acknowledged():
                listener.acknowledged(news.answer)
            case Offered():
                listener.offered(news.offer)
            case OfferAnswered():
                self._offer_answered(news)
            case DigitPressed():
                listener.digit_pressed(news.digit)
            case HungUp():
                listener.hung_up()
            case Lost():
                listener.lost(news.detail)
            case Progressed() | Taken() | Failed():
                raise MisuseError("only an outbound call is answered by the peer")
            case _:
                assert_never(news)

    def ring(self) -> None:
        """Send 180 Ringing."""
        self._perform(self._endpoint.ring(self._call, self._clock()))

    def progress(self, sdp: bytes | None) -> None:
        """Send 183 with the SDP of early media, 180 without."""
        if sdp is None:
            self.ring()
        else:
            self._perform(self._endpoint.progress(self._call, sdp, self._clock()))

    def answer(self, sdp: bytes) -> None:
        """Send 200 OK with our SDP, again and again until the ACK."""
        self._perform(self._endpoint.answer(self._call, sdp, self._clock()))

    def refuse(self, status: int, detail: str = "") -> None:
        """End the unanswered INVITE with a 4xx, 5xx or 6xx."""
        self._perform(self._endpoint.refuse(self._call, status, detail, self._clock()))

    def abort(self) -> None:
        """End it, whatever its state: our own code has failed."""
        self.refuse(500)
        self.hang_up()


class OutboundSipLeg(_Leg[OutboundCall]):
    """One call that we placed."""

    __slots__ = ("_listener",)

    def __init__(
        self,
        call: OutboundCall,
        listener: OutboundListener,
        endpoint: Endpoint,
        clock: Callable[[], float],
        perform: Perform,
    ) -> None:
        super().__init__(call, endpoint, clock, perform)
        self._listener = listener

    def hear(self, news: CallNews) -> None:
        """Tell the listener."""
        listener = self._listener
        match news:
            case Progressed():
                listener.progressed(news.status, news.answer)
            case Taken():
                listener.answered(news.answer)
            case Failed():
                listener.failed(news.status, news.reason)
            case Offered():
                listener.offered(news.offer)
            case OfferAnswered():
                self._offer_answered(news)
            case DigitPressed():
                listener.digit_pressed(news.digit)
            case HungUp():
                listener.hung_up()
            case Lost():
                listener.lost(news.detail)
            case Acknowledged():
                if news.answer is not None:
                    listener.acknowledged(news.answer)
            case _:
                assert_never(news)

    def cancel(self) -> None:
        """Give up before the answer; after it this hangs up."""
        self.hang_up()

    def abort(self) -> None:
        """End it, whatever its state: our own code has failed."""
        self.hang_up()


def invitation_of(invited: Invited) -> Invitation:
    """Return what the call engine wants to know of an INVITE."""
    request = invited.request
    return Invitation(
        sip_call_id=_printable(request.call_id),
        called=_printable(called_user(request)),
        caller=_printable(caller_user(request)),
        offer=session_body(request),
        source_ip=invited.source[0],
        source_port=invited.source[1],
        local_ip=invited.call.contact[0],
        max_forwards=forwards_left(request),
        depth=depth_of(request),
        test_mark=test_mark_of(request),
    )


def _printable(text: str) -> str:
    """Return text that any file or database takes: octets that were no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
