"""All transactions of one endpoint: matched, driven by their tables, and forgotten in time."""

from collections.abc import Callable

import msgspec

from dillo.model.errors import MisuseError
from dillo.sip.errors import NotSip
from dillo.sip.message import Request, Response
from dillo.sip.routing import Address, stamp_source
from dillo.sip.timers import Timer, Timers, Timing
from dillo.sip.transactions.machine import Action, Event, State, step
from dillo.sip.transactions.transaction import (
    ClientTransaction,
    Key,
    ServerTransaction,
    Transaction,
    ack_for,
    client_key,
    server_key,
)


class Send(msgspec.Struct, frozen=True):
    """Put a datagram on the wire."""

    data: bytes
    target: Address


class Requested(msgspec.Struct, frozen=True):
    """A new request came; an ACK that belongs to no transaction has none."""

    request: Request
    transaction: ServerTransaction | None


class Responded(msgspec.Struct, frozen=True):
    """A response came to a request of ours."""

    response: Response
    transaction: ClientTransaction


class TimedOut(msgspec.Struct, frozen=True):
    """Nobody answered our request, or nobody acknowledged our error."""

    transaction: Transaction


_RETRANSMISSIONS = {
    Action.START_A: Event.TIMER_A,
    Action.DOUBLE_A: Event.TIMER_A,
    Action.START_E: Event.TIMER_E,
    Action.DOUBLE_E: Event.TIMER_E,
    Action.SLOW_E: Event.TIMER_E,
    Action.START_G: Event.TIMER_G,
    Action.DOUBLE_G: Event.TIMER_G,
}
_LIFETIMES = {
    Action.START_B: Event.TIMER_B,
    Action.START_D: Event.TIMER_D,
    Action.START_F: Event.TIMER_F,
    Action.START_H: Event.TIMER_H,
    Action.START_I: Event.TIMER_I,
    Action.START_J: Event.TIMER_J,
    Action.START_K: Event.TIMER_K,
    Action.START_L: Event.TIMER_L,
    Action.START_M: Event.TIMER_M,
}
_SHORT = {Action.START_I, Action.START_K}
"""These last T4 on UDP, all others 64*T1."""


class Transactions:
    """The transaction layer (RFC 3261 §17), without I/O.

    Datagrams to send gather in `outbox`; take them after every call. Times are seconds on any
    one monotonic clock.
    """

    def __init__(self, timing: Timing | None = None, timers: Timers | None = None) -> None:
        self.timing = timing or Timing()
        self.timers = timers or Timers()
        self.outbox: list[Send] = []
        self.retransmitted = 0
        """Datagrams that we sent again."""
        self.absorbed = 0
        """Requests that came again and were answered from their transaction."""
        self.on_terminated: Callable[[Transaction], None] | None = None
        self._timeout_s = self.timing.timeout_s
        self._servers: dict[Key, ServerTransaction] = {}
        self._clients: dict[Key, ClientTransaction] = {}
        self._timed_out: list[TimedOut] = []

    def __len__(self) -> int:
        return len(self._servers) + len(self._clients)

    def take_outbox(self) -> list[Send]:
        """Return what is to be sent, and forget it."""
        outbox, self.outbox = self.outbox, []
        return outbox

    # ── as a server ──

    def receive(
        self, message: Request | Response, source: Address, now: float
    ) -> Requested | Responded | None:
        """Take in a message; returns what is new in it, None for what a transaction absorbs.

        Raises SipError for a message whose Via or CSeq cannot be read.
        """
        if isinstance(message, Response):
            return self.hear(message, now)
        target = stamp_source(message, source)
        if self.absorb(message, now):
            return None
        transaction = None if message.method == "ACK" else self.serve(message, target)
        return Requested(message, transaction)

    def absorb(self, request: Request, now: float) -> bool:
        """Give a request to the transaction it repeats or acknowledges; tells if that was all.

        The ACK of a 2xx is for the user even where it looks like part of a transaction, as that
        of an RFC 2543 sender does (RFC 6026 §7.1).
        """
        is_ack = request.method == "ACK"
        found = self.find_server(request, "INVITE" if is_ack else request.method)
        if found is None:
            return False
        self.absorbed += not is_ack
        actions = self._step(found, Event.ACK if is_ack else Event.REQUEST, None, now)
        return Action.PASS not in actions

    def find_server(self, request: Request, method: str) -> ServerTransaction | None:
        """Return the server transaction of `method` that the request's top Via names."""
        return self._servers.get(server_key(request, method))

    def serve(self, request: Request, target: Address) -> ServerTransaction:
        """Open a server transaction; responses go to `target`."""
        key = server_key(request, request.method)
        transaction = self._servers[key] = ServerTransaction(request, key, target)
        return transaction

    def respond(self, transaction: ServerTransaction, response: Response, now: float) -> bytes:
        """Send a response; returns its octets. Raises MisuseError where it is too late for it."""
        event = _class_event(response.status, Event.SEND_1XX, Event.SEND_2XX, Event.SEND_ERROR)
        if (transaction.state, event) not in transaction.table:
            raise MisuseError(f"cannot {event} in a transaction that is {transaction.state}")
        data = bytes(response)
        self._step(transaction, event, data, now)
        return data

    # ── as a client ──

    def request(self, request: Request, target: Address, now: float) -> ClientTransaction:
        """Send a request of ours, whose top Via has a branch of its own; not for ACK."""
        transaction = ClientTransaction(request, target)
        self._clients[transaction.key] = transaction
        self._step(transaction, Event.SEND_REQUEST, bytes(request), now)
        return transaction

    def hear(self, response: Response, now: float) -> Responded | None:
        """Give a response to its transaction; returns it where it is news.

        Raises NotSip for one that was not for us: no transaction waits for it, or it has a
        second Via (RFC 3261 §8.1.3.3).
        """
        transaction = self._clients.get(client_key(response))
        if transaction is None or len(response.items("via")) > 1:
            raise NotSip("response", "answers no request of ours")
        event = _class_event(response.status, Event.GOT_1XX, Event.GOT_2XX, Event.GOT_ERROR)
        actions = self._step(transaction, event, response, now)
        return Responded(response, transaction) if Action.PASS in actions else None

    def abandon(self, transaction: Transaction) -> None:
        """Wait for nothing more; what still comes in answers no request of ours."""
        transaction.state = State.TERMINATED
        self._forget(transaction)

    # ── time ──

    def next_deadline(self) -> float | None:
        """Return when `fire` must be called next."""
        return self.timers.next_deadline()

    def fire(self, now: float) -> list[TimedOut]:
        """Let every timer happen whose time has come; for a layer that has its timers alone."""
        for owner, event in self.timers.due(now):
            if isinstance(owner, Transaction):
                self.expire(owner, Event(event), now)
        return self.take_timed_out()

    def expire(self, transaction: Transaction, event: Event, now: float) -> None:
        """Let one timer of a transaction happen."""
        self._step(transaction, event, None, now)

    def take_timed_out(self) -> list[TimedOut]:
        """Return the transactions that timed out since the last time."""
        timed_out, self._timed_out = self._timed_out, []
        return timed_out

    # ── the tables at work ──

    def _step(
        self, transaction: Transaction, event: Event, subject: bytes | Response | None, now: float
    ) -> tuple[Action, ...]:
        transaction.state, actions = step(transaction.table, transaction.state, event)
        for action in actions:
            self._perform(transaction, action, subject, now)
        if transaction.state is State.TERMINATED:
            self._forget(transaction)
        return actions

    def _perform(
        self,
        transaction: Transaction,
        action: Action,
        subject: bytes | Response | None,
        now: float,
    ) -> None:
        if action in _LIFETIMES:
            self._start_lifetime(transaction, action, now)
        elif action in _RETRANSMISSIONS:
            self._start_retransmission(transaction, action, now)
        elif action is Action.RESEND:
            self.retransmitted += 1
            self.outbox.append(Send(transaction.data, transaction.target))
        elif action is Action.TIME_OUT:
            self._timed_out.append(TimedOut(transaction))
        elif action is Action.SEND and isinstance(subject, bytes):
            self._send(transaction, subject)
        elif action is Action.ACKNOWLEDGE and isinstance(subject, Response):
            self._acknowledge(transaction, subject)

    def _send(self, transaction: Transaction, data: bytes) -> None:
        # In the Accepted state nothing is sent again from here: its 2xx need not be kept.
        transaction.data = b"" if transaction.state is State.ACCEPTED else data
        self.outbox.append(Send(data, transaction.target))

    def _acknowledge(self, transaction: Transaction, response: Response) -> None:
        assert isinstance(transaction, ClientTransaction)
        ack = ack_for(transaction.request, response)
        self.outbox.append(Send(bytes(ack), transaction.target))

    def _start_lifetime(self, transaction: Transaction, action: Action, now: float) -> None:
        _cancel(transaction.lifetime)
        lasts_s = self.timing.t4_s if action in _SHORT else self._timeout_s
        event = _LIFETIMES[action]
        transaction.lifetime = self.timers.start(now + lasts_s, transaction, event)

    def _start_retransmission(self, transaction: Transaction, action: Action, now: float) -> None:
        timing = self.timing
        if action is Action.DOUBLE_A:
            transaction.interval_s *= 2
        elif action is Action.SLOW_E:
            transaction.interval_s = timing.t2_s
        elif action in (Action.DOUBLE_E, Action.DOUBLE_G):
            transaction.interval_s = min(2 * transaction.interval_s, timing.t2_s)
        else:
            transaction.interval_s = timing.t1_s
        event = _RETRANSMISSIONS[action]
        transaction.retransmit = self.timers.start(now + transaction.interval_s, transaction, event)

    def _forget(self, transaction: Transaction) -> None:
        _cancel(transaction.lifetime)
        _cancel(transaction.retransmit)
        self._servers.pop(transaction.key, None)
        self._clients.pop(transaction.key, None)
        if self.on_terminated is not None:
            self.on_terminated(transaction)


def _cancel(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()


def _class_event(status: int, provisional: Event, success: Event, error: Event) -> Event:
    if status < 200:
        return provisional
    return success if status < 300 else error
