"""SIP of one test caller: the transactions of `dillo.sip` on one UDP socket.

The socket is connected to the address that is called, as to an outbound proxy: everything of the
call goes there, and an address where nobody listens is noticed at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from dillo.model.errors import Unavailable
from dillo.sip.errors import SipError
from dillo.sip.message import Request, Response, checked
from dillo.sip.parsing import BrokenRequest, parse
from dillo.sip.transactions import (
    ClientTransaction,
    Requested,
    Responded,
    ServerTransaction,
    Transactions,
)

_Inbox = asyncio.Queue[Response]


class Line(asyncio.DatagramProtocol):
    """Carries requests of ours to their final response, and requests of the peer to `serve`.

    `serve` is told each request once and returns the response to it, None to an ACK.
    """

    def __init__(
        self, target: tuple[str, int], serve: Callable[[Request], Response | None]
    ) -> None:
        self.datagrams_dropped = 0
        self.local: tuple[str, int]
        self._target = target
        self._serve = serve
        self._loop = asyncio.get_running_loop()
        self._transactions = Transactions()
        self._transport: asyncio.DatagramTransport
        self._is_closed = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._waiting: dict[ClientTransaction, _Inbox] = {}
        self._acks: dict[str | None, bytes] = {}
        """The ACK of a 2xx, by the branch of the INVITE."""
        self._unacknowledged: dict[int, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.local = transport.get_extra_info("sockname")[:2]

    async def request(
        self, request: Request, on_provisional: Callable[[Response], None] | None = None
    ) -> Response:
        """Send a request until it is answered; return its final response.

        That is 408 where none comes within 32 s (of an INVITE: no response at all), and 503 where
        nobody listens, as RFC 3261 §8.1.3.1 wants it.
        """
        inbox: _Inbox = asyncio.Queue()
        transaction = self._transactions.request(request, self._target, self._loop.time())
        self._waiting[transaction] = inbox
        self._flush()
        try:
            while (response := await inbox.get()).status < 200:
                if on_provisional is not None:
                    on_provisional(response)
            return response
        finally:
            del self._waiting[transaction]

    def acknowledge(self, invite: Request, ack: Request) -> None:
        """Send the ACK of a 2xx, now and whenever the 2xx comes again (RFC 3261 §13.2.2.4)."""
        data = self._acks[invite.via.branch] = bytes(ack)
        self._send(data)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take in a message; what is none of this call's is counted and dropped."""
        try:
            message = checked(parse(data))
            heard = self._transactions.receive(message, addr, self._loop.time())
        except BrokenRequest as broken:
            self._send(bytes(Response.reply(broken.request, broken.error.status)))
        except SipError:
            self.datagrams_dropped += 1
        else:
            if isinstance(heard, Requested):
                self._take_request(heard.request, heard.transaction)
            elif isinstance(heard, Responded):
                self._take_response(heard)
            self._flush()

    def _take_response(self, heard: Responded) -> None:
        inbox = self._waiting.get(heard.transaction)
        if inbox is not None:
            inbox.put_nowait(heard.response)
        elif ack := self._acks.get(heard.response.via.branch):
            self._send(ack)

    def _take_request(self, request: Request, transaction: ServerTransaction | None) -> None:
        response = self._serve(request)
        if transaction is None or response is None:
            if repeating := self._unacknowledged.pop(request.cseq.number, None):
                repeating.cancel()
            return
        data = self._transactions.respond(transaction, response, self._loop.time())
        if request.method == "INVITE" and response.status < 300:
            self._repeat(request.cseq.number, data, self._transactions.timing.t1_s)

    def _repeat(self, number: int, data: bytes, interval_s: float) -> None:
        """Send a 2xx again, at doubling intervals, until its ACK (RFC 3261 §13.3.1.4)."""

        def again() -> None:
            self._send(data)
            self._repeat(number, data, min(2 * interval_s, self._transactions.timing.t2_s))

        self._unacknowledged[number] = self._loop.call_later(interval_s, again)

    def error_received(self, exc: Exception) -> None:
        """End what waits for a response: nobody listens at the other end."""
        for transaction, inbox in self._waiting.items():
            inbox.put_nowait(Response.reply(transaction.request, 503))

    def _flush(self) -> None:
        """Send what is to be sent, and wake up for the next timer."""
        for send in self._transactions.take_outbox():
            self._send(send.data)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self._transactions.next_deadline()
        if deadline is not None and not self._transport.is_closing():
            self._alarm = self._loop.call_at(deadline, self._fire)

    def _fire(self) -> None:
        for timed_out in self._transactions.fire(self._loop.time()):
            transaction = timed_out.transaction
            if isinstance(transaction, ClientTransaction) and transaction in self._waiting:
                self._waiting[transaction].put_nowait(Response.reply(transaction.request, 408))
        self._flush()

    def _send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the socket is closed."""
        self._is_closed.set()

    async def close(self) -> None:
        """Send nothing any more, and close the socket."""
        self._transport.close()
        self._flush()
        for repeating in self._unacknowledged.values():
            repeating.cancel()
        await self._is_closed.wait()


@asynccontextmanager
async def open_line(
    target: tuple[str, int], serve: Callable[[Request], Response | None]
) -> AsyncIterator[Line]:
    """Open a line to a SIP address. Raises Unavailable where there is no way to it."""
    loop = asyncio.get_running_loop()
    try:
        _, line = await loop.create_datagram_endpoint(
            lambda: Line(target, serve), remote_addr=target
        )
    except OSError as error:
        raise Unavailable(f"no way to {target[0]}:{target[1]}: {error}") from error
    try:
        yield line
    finally:
        await line.close()
