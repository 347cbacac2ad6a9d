"""A SIP endpoint that takes and places calls: datagrams, commands and time in, effects out.

`receive`, `fire` and every command return what is to be done, datagrams first. The endpoint sees
no socket, no clock and no random source: `now` is seconds on any one monotonic clock, tokens for
tags and branches come from a callable.
"""

from collections.abc import Callable
from hashlib import blake2s

from dillo.sip.acceptance import (
    CAPABILITIES,
    Refused,
    check_content,
    check_extensions,
    check_method,
    check_target,
)
from dillo.sip.agent import UserAgent
from dillo.sip.call import Call, OwnOffer, OwnRequest
from dillo.sip.calls import Calls
from dillo.sip.counters import Counters
from dillo.sip.dialing import Dialing
from dillo.sip.effects import Effect, Misbehaved
from dillo.sip.errors import Malformed, NotSip, SipError
from dillo.sip.headers.via import MAGIC_COOKIE
from dillo.sip.inbound import InboundCall
from dillo.sip.message import Request, Response, checked
from dillo.sip.outbound import Attempt, AttemptEvent, Order, OutboundCall
from dillo.sip.parsing import BrokenRequest, parse
from dillo.sip.requests import Requests
from dillo.sip.routing import Address, Permits, stamp_source
from dillo.sip.timers import Timing
from dillo.sip.transactions import ClientTransaction, Send, Transaction, Transactions
from dillo.sip.transactions.machine import Event

MAX_TRANSACTIONS = 100_000
"""Open transactions, above which new calls get 503.

A call leaves two behind for 32 s, some 2.7 kB together: this is 1,500 calls a second and 140 MB.
"""

_BUSY = (("Retry-After", "5"),)


class Endpoint:
    """Takes inbound calls and places outbound ones."""

    def __init__(
        self,
        *,
        new_token: Callable[[], str],
        contact_for: Callable[[str], Address],
        timing: Timing | None = None,
        max_transactions: int = MAX_TRANSACTIONS,
        permits: Permits = lambda _: True,
    ) -> None:
        """Make an endpoint.

        `new_token` returns a fresh random token of at least 32 bits; `contact_for` returns the
        address of ours that a peer's host can reach; `permits` tells which addresses a call may
        be led to by others than the operator.
        """
        self.counters = Counters()
        self.transactions = Transactions(timing)
        self._calls = Calls(new_token)
        self._agent = UserAgent(self._calls, self.transactions, self.counters, contact_for)
        self._requests = Requests(self._calls, self.transactions, permits)
        self._dialing = Dialing(
            self._calls, self._requests, self.transactions, contact_for, permits
        )
        self._max_transactions = max_transactions
        self._accepting = True
        self._secret = new_token().encode()[:32]

    @property
    def open_calls(self) -> int:
        """How many calls are not forgotten yet."""
        return len(self._calls)

    @property
    def _is_full(self) -> bool:
        return len(self.transactions) >= self._max_transactions

    def stop_accepting(self) -> None:
        """Refuse new calls with 503 from now on."""
        self._accepting = False

    # ── from the wire ──

    def receive(self, data: bytes, source: Address, now: float) -> list[Effect]:
        """Take in one datagram."""
        self.counters.received += 1
        try:
            message = parse(data)
            if isinstance(message, Response):
                self._hear(message, now)
            else:
                self._serve(message, source, now)
        except BrokenRequest as broken:
            self._refuse_broken(broken.request, broken.error, source)
        except NotSip as error:
            self.counters.count_dropped(f"{error.header} {error.fault}")
        except SipError as error:
            self._drop_malformed(error, source)
        return self._take()

    def _hear(self, response: Response, now: float) -> None:
        told = self.transactions.hear(checked(response), now)
        if told is None:
            return
        user = told.transaction.user
        if isinstance(user, Attempt):
            self._dialing.hear(user, response, now)
        elif isinstance(user, OwnRequest) and response.status >= 200:
            self._requests.finished(user, response, now)

    def _miss(self, transaction: Transaction, now: float) -> None:
        """Note that a request of ours was never answered."""
        user = transaction.user
        if isinstance(user, Attempt):
            self._dialing.expire(user, AttemptEvent.TIME_OUT, now)
        elif isinstance(user, OwnRequest) and isinstance(transaction, ClientTransaction):
            self._requests.finished(user, Response.reply(transaction.request, 408), now)

    def _serve(self, request: Request, source: Address, now: float) -> None:
        try:
            target = stamp_source(request, source)
            checked(request)
            if request.via.branch == MAGIC_COOKIE:
                raise Malformed("Via", "the branch is nothing but the magic cookie")
        except SipError as error:
            self._refuse_broken(request, error, source)
            return
        if self.transactions.absorb(request, now):
            return
        self.counters.count_request(request.method)
        try:
            self._dispatch(request, target, source, now)
        except SipError as error:
            self._refuse(request, error, target)

    def _dispatch(self, request: Request, target: Address, source: Address, now: float) -> None:
        method = request.method
        if method == "ACK":
            self._agent.acknowledge(request, now)
            return
        if method == "CANCEL":
            self._agent.cancel(request, target, now)
            return
        check_method(request)
        if request.to.tag is None:
            self._open(request, target, source, now)
        else:
            self._agent.serve(request, target, now)

    def _open(self, request: Request, target: Address, source: Address, now: float) -> None:
        """Serve a request outside of any dialog: OPTIONS is answered, INVITE begins a call."""
        check_target(request)
        check_extensions(request)
        check_content(request)
        if request.method not in {"INVITE", "OPTIONS"}:
            raise Refused(481, "To", "has no tag, so the request is within no dialog")
        if not self._accepting or self._is_full:
            raise Refused(503, "request", "came while no calls are taken", _BUSY)
        if request.method == "OPTIONS":
            self.transactions.outbox.append(self._reply(request, 200, CAPABILITIES, target))
        else:
            self._agent.invite(request, target, source, now)

    # ── refusals: without a transaction, so that junk leaves nothing behind (§8.2.7) ──

    def _refuse_broken(self, request: Request, error: SipError, source: Address) -> None:
        if "via" not in request.lines:
            self._drop_malformed(error, source)
            return
        try:
            target = stamp_source(request, source)
        except SipError:
            target = source
        if request.method == "ACK":
            self._drop_malformed(error, source)
            return
        refusal = self._reply(request, error.status, (), target)
        self._calls.told.append(Misbehaved(source, str(error), refusal))

    def _refuse(self, request: Request, error: SipError, target: Address) -> None:
        if request.method == "ACK":
            return  # an ACK is never answered, whatever it asks for (§17)
        fields = error.fields if isinstance(error, Refused) else ()
        self.transactions.outbox.append(self._reply(request, error.status, fields, target))

    def _reply(
        self, request: Request, status: int, fields: tuple[tuple[str, str], ...], target: Address
    ) -> Send:
        response = Response.reply(request, status, fields, tag=self._tag_for(request))
        self.counters.count_response(status)
        return Send(bytes(response), target)

    def _tag_for(self, request: Request) -> str:
        """Return a To tag that a repetition of the request gets again (§8.2.7)."""
        lines = request.lines
        seed = b"".join(lines.get("via", []) + lines.get("call-id", []) + lines.get("from", []))
        return blake2s(seed, key=self._secret, digest_size=8).hexdigest()

    def _drop_malformed(self, error: SipError, source: Address) -> None:
        self.counters.count_dropped("malformed")
        self._calls.told.append(Misbehaved(source, str(error)))

    # ── commands to an inbound call before its answer ──

    def ring(self, call: InboundCall, now: float) -> list[Effect]:
        """Send 180 Ringing."""
        self._agent.ring(call, now)
        return self._take()

    def progress(self, call: InboundCall, sdp: bytes, now: float) -> list[Effect]:
        """Send 183 with the SDP of early media."""
        self._agent.progress(call, sdp, now)
        return self._take()

    def answer(self, call: InboundCall, sdp: bytes, now: float) -> list[Effect]:
        """Send 200 OK with our SDP, until the ACK."""
        self._agent.answer(call, sdp, now)
        return self._take()

    def refuse(self, call: InboundCall, status: int, detail: str, now: float) -> list[Effect]:
        """Refuse the call with a 4xx, 5xx or 6xx."""
        self._agent.refuse(call, status, detail, now)
        return self._take()

    # ── commands to an outbound call before its answer ──

    def dial(self, order: Order, now: float) -> tuple[OutboundCall, list[Effect]]:
        """Place a call: the INVITE is sent, a name `Sought` first, or the call has `Failed`."""
        call = self._dialing.place(order, now, is_full=self._is_full)
        return call, self._take()

    def resolved(self, call: OutboundCall, addresses: list[Address], now: float) -> list[Effect]:
        """Take in the addresses of the host that was `Sought`, the best first; none is fine."""
        self._dialing.resolved(call, addresses, now)
        return self._take()

    def unreachable(self, address: Address, now: float) -> list[Effect]:
        """Take note that the network cannot reach an address."""
        self._dialing.unreachable(address, now)
        return self._take()

    # ── commands to any call ──

    def offer(self, call: Call, sdp: bytes, now: float) -> list[Effect]:
        """Send a re-INVITE; its outcome is told as `OfferAnswered`."""
        self._requests.offer(call, sdp, now)
        return self._take()

    def press(self, call: Call, key: str, now: float) -> list[Effect]:
        """Send a key by INFO; nothing where no dialog is established."""
        self._requests.press(call, key, now)
        return self._take()

    def accept_offer(self, call: Call, sdp: bytes, now: float) -> list[Effect]:
        """Answer the open re-INVITE or UPDATE with 200 and our SDP."""
        self._agent.accept_offer(call, sdp, now)
        return self._take()

    def decline_offer(self, call: Call, status: int, now: float) -> list[Effect]:
        """Answer the open re-INVITE or UPDATE with an error."""
        self._agent.decline_offer(call, status, now)
        return self._take()

    def hang_up(self, call: Call, now: float) -> list[Effect]:
        """End the call: BYE once the ACK is in; before an answer 480 in, CANCEL out."""
        self._agent.hang_up(call, now)
        return self._take()

    # ── time ──

    def next_deadline(self) -> float | None:
        """Return when `fire` must be called next, None where nothing is waited for."""
        return self.transactions.timers.next_deadline()

    def fire(self, now: float) -> list[Effect]:
        """Let everything happen whose time has come."""
        for owner, event in self.transactions.timers.due(now):
            if isinstance(owner, Transaction):
                self.transactions.expire(owner, Event(event), now)
            elif isinstance(owner, Call):
                self._agent.expire(owner, now)
            elif isinstance(owner, Attempt):
                self._dialing.expire(owner, AttemptEvent(event), now)
            elif isinstance(owner, OwnOffer):
                self._requests.expire(owner, event, now)
        for timed_out in self.transactions.take_timed_out():
            self._miss(timed_out.transaction, now)
        return self._take()

    def _take(self) -> list[Effect]:
        told, self._calls.told = self._calls.told, []
        sends: list[Effect] = [*self.transactions.take_outbox()]
        return sends + told if told else sends
