"""Reads what calls hear: one packet from each ready socket, looked at for all calls at once."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from dillo.media.incoming import Incoming
from dillo.media.packets import BUFFER_SIZE, Contain
from dillo.rtp.packet import HEADER_SIZE, PLAIN
from dillo.rtp.reception import MAX_TRANSIT_STEP, Count

if TYPE_CHECKING:
    from dillo.media.call import Call

MAX_READY = 1023
"""Sockets read in one go."""
_ROW_SIZE = BUFFER_SIZE + 64
"""Rows a multiple of 2048 octets apart would all want the same few lines of the cache."""
_FIRST_SEATS = 64
_NOBODY = -1
_WIRE = np.dtype(
    {
        "names": ["first", "kind", "sequence", "timestamp", "ssrc"],
        "formats": ["u1", "u1", ">u2", ">u4", ">u4"],
        "offsets": [0, 1, 2, 4, 8],
        "itemsize": _ROW_SIZE,
    }
)


class Intake:
    """A seat for each call whose peer is known: what its next packet should be, and its statistics.

    Audio of the expected kind, in order, is counted for all seats in one step of numpy, and
    recorded where somebody records. Any other packet goes to `Incoming.packet`, with the
    statistics: while a call has a seat they are in the seat, and `settle` tells the call.
    """

    def __init__(self) -> None:
        self._seat_of: dict[int, tuple[Callable[[memoryview], int], int]] = {}
        self._calls: list[Call | None] = []
        self._free: list[int] = []
        self._kind = np.zeros(0, np.int64)
        self._ssrc = np.zeros(0, np.int64)
        self._next = np.zeros(0, np.int64)
        self._transit = np.zeros(0, np.int64)
        self._received = np.zeros(0, np.int64)
        self._jitter = np.zeros(0, np.float64)
        self._heard_at = np.zeros(0, np.float64)
        self._is_recorded = np.zeros(0, np.bool_)
        self._add_seats(_FIRST_SEATS)
        rows = np.zeros((MAX_READY, _ROW_SIZE), np.uint8)
        self._views = [memoryview(row)[:BUFFER_SIZE] for row in rows]  # type: ignore[arg-type]
        self._wire = rows.reshape(-1).view(_WIRE)

    # Seats

    def follow(self, descriptor: int, call: "Call") -> None:
        """Read a call's packets from a connected descriptor."""
        if not self._free:
            self._add_seats(len(self._calls))
        seat = self._free.pop()
        self._calls[seat] = call
        self._seat_of[descriptor] = call.incoming.recv_into, seat
        call.incoming.sit(self, seat)

    def unfollow(self, descriptor: int) -> None:
        """Read it no more; the call has its statistics back."""
        _, seat = self._seat_of.pop(descriptor)
        call = self._calls[seat]
        assert call is not None
        call.incoming.rise()
        self._calls[seat] = None
        self._free.append(seat)

    def seat(self, seat: int, heard: Incoming, count: Count) -> None:
        """Take over what a call expects, and its statistics so far."""
        self._kind[seat] = heard.plain_type
        self._ssrc[seat] = _NOBODY if heard.ssrc is None else heard.ssrc
        self._is_recorded[seat] = heard.record is not None
        self._heard_at[seat] = heard.heard_at
        self._next[seat], self._received[seat] = count.next_sequence, count.received
        self._transit[seat], self._jitter[seat] = count.transit, count.jitter

    def settle(self, seat: int) -> tuple[float, Count]:
        """Return when a call was heard last, and its statistics."""
        count = Count(
            int(self._received[seat]),
            int(self._next[seat]),
            int(self._transit[seat]),
            float(self._jitter[seat]),
        )
        return float(self._heard_at[seat]), count

    def _add_seats(self, more: int) -> None:
        free = range(len(self._calls), len(self._calls) + more)
        self._free += reversed(free)
        self._calls += [None] * more
        for name in ("_kind", "_ssrc", "_next", "_transit", "_received", "_jitter", "_heard_at"):
            values = getattr(self, name)
            setattr(self, name, np.append(values, np.zeros(more, values.dtype)))
        self._is_recorded = np.append(self._is_recorded, np.zeros(more, np.bool_))

    # Packets

    def receive(
        self,
        ready: list[tuple[int, int]],
        others: Mapping[int, Callable[[float], None]],
        now: float,
        contain: Contain,
    ) -> None:
        """Read one packet from each ready socket; what is left there is ready again next time.

        `others` are the descriptors that are no call's audio; they come last, since what they
        bring may end a call.
        """
        seat_of, views = self._seat_of, self._views
        strangers: list[int] = []
        seats: list[int] = []
        sizes: list[int] = []
        for descriptor, _ in ready:
            known = seat_of.get(descriptor)
            if known is None:
                strangers.append(descriptor)
                continue
            recv_into, seat = known
            try:
                sizes.append(recv_into(views[len(sizes)]))
            except OSError:
                self._call_at(seat).incoming.socket_errors += 1
            else:
                seats.append(seat)
        if seats:
            self._take(seats, sizes, now, contain)
        for descriptor in strangers:
            if descriptor in others:
                others[descriptor](now)

    def _take(self, seats: list[int], sizes: list[int], now: float, contain: Contain) -> None:
        wire = self._wire[: len(seats)]
        at = np.array(seats)
        clock = int(now * 8000)
        sequence = wire["sequence"].astype(np.int64)
        timestamp = wire["timestamp"].astype(np.int64)
        transit = clock - timestamp
        step = np.abs(transit - self._transit[at])
        is_plain = (
            (wire["first"] == PLAIN)
            & (wire["kind"] == self._kind[at])
            & (wire["ssrc"] == self._ssrc[at])
            & (sequence == self._next[at])
            & (sequence != 0xFFFF)
            & (step < MAX_TRANSIT_STEP)
            & (np.array(sizes) > HEADER_SIZE)
        )
        recorded = (is_plain & self._is_recorded[at]).nonzero()[0].tolist()
        others: list[int] = []
        if np.count_nonzero(is_plain) < len(seats):
            others = (~is_plain).nonzero()[0].tolist()
            at, sequence, transit, step = (
                values[is_plain] for values in (at, sequence, transit, step)
            )
        # As Reception.packet does it, one by one.
        self._next[at] = sequence + 1
        self._transit[at] = transit
        self._received[at] += 1
        self._jitter[at] += (step - self._jitter[at]) / 16
        self._heard_at[at] = now
        for row in recorded:
            self._record(seats[row], int(timestamp[row]), row, sizes[row], clock, contain)
        for row in others:
            self._take_apart(seats[row], row, sizes[row], now, clock, contain)

    def _record(
        self, seat: int, timestamp: int, row: int, size: int, clock: int, contain: Contain
    ) -> None:
        call = self._call_at(seat)
        try:
            record = call.incoming.record
            assert record is not None
            record(timestamp, self._views[row][HEADER_SIZE:size], clock, True)
        except Exception as error:
            contain(call, error)

    def _take_apart(
        self, seat: int, row: int, size: int, now: float, clock: int, contain: Contain
    ) -> None:
        call = self._call_at(seat)
        try:
            call.incoming.packet(self._views[row][:size], now, clock)
        except OSError:
            call.incoming.socket_errors += 1
        except Exception as error:
            contain(call, error)

    def _call_at(self, seat: int) -> "Call":
        call = self._calls[seat]
        assert call is not None
        return call
