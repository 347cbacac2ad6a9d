"""SIP over UDP: a socket and a clock around the sans-I/O endpoint.

The socket is read and written directly from the loop's reader callback. A datagram transport
would only add a copy and a callback to each packet.
"""

import asyncio
import errno
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from dillo.calls.ports import Destination, InboundLeg, OutboundListener
from dillo.model.errors import MisuseError
from dillo.net.leg import OutboundSipLeg, SipLeg
from dillo.net.local_address import LocalAddresses
from dillo.net.lookups import DnsResolver, Lookups, Resolver
from dillo.net.offenders import Offenders
from dillo.sip.call import Call
from dillo.sip.counters import Counters
from dillo.sip.digest import Credentials
from dillo.sip.effects import CallNews, Effect, Forgotten, Invited, Misbehaved, Sought
from dillo.sip.endpoint import MAX_TRANSACTIONS, Endpoint
from dillo.sip.outbound import Order
from dillo.sip.routing import Address, Permits
from dillo.sip.timers import Timing
from dillo.sip.transactions import Send

_log = structlog.get_logger(__name__)

_RECEIVE_BUFFER = 8 * 1024 * 1024
"""Asked of the kernel, which may grant less: a burst while the loop is busy must fit."""
_BATCH = 256
"""Datagrams read before other callbacks get their turn: enough to see an overload coming, and few
enough that timers are late by milliseconds only."""
_FULL = {errno.EAGAIN, errno.ENOBUFS}
_TICK_S = 0.01
"""Timers that end this close together are fired together."""


class UdpServer:
    """Takes and places calls on one UDP socket; `on_invite` is told of each that comes in.

    `on_invite` and every listener method run in the loop and return at once, never from within a
    command to their leg. An exception of theirs ends only their call: 500 or CANCEL before the
    answer, BYE after it.
    """

    def __init__(
        self,
        on_invite: Callable[[InboundLeg], None],
        *,
        timing: Timing | None = None,
        max_transactions: int = MAX_TRANSACTIONS,
        resolver: Resolver | None = None,
        permits: Permits = lambda _: True,
    ) -> None:
        """Make a server; `resolver` finds hosts by name, in the DNS where none is given.

        `permits` tells which addresses may be dialled that a URI or a redirection names.
        """
        self.offenders = Offenders()
        self.unsent = 0
        """Datagrams that the kernel did not take."""
        self._on_invite = on_invite
        self._timing = timing
        self._max_transactions = max_transactions
        self._endpoint: Endpoint | None = None
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_due_s = 0.0
        self._legs: dict[Call, SipLeg | OutboundSipLeg] = {}
        self._resolver = resolver
        self._permits = permits
        self._lookups: Lookups | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen on an IP address; port 0 takes a free one. Raises OSError where it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listener.bind((host, port))
        except OSError:
            listener.close()
            raise
        await self.start_at(listener)

    async def start_at(self, listener: socket.socket) -> None:
        """Listen on a socket that is bound, from now on: what it holds already is dropped.

        Whoever sent that and still waits sends it again.
        """
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        listener.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                listener.recv(1)
        self._socket = listener
        self._endpoint = Endpoint(
            new_token=partial(secrets.token_hex, 8),
            contact_for=LocalAddresses(self.address).towards,
            timing=self._timing,
            max_transactions=self._max_transactions,
            permits=self._permits,
        )
        self._lookups = Lookups(self._resolver or DnsResolver(listener.family))
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listener.fileno(), self._read)

    @property
    def address(self) -> tuple[str, int]:
        """Where the server listens."""
        if self._socket is None:
            raise MisuseError("the SIP server is not started")
        host, port = self._socket.getsockname()[:2]
        return host, port

    @property
    def endpoint(self) -> Endpoint:
        """The SIP core, for its counters."""
        if self._endpoint is None:
            raise MisuseError("the SIP server is not started")
        return self._endpoint

    @property
    def counters(self) -> Counters:
        """What was received, answered and dropped."""
        return self.endpoint.counters

    @property
    def open_calls(self) -> int:
        """Calls that are not over yet."""
        return 0 if self._endpoint is None else self._endpoint.open_calls

    def counts(self) -> dict[str, int]:
        """Return the plain numbers; those by method, status and reason are in `counters`."""
        transactions = self.endpoint.transactions
        return {
            "received": self.counters.received,
            "retransmissions_sent": transactions.retransmitted,
            "retransmissions_received": transactions.absorbed,
            "open_transactions": len(transactions),
            "open_calls": self.open_calls,
            "refusals_kept_back": self.offenders.unanswered,
            "unsent": self.unsent,
        }

    def stop_accepting(self) -> None:
        """Answer new INVITEs with 503 from now on; calls go on."""
        self.endpoint.stop_accepting()

    def close(self) -> None:
        """Stop listening at once; calls that are still open are left alone."""
        if self._lookups is not None:
            self._lookups.cancel()
        if self._alarm is not None:
            self._alarm.cancel()
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self._socket = self._alarm = None
        self._legs.clear()

    # ── outbound calls ──

    def dial(
        self, destination: Destination, offer: bytes, listener: OutboundListener
    ) -> OutboundSipLeg:
        """Place a call; returns at once, and the listener hears what becomes of it."""
        call, effects = self.endpoint.dial(_order(destination, offer), self._now())
        leg = OutboundSipLeg(call, listener, self.endpoint, self._now, self._obey)
        self._legs[call] = leg
        self._obey(effects)
        return leg

    # ── socket and clock ──

    def _read(self) -> None:
        for _ in range(_BATCH):
            if self._socket is None:
                return
            try:
                data, source = self._socket.recvfrom(65535)
            except OSError:  # nothing more to read, or an ICMP error of an earlier datagram
                return
            self._perform(self.endpoint.receive(data, source[:2], self._now()))

    def _send(self, send: Send) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(send.data, send.target)
        except OSError as error:
            self.unsent += 1
            # A full buffer is the same as a loss on the way; else there is no way.
            if error.errno not in _FULL and self._loop is not None:
                self._loop.call_soon(self._miss, send.target)

    def _miss(self, target: Address) -> None:
        self._perform(self.endpoint.unreachable(target, self._now()))

    def _now(self) -> float:
        assert self._loop is not None
        return self._loop.time()

    def _set_alarm(self) -> None:
        deadline = self.endpoint.next_deadline()
        if deadline is None or self._loop is None or self._socket is None:
            return
        due_s = deadline + _TICK_S
        if self._alarm is None or due_s < self._alarm_due_s:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = self._loop.call_at(due_s, self._ring_alarm)
            # Kept here: uvloop's handle of what is due already cannot tell.
            self._alarm_due_s = due_s

    def _ring_alarm(self) -> None:
        self._alarm = None
        self._perform(self.endpoint.fire(self._now()))

    # ── effects ──

    def _obey(self, effects: list[Effect]) -> None:
        """Perform a command of a leg: its news wait until whoever gave it has returned."""
        news: list[Effect] = []
        for effect in effects:
            if isinstance(effect, Send):
                self._send(effect)
            else:
                news.append(effect)
        if news and self._loop is not None:
            self._loop.call_soon(self._perform, news)
        self._set_alarm()

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                self._send(effect)
            elif isinstance(effect, Misbehaved):
                self._refuse(effect)
            elif isinstance(effect, Invited):
                self._invite(effect)
            elif isinstance(effect, Forgotten):
                self._legs.pop(effect.call, None)
            elif isinstance(effect, Sought):
                self._seek(effect)
            else:
                self._tell(effect)
        self._set_alarm()

    def _refuse(self, effect: Misbehaved) -> None:
        may_answer = self.offenders.may_answer(effect.source[0], self._now())
        if may_answer and effect.refusal is not None:
            self._send(effect.refusal)

    def _invite(self, invited: Invited) -> None:
        leg = SipLeg(invited, self.endpoint, self._now, self._obey)
        self._legs[invited.call] = leg
        self._guard(leg, partial(self._on_invite, leg))

    def _seek(self, sought: Sought) -> None:
        def found(addresses: list[Address]) -> None:
            self._perform(self.endpoint.resolved(sought.call, addresses, self._now()))

        assert self._lookups is not None
        self._lookups.ask(sought.hop, found)

    def _tell(self, news: CallNews) -> None:
        leg = self._legs.get(news.call)
        if leg is not None:
            self._guard(leg, partial(leg.hear, news))

    def _guard(self, leg: SipLeg | OutboundSipLeg, action: Callable[[], None]) -> None:
        """Run foreign code at the boundary of a call: its failure must not reach other calls."""
        try:
            action()
        except Exception:
            _log.exception("call failed", sip_call_id=leg.sip_call_id)
            leg.abort()


def _order(destination: Destination, offer: bytes) -> Order:
    credentials = None
    if destination.username is not None and destination.password is not None:
        credentials = Credentials(destination.username, destination.password)
    return Order(
        destination.uri,
        offer,
        destination.caller,
        destination.hops,
        credentials,
        destination.max_forwards,
        destination.headers,
    )
