"""An inbound call as the call engine sees it (`dillo.calls.ports.InboundLeg`)."""

from collections.abc import Callable

from dillo.calls.ports import Invitation, LegListener
from dillo.sip.acceptance import session_body
from dillo.sip.effects import Effect, Invited
from dillo.sip.endpoint import Endpoint
from dillo.sip.identity import called_user, caller_user
from dillo.sip.inbound import InboundCall


class SipLeg:
    """One inbound call: commands go to the endpoint, events to the listener.

    What happens before there is a listener waits for it.
    """

    __slots__ = ("_call", "_clock", "_endpoint", "_invitation", "_listener", "_perform", "_waiting")

    def __init__(
        self,
        invited: Invited,
        endpoint: Endpoint,
        clock: Callable[[], float],
        perform: Callable[[list[Effect]], None],
    ) -> None:
        self._call: InboundCall = invited.call
        self._endpoint = endpoint
        self._clock = clock
        self._perform = perform
        self._invitation = invitation_of(invited)
        self._listener: LegListener | None = None
        self._waiting: list[Callable[[LegListener], None]] = []

    @property
    def invitation(self) -> Invitation:
        """What the INVITE said."""
        return self._invitation

    def listen(self, listener: LegListener) -> None:
        """Name who hears what happens to this leg, from its beginning on."""
        self._listener = listener
        waiting, self._waiting = self._waiting, []
        for tell in waiting:
            tell(listener)

    def tell(self, tell: Callable[[LegListener], None]) -> None:
        """Tell the listener, or keep it for the one to come."""
        if self._listener is None:
            self._waiting.append(tell)
        else:
            tell(self._listener)

    def ring(self) -> None:
        """Send 180 Ringing."""
        self._perform(self._endpoint.ring(self._call, self._clock()))

    def answer(self, sdp: bytes) -> None:
        """Send 200 OK with our SDP, again and again until the ACK."""
        self._perform(self._endpoint.answer(self._call, sdp, self._clock()))

    def refuse(self, status: int, detail: str = "") -> None:
        """End the unanswered INVITE with a 4xx, 5xx or 6xx."""
        self._perform(self._endpoint.refuse(self._call, status, detail, self._clock()))

    def accept_offer(self, sdp: bytes) -> None:
        """Answer the pending re-INVITE or UPDATE with 200 and our SDP."""
        self._perform(self._endpoint.accept_offer(self._call, sdp, self._clock()))

    def decline_offer(self, status: int) -> None:
        """Answer the pending re-INVITE or UPDATE with an error."""
        self._perform(self._endpoint.decline_offer(self._call, status, self._clock()))

    def hang_up(self) -> None:
        """Send BYE once the ACK is in, or give up the INVITE before an answer."""
        self._perform(self._endpoint.hang_up(self._call, self._clock()))


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
    )


def _printable(text: str) -> str:
    """Return text that any file or database takes: octets that were no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
