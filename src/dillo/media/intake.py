"""Reads what calls hear: one packet from each ready socket, looked at for many calls at once."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dillo.media.incoming import Incoming
from dillo.media.lane import BUFFER_SIZE
from dillo.media.packets import Contain
from dillo.media.sieve import PASSED
from dillo.media.track import Place
from dillo.rtp.packet import HEADER_SIZE, PLAIN
from dillo.rtp.reception import MAX_TRANSIT_STEP, Count

if TYPE_CHECKING:
    from dillo.media.call import Call

Array = npt.NDArray[np.int64]

MAX_READY = 1023
"""Sockets read in one go."""
_ROW_SIZE = BUFFER_SIZE + 64
"""Rows a multiple of 2048 octets apart would all want the same few lines of the cache."""
_ENOUGH, _LONG_ENOUGH = 640, 5
"""So many packets, or those of so many rounds, are looked at together."""
_LATE = 80
"""Samples, 10 ms: a packet that comes so much later than the one before may have brought more."""
_NOT_TOLD = 0
"""In place of an event: there may be a packet though the kernel tells of none."""
_FIRST_SEATS = 64
_NOBODY = -1
Seat = tuple[Callable[[memoryview], int], Callable[[], None] | None, int]
"""How a packet is read, what is to be told then, and which seat it is."""
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

    Where a sieve keeps audio back, in order is what has the next number that it lets pass.

    Packets are read as soon as they are there, which is when they arrived, and looked at some
    rounds later: numpy costs the same for a few as for many. The sockets are edge-triggered, so
    packets that came together are told of once: after one that is late, or is no plain audio, a
    socket is read each round until it is empty.
    """

    def __init__(self, contain: Contain) -> None:
        self._contain = contain
        self._seat_of: list[Seat | None] = []
        self._calls: list[Call | None] = []
        self._records: list[Place | None] = []
        self._descriptors: list[int] = []
        self._free: list[int] = []
        self._kind = np.zeros(0, np.int64)
        self._ssrc = np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)
        self._kept_back = np.zeros(0, np.int64)  # bits of the numbers that a sieve keeps back
        self._transit = np.zeros(0, np.int64)
        self._seen = np.zeros(0, np.int64)
        self._jitter = np.zeros(0, np.float64)
        self._heard_at = np.zeros(0, np.float64)
        self._is_recorded = np.zeros(0, np.bool_)
        self._is_waiting = bytearray()
        self._add_seats(_FIRST_SEATS)
        rows = np.zeros((_ENOUGH + MAX_READY, _ROW_SIZE), np.uint8)
        self._views = [memoryview(row)[:BUFFER_SIZE] for row in rows]  # type: ignore[arg-type]
        self._wire = rows.reshape(-1).view(_WIRE)
        self._arrived = np.zeros(len(rows))
        self._seats: list[int] = []  # of each row in use
        self._sizes: list[int] = []
        self._rounds = 0
        self._crowded: set[int] = set()

    # Seats

    def follow(self, descriptor: int, call: "Call") -> None:
        """Read a call's packets from a connected descriptor."""
        if not self._free:
            self._add_seats(len(self._calls))
        seat = self._free.pop()
        self._calls[seat] = call
        self._descriptors[seat] = descriptor
        self._seat_of += [None] * (descriptor + 1 - len(self._seat_of))
        call.incoming.sit(self, seat)

    def unfollow(self, descriptor: int) -> None:
        """Read it no more; the call has its statistics back."""
        self.take()
        self._crowded.discard(descriptor)
        known, self._seat_of[descriptor] = self._seat_of[descriptor], None
        assert known is not None
        *_, seat = known
        call = self._call_at(seat)
        call.incoming.rise()
        self._calls[seat] = self._records[seat] = None
        self._free.append(seat)

    def seat(self, seat: int, heard: Incoming, count: Count) -> None:
        """Take over what a call expects, and its statistics so far."""
        self._kind[seat] = heard.plain_type
        self._ssrc[seat] = _NOBODY if heard.ssrc is None else heard.ssrc
        self._records[seat] = heard.record
        self._is_recorded[seat] = heard.record is not None
        self._heard_at[seat] = heard.heard_at
        self._last[seat], self._seen[seat] = count.next_sequence - 1, count.seen
        self._transit[seat], self._jitter[seat] = count.transit, count.jitter
        note = heard.sieve.note if heard.sieve and heard.sieve.is_on else None
        self._kept_back[seat] = PASSED - 1 if note else 0
        self._seat_of[self._descriptors[seat]] = heard.recv_into, note, seat

    def settle(self, seat: int) -> tuple[float, Count]:
        """Return when a call was heard last, and its statistics."""
        count = Count(
            int(self._seen[seat]),
            int(self._last[seat]) + 1,
            int(self._transit[seat]),
            float(self._jitter[seat]),
        )
        return self.heard_at(seat), count

    def heard_at(self, seat: int) -> float:
        """Return when a call was heard last."""
        return float(self._heard_at[seat])

    def _add_seats(self, more: int) -> None:
        free = range(len(self._calls), len(self._calls) + more)
        self._free += reversed(free)
        self._calls += [None] * more
        self._records += [None] * more
        self._descriptors += [_NOBODY] * more
        self._is_waiting += bytes(more)
        for name in (
            "_kind",
            "_ssrc",
            "_last",
            "_kept_back",
            "_transit",
            "_seen",
            "_jitter",
            "_heard_at",
        ):
            values = getattr(self, name)
            setattr(self, name, np.append(values, np.zeros(more, values.dtype)))
        self._is_recorded = np.append(self._is_recorded, np.zeros(more, np.bool_))

    # Packets

    def receive(
        self,
        ready: list[tuple[int, int]],
        others: Mapping[int, Callable[[float], None]],
        now: float,
    ) -> None:
        """Read one packet from each ready socket, and from those that seemed to have more.

        `others` are the descriptors that are no call's audio; they come last, since what they
        bring may end a call.
        """
        crowded, self._crowded = self._crowded, set()
        ready += [(descriptor, _NOT_TOLD) for descriptor in crowded]
        strangers = self._read(ready, now) if ready else ()
        self._rounds += 1
        if self._rounds >= _LONG_ENOUGH or len(self._seats) >= _ENOUGH:
            self.take()
        for descriptor in strangers:
            if descriptor in others:
                others[descriptor](now)

    def _read(self, ready: list[tuple[int, int]], now: float) -> list[int]:
        """Read a packet from each socket that has a seat; return the other descriptors."""
        seat_of, views, waiting = self._seat_of, self._views, self._is_waiting
        known_to = len(seat_of)
        strangers: list[int] = []
        again: list[tuple[int, int]] = []
        seats, sizes = self._seats, self._sizes
        first = len(seats)
        for descriptor, event in ready:
            known = seat_of[descriptor] if descriptor < known_to else None
            if known is None:
                strangers.append(descriptor)
                continue
            recv_into, note, seat = known
            if waiting[seat]:
                again.append((descriptor, _NOT_TOLD))
                continue
            try:
                sizes.append(recv_into(views[len(sizes)]))
            except BlockingIOError:
                continue  # no other one was behind the last
            except OSError:
                self._call_at(seat).incoming.socket_errors += 1
            else:
                seats.append(seat)
                waiting[seat] = True
                if note:
                    note()
                if event == _NOT_TOLD:
                    self._crowded.add(descriptor)
        self._arrived[first : len(seats)] = now
        if again:  # the next packet of a call is looked at after the one before
            self.take()
            self._read(again, now)
        return strangers

    def take(self) -> None:
        """Look at all packets that were read."""
        self._rounds = 0
        if not self._seats:
            return
        seats, sizes = self._seats, self._sizes
        self._seats, self._sizes = [], []
        self._is_waiting = bytearray(len(self._calls))
        wire, now = self._wire[: len(seats)], self._arrived[: len(seats)]
        at = np.array(seats)
        clock = (now * 8000).astype(np.int64)
        sequence = wire["sequence"].astype(np.int64)
        timestamp = wire["timestamp"].astype(np.int64)
        transit = clock - timestamp
        step = transit - self._transit[at]
        crowded = (step > _LATE).nonzero()[0].tolist()
        step = np.abs(step)
        is_plain = (
            (wire["first"] == PLAIN)
            & (wire["kind"] == self._kind[at])
            & (wire["ssrc"] == self._ssrc[at])
            & (sequence == (self._last[at] | self._kept_back[at]) + 1)
            & (sequence != 0xFFFF)
            & (step < MAX_TRANSIT_STEP)
            & (np.array(sizes) > HEADER_SIZE)
        )
        recorded = (is_plain & self._is_recorded[at]).nonzero()[0]
        others: list[int] = []
        heard_at = now
        if np.count_nonzero(is_plain) < len(seats):
            others = (~is_plain).nonzero()[0].tolist()
            at, sequence, transit, step, heard_at = (
                values[is_plain] for values in (at, sequence, transit, step, now)
            )
        # As Reception.packet does it, one by one.
        self._last[at] = sequence
        self._transit[at] = transit
        self._seen[at] += 1
        self._jitter[at] += (step - self._jitter[at]) / 16
        self._heard_at[at] = heard_at
        if recorded.size:
            self._record(recorded, timestamp[recorded], clock[recorded], seats, sizes)
        for row in others:
            packet = self._views[row][: sizes[row]]
            self._take_apart(seats[row], packet, float(now[row]), int(clock[row]))
            crowded.append(row)
        self._crowded.update(self._descriptors[seats[row]] for row in crowded)

    def _record(
        self, rows: Array, timestamps: Array, clocks: Array, seats: list[int], sizes: list[int]
    ) -> None:
        records, views = self._records, self._views
        for row, timestamp, clock in zip(
            rows.tolist(), timestamps.tolist(), clocks.tolist(), strict=True
        ):
            seat = seats[row]
            try:
                record = records[seat]
                assert record is not None
                record(timestamp, views[row][HEADER_SIZE : sizes[row]], clock, True)
            except Exception as error:
                self._contain(self._call_at(seat), error)

    def _take_apart(self, seat: int, packet: memoryview, now: float, clock: int) -> None:
        call = self._call_at(seat)
        try:
            call.incoming.packet(packet, now, clock)
        except OSError:
            call.incoming.socket_errors += 1
        except Exception as error:
            self._contain(call, error)

    def _call_at(self, seat: int) -> "Call":
        call = self._calls[seat]
        assert call is not None
        return call
