"""The loop that runs for every packet of a bridged call.

It is flat on purpose: no objects made but the packet itself, everything per call in slots, one
bound method per system call. A packet that is not of the common kind goes to `Incoming`. Building
a packet by `pack` and `+` takes 170 ns, filling a prepared one 310 ns. A callable in a slot is
fetched into a variable first: CPython 3.11 has a fast path for that, and none for calling it
straight off the object.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dillo.rtp.packet import HEADER, HEADER_SIZE, PLAIN

if TYPE_CHECKING:
    from dillo.media.call import Call
    from dillo.media.incoming import Incoming

BUFFER_SIZE = 2048
"""No packet is larger on an Ethernet."""
_BUFFER = bytearray(BUFFER_SIZE)
_VIEW = memoryview(_BUFFER)

Contain = Callable[["Call", Exception], None]


def forward(
    ready: list[tuple[int, int]],
    sources: "Mapping[int, Incoming]",
    now: float,
    fail: Callable[[int, Exception], None],
) -> None:
    """Read one packet from each ready socket of bridged calls: what is heard leaves at once.

    Audio that follows on exactly, in the packet time of the other side, only gets a new header.
    """
    pack, unpack = HEADER.pack, HEADER.unpack_from
    clock = int(now * 8000)
    for descriptor, _ in ready:
        heard = sources[descriptor]
        try:
            recv_into = heard.recv_into
            size = recv_into(_VIEW)
            first, kind, sequence, timestamp, ssrc = unpack(_BUFFER)
            bridge = heard.bridge
            if (
                kind != heard.plain_type
                or ssrc != heard.ssrc
                or first != PLAIN
                or size <= HEADER_SIZE
                or bridge is None
            ):
                heard.packet(_VIEW[:size], now, clock)
                continue
            heard.heard_at = now
            count = heard.count
            is_newest = count(sequence, timestamp, clock)
            record = heard.record
            if record is not None:
                record(timestamp, _VIEW[HEADER_SIZE:size], clock, is_newest)
            payload = _BUFFER[HEADER_SIZE:size]
            out = bridge.out
            at = timestamp + bridge.timestamp_shift & 0xFFFF_FFFF
            if (
                at - out.timestamp == out.frame == size - HEADER_SIZE
                and is_newest
                and out.is_forwarding
            ):
                out.sequence = sequence = sequence + bridge.sequence_shift & 0xFFFF
                out.timestamp = at
                out.idle = 0
                out.sent += 1
                table = bridge.table
                if table is not None:
                    payload = payload.translate(table)
                send = out.send
                send(pack(PLAIN, out.payload_type, sequence, at, out.ssrc) + payload)
            else:
                bridge.pass_audio(heard.law, 0, sequence, timestamp, payload, is_newest)
        except OSError:
            heard.socket_errors += 1
        except Exception as error:
            fail(descriptor, error)
