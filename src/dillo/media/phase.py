"""The calls whose packets leave in the same step of the clock."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from dillo.media.outgoing import TICK_SAMPLES, Outgoing
from dillo.media.packets import Contain
from dillo.media.playlist import Playlist
from dillo.rtp.packet import HEADER, HEADER_SIZE, PLAIN

if TYPE_CHECKING:
    from dillo.media.call import Call

_PACKET_SIZE = HEADER_SIZE + TICK_SAMPLES
_FIRST_ROWS = 16
_NEVER = float("inf")
_LATE_S = 0.020
_ON_TIME_S = 0.004
"""A step of the clock: what is no later is not noted."""
_WIRE = np.dtype(
    {
        "names": ["kind", "sequence", "timestamp", "ssrc"],
        "formats": ["u1", ">u2", ">u4", ">u4"],
        "offsets": [1, 2, 4, 8],
        "itemsize": _PACKET_SIZE,
    }
)
_COUNTED = np.dtype(
    [
        ("sequence", np.uint16),
        ("timestamp", np.uint32),
        ("late", np.int64),
        ("worst_late_s", np.float64),
    ]
)


class Phase:
    """Its calls, and a row for each steady stream: the packet that only wants its next numbers.

    All sequence numbers and timestamps go on in one step of numpy; what is left for each packet
    is to copy in what plays, and to send it. While a stream has a row, its numbers are in the row;
    `catch_up` tells the stream. Everything else is done by `Outgoing.send_unsteady`.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.chores_at = _NEVER
        self._tick = 0
        self._unsteady: dict[Outgoing, None] = {}
        self._playing: dict[int, Playlist] = {}
        self._at_edge: list[Outgoing] = []
        self._streams: list[Outgoing] = []
        self._sends: list[Callable[[memoryview], int]] = []
        self._octets = np.zeros((0, _PACKET_SIZE), np.uint8)
        self._counted = np.zeros(0, _COUNTED)
        self._grow(_FIRST_ROWS)

    def __len__(self) -> int:
        return len(self.calls)

    def join(self, call: "Call") -> None:
        """Send for a call from the next step on."""
        self.calls.append(call)
        call.outgoing.phase = self
        self.plan(call)
        self.place(call.outgoing)

    def plan(self, call: "Call") -> None:
        """Have a call's chores done when it says so now."""
        self.chores_at = min(self.chores_at, call.chores_at)

    def leave(self, call: "Call") -> None:
        """Send for a call no more."""
        self.calls.remove(call)
        stream = call.outgoing
        self._take_row(stream)
        self._unsteady.pop(stream, None)
        stream.phase = None

    # Rows

    def place(self, stream: Outgoing) -> None:
        """Give a stream the row it needs as it is now, or take it away."""
        if not stream.is_steady:
            self._take_row(stream)
            self._unsteady[stream] = None
            return
        if stream.row < 0:
            self._give_row(stream)
        self._sends[stream.row] = stream.send
        if stream.playlist is None:
            self._playing.pop(stream.row, None)
        else:
            self._playing[stream.row] = stream.playlist
        self._write(stream, stream.payload_type, stream.silence)

    def catch_up(self, stream: Outgoing) -> None:
        """Tell a stream with a row where it is by now."""
        counted = self._counted[stream.row].item()
        stream.sequence, stream.timestamp, stream.late, stream.worst_late_s = counted
        stream.sent += self._tick - stream.since_tick
        stream.since_tick = self._tick

    def _give_row(self, stream: Outgoing) -> None:
        self._unsteady.pop(stream, None)
        row = stream.row = len(self._streams)
        if row == len(self._octets):
            self._grow(2 * row)
        self._streams.append(stream)
        self._sends.append(stream.send)
        self._wire["ssrc"][row] = stream.ssrc
        counted = stream.sequence, stream.timestamp, stream.late, stream.worst_late_s
        self._counted[row] = counted
        stream.since_tick = self._tick

    def _take_row(self, stream: Outgoing) -> None:
        """Free a stream's row; the last one moves into its place."""
        row = stream.row
        if row < 0:
            return
        self.catch_up(stream)
        stream.row = -1
        self._playing.pop(row, None)
        last, send = self._streams.pop(), self._sends.pop()
        if last is not stream:
            if last.row in self._playing:
                self._playing[row] = self._playing.pop(last.row)
            for rows in (self._octets, self._counted):
                rows[row] = rows[len(self._streams)]
            self._streams[row], self._sends[row] = last, send
            last.row = row

    def _write(self, stream: Outgoing, kind: int, payload: bytes) -> None:
        self._kinds[stream.row] = kind
        start = stream.row * _PACKET_SIZE + HEADER_SIZE
        self._octets_in_line[start : start + TICK_SAMPLES] = payload

    def _grow(self, rows: int) -> None:
        octets = np.zeros((rows, _PACKET_SIZE), np.uint8)
        octets[:, 0] = PLAIN
        octets[: len(self._octets)] = self._octets
        more = rows - len(self._octets)
        self._octets = octets
        self._counted = np.append(self._counted, np.zeros(more, _COUNTED))
        self._sequences, self._timestamps = self._counted["sequence"], self._counted["timestamp"]
        self._late, self._worst_late_s = self._counted["late"], self._counted["worst_late_s"]
        self._packets = [memoryview(row) for row in octets]  # type: ignore[arg-type]
        in_line = octets.reshape(-1)
        self._octets_in_line = memoryview(in_line)  # type: ignore[arg-type]
        self._wire = in_line.view(_WIRE)
        self._kinds = self._wire["kind"]
        self._wire_sequences = self._wire["sequence"]
        self._wire_timestamps = self._wire["timestamp"]

    # A step

    def do_chores(self, now: float, contain: Contain) -> None:
        """Do the chores that are due, and find out when the next ones are."""
        for call in self.calls:
            if call.chores_at <= now:
                try:
                    call.do_chores(now)
                except Exception as error:
                    contain(call, error)
        self.chores_at = min(call.chores_at for call in self.calls)

    def send(self, contain: Contain) -> None:
        """Send the packet of this step for each call."""
        if self._unsteady:
            self._send_unsteady(contain)
        if not self._streams:
            return
        self._tick += 1
        self._sequences += np.uint16(1)
        self._timestamps += np.uint32(TICK_SAMPLES)
        self._wire_sequences[:] = self._sequences
        self._wire_timestamps[:] = self._timestamps
        self._fill(contain)
        for row, send, packet in zip(count(), self._sends, self._packets, strict=False):
            try:
                send(packet)
            except OSError:  # such as an ICMP error for an earlier packet: go on
                self._streams[row].socket_errors += 1
            except Exception as error:
                contain(self._call_of(self._streams[row]), error)

    def note_lateness(self, behind_s: float) -> None:
        """Note how late a step was: told when its last packet has left, so never flattering."""
        if behind_s <= _ON_TIME_S:
            return
        np.maximum(self._worst_late_s, behind_s, out=self._worst_late_s)
        is_late = behind_s > _LATE_S
        if is_late:
            self._late += 1
        for stream in self._unsteady:
            stream.late += is_late
            stream.worst_late_s = max(stream.worst_late_s, behind_s)

    def _send_unsteady(self, contain: Contain) -> None:
        for stream in tuple(self._unsteady):
            try:
                stream.send_unsteady()
            except OSError:
                stream.socket_errors += 1
            except Exception as error:
                contain(self._call_of(stream), error)

    def _fill(self, contain: Contain) -> None:
        """Copy what plays into the packets."""
        at_edge, self._at_edge = self._at_edge, []
        for stream in at_edge:
            if stream.row >= 0:
                self._write(stream, stream.payload_type, stream.silence)
        octets, edges = self._octets_in_line, []
        for row, playlist in self._playing.items():
            at = playlist.at
            end = at + TICK_SAMPLES
            if end <= playlist.size:
                playlist.at = end
                start = row * _PACKET_SIZE + HEADER_SIZE
                octets[start : start + TICK_SAMPLES] = playlist.data[at:end]
            else:
                edges.append(self._streams[row])
        for stream in edges:
            try:
                self._fill_edge(stream)
            except OSError:
                stream.socket_errors += 1
            except Exception as error:
                contain(self._call_of(stream), error)

    def _fill_edge(self, stream: Outgoing) -> None:
        """Fill the packet at the end of a file or the play list, after which a bridge may go on."""
        kind, payload = stream.edge(TICK_SAMPLES)
        if stream.row >= 0:
            self._write(stream, kind, payload)
            self._at_edge.append(stream)
        else:
            header = HEADER.pack(PLAIN, kind, stream.sequence, stream.timestamp, stream.ssrc)
            stream.send(header + payload)

    def _call_of(self, stream: Outgoing) -> "Call":
        return next(call for call in self.calls if call.outgoing is stream)
