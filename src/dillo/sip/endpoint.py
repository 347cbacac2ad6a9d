"""A SIP endpoint that takes calls, without I/O: datagrams, commands and time in, effects out.

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
from dillo.sip.counters import Counters
from dillo.sip.effects import Effect, Misbehaved
from dillo.sip.errors import Malformed, NotSip, SipError
from dillo.sip.headers.via import MAGIC_COOKIE
from dillo.sip.inbound import InboundCall
from dillo.sip.message import Request, Response, checked
from dillo.sip.parsing import BrokenRequest, parse
from dillo.sip.routing import Address, stamp_source
from dillo.sip.timers import Timing
from dillo.sip.transactions import Send, Transaction, Transactions
from dillo.sip.transactions.machine import Event

MAX_TRANSACTIONS = 100_000
"""Open transactions, above which new calls get 503.

A call leaves two behind for 32 s, some 2.7 kB together: this is 1,500 calls a second and 140 MB.
"""

_BUSY = (("Retry-After", "5"),)


class Endpoint:
    """Takes inbound calls."""

    def __init__(
        self,
        *,
        new_token: Callable[[], str],
        contact_for: Callable[[str], Address],
        timing: Timing | None = None,
        max_transactions: int = MAX_TRANSACTIONS,
    ) -> None:
        """Make an endpoint.

        `new_token` returns a fresh random token of at least 32 bits; `contact_for` returns the
        address of ours that a peer's host can reach.
        """
        self.counters = Counters()
        self.transactions = Transactions(timing)
        self._agent = UserAgent(self.transactions, self.counters, new_token, contact_for)
        self._max_transactions = max_transactions
        self._accepting = True
        self._secret = new_token().encode()[:32]

    @property
    def open_calls(self) -> int:
        """How many calls are not forgotten yet."""
        return len(self._agent.calls)

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
        if told is not None and told.response.status >= 200:
            self._agent.finished(told.transaction, now)

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
        if not self._accepting or len(self.transactions) >= self._max_transactions:
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
        self._agent.told.append(Misbehaved(source, str(error), refusal))

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
        self._agent.told.append(Misbehaved(source, str(error)))

    # ── commands ──

    def ring(self, call: InboundCall, now: float) -> list[Effect]:
        """Send 180 Ringing."""
        self._agent.ring(call, now)
        return self._take()

    def answer(self, call: InboundCall, sdp: bytes, now: float) -> list[Effect]:
        """Send 200 OK with our SDP, until the ACK."""
        self._agent.answer(call, sdp, now)
        return self._take()

    def refuse(self, call: InboundCall, status: int, detail: str, now: float) -> list[Effect]:
        """Refuse the call with a 4xx, 5xx or 6xx."""
        self._agent.refuse(call, status, detail, now)
        return self._take()

    def accept_offer(self, call: InboundCall, sdp: bytes, now: float) -> list[Effect]:
        """Answer the open re-INVITE or UPDATE with 200 and our SDP."""
        self._agent.accept_offer(call, sdp, now)
        return self._take()

    def decline_offer(self, call: InboundCall, status: int, now: float) -> list[Effect]:
        """Answer the open re-INVITE or UPDATE with an error."""
        self._agent.decline_offer(call, status, now)
        return self._take()

    def hang_up(self, call: InboundCall, now: float) -> list[Effect]:
        """End the call: BYE once the ACK is in, 480 before an answer."""
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
            elif isinstance(owner, InboundCall):
                self._agent.expire(owner, now)
        for timed_out in self.transactions.take_timed_out():
            self._agent.finished(timed_out.transaction, now)
        return self._take()

    def _take(self) -> list[Effect]:
        told, self._agent.told = self._agent.told, []
        sends: list[Effect] = [*self.transactions.take_outbox()]
        return sends + told if told else sends
