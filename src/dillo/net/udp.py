"""SIP over UDP: a socket and a clock around the sans-I/O endpoint.

The socket is read and written directly from the loop's reader callback. A datagram transport
would only add a copy and a callback to each packet.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable
from functools import partial
from typing import assert_never

import structlog

from dillo.calls.ports import InboundLeg, LegListener
from dillo.model.errors import MisuseError
from dillo.net.leg import SipLeg
from dillo.net.local_address import LocalAddresses
from dillo.net.offenders import Offenders
from dillo.sip.counters import Counters
from dillo.sip.effects import (
    Acknowledged,
    DigitPressed,
    Effect,
    Forgotten,
    HungUp,
    Invited,
    Lost,
    Misbehaved,
    Offered,
)
from dillo.sip.endpoint import MAX_TRANSACTIONS, Endpoint
from dillo.sip.inbound import InboundCall
from dillo.sip.timers import Timing
from dillo.sip.transactions import Send

_log = structlog.get_logger(__name__)

_RECEIVE_BUFFER = 8 * 1024 * 1024
"""Asked of the kernel, which may grant less: a burst while the loop is busy must fit."""
_BATCH = 256
"""Datagrams read before other callbacks get their turn: enough to see an overload coming, and few
enough that timers are late by milliseconds only."""
_TICK_S = 0.01
"""Timers that end this close together are fired together."""


class UdpServer:
    """Takes inbound calls on one UDP socket; `on_invite` is told of each new one.

    `on_invite` and every listener method run in the loop and return at once. An exception of
    theirs ends only their call: 500 before the answer, BYE after it.
    """

    def __init__(
        self,
        on_invite: Callable[[InboundLeg], None],
        *,
        timing: Timing | None = None,
        max_transactions: int = MAX_TRANSACTIONS,
    ) -> None:
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
        self._legs: dict[InboundCall, SipLeg] = {}

    async def start(self, host: str, port: int) -> None:
        """Listen on an IP address; port 0 takes a free one. Raises OSError where it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            listener.setblocking(False)
            listener.bind((host, port))
        except OSError:
            listener.close()
            raise
        self._socket = listener
        self._endpoint = Endpoint(
            new_token=partial(secrets.token_hex, 8),
            contact_for=LocalAddresses(self.address).towards,
            timing=self._timing,
            max_transactions=self._max_transactions,
        )
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
        if self._alarm is not None:
            self._alarm.cancel()
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self._socket = self._alarm = None
        self._legs.clear()

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
        except OSError:  # full buffer, no route: the same as a loss on the way
            self.unsent += 1

    def _now(self) -> float:
        assert self._loop is not None
        return self._loop.time()

    def _set_alarm(self) -> None:
        deadline = self.endpoint.next_deadline()
        if deadline is None or self._loop is None or self._socket is None:
            return
        alarm = self._alarm
        if alarm is None or deadline + _TICK_S < alarm.when():
            if alarm is not None:
                alarm.cancel()
            self._alarm = self._loop.call_at(deadline + _TICK_S, self._ring_alarm)

    def _ring_alarm(self) -> None:
        self._alarm = None
        self._perform(self.endpoint.fire(self._now()))

    # ── effects ──

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
            else:
                self._tell(effect)
        self._set_alarm()

    def _refuse(self, effect: Misbehaved) -> None:
        may_answer = self.offenders.may_answer(effect.source[0], self._now())
        if may_answer and effect.refusal is not None:
            self._send(effect.refusal)

    def _invite(self, invited: Invited) -> None:
        leg = SipLeg(invited, self.endpoint, self._now, self._perform)
        self._legs[invited.call] = leg
        self._guard(leg, partial(self._on_invite, leg))

    def _tell(self, effect: Acknowledged | Offered | DigitPressed | HungUp | Lost) -> None:
        leg = self._legs.get(effect.call)
        if leg is not None:
            self._guard(leg, partial(leg.tell, _told(effect)))

    def _guard(self, leg: SipLeg, action: Callable[[], None]) -> None:
        """Run foreign code at the boundary of a call: its failure must not reach other calls."""
        try:
            action()
        except Exception:
            _log.exception("call failed", sip_call_id=leg.invitation.sip_call_id)
            leg.refuse(500)
            leg.hang_up()


def _told(
    effect: Acknowledged | Offered | DigitPressed | HungUp | Lost,
) -> Callable[[LegListener], None]:
    match effect:
        case Acknowledged():
            return lambda listener: listener.acknowledged(effect.answer)
        case Offered():
            return lambda listener: listener.offered(effect.offer)
        case DigitPressed():
            return lambda listener: listener.digit_pressed(effect.digit)
        case HungUp():
            return lambda listener: listener.hung_up()
        case Lost():
            return lambda listener: listener.lost(effect.detail)
        case _:
            assert_never(effect)
