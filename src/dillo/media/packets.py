"""The loop that runs for every packet of a bridged call.

It is flat on purpose: no objects made but numbers, everything per call in slots, one bound method
per system call. A packet that is not the one its lane expects goes to `Incoming`; all others leave
in the buffer they came in, behind a new header. A callable in a slot is fetched into a variable
first: CPython 3.11 has a fast path for that, and none for calling it straight off the object.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dillo.media.lane import BUFFER, HEAD, PACKET, Lane
from dillo.rtp.packet import HEADER_SIZE
from dillo.rtp.reception import MAX_TRANSIT_STEP

if TYPE_CHECKING:
    from dillo.media.call import Call

Contain = Callable[["Call", Exception], None]


def forward(
    ready: list[tuple[int, int]],
    lanes: Mapping[int, Lane],
    now: float,
    fail: Callable[[int, Exception], None],
) -> None:
    """Read one packet from each ready socket of bridged calls: what is heard leaves at once."""
    unpack, pack_into = HEAD.unpack_from, HEAD.pack_into
    clock = int(now * 8000)
    for descriptor, _ in ready:
        lane = lanes[descriptor]
        try:
            recv_into = lane.recv_into
            size = recv_into(PACKET)
            head, ssrc = unpack(BUFFER)
            if head == lane.expected < lane.limit and ssrc == lane.ssrc and size == lane.size:
                lane.expected = head + lane.step
                # As Reception.packet does it.
                step = clock - lane.clock - lane.samples
                if not -MAX_TRANSIT_STEP < step < MAX_TRANSIT_STEP:
                    step = 0
                lane.jitter += ((step if step > 0 else -step) - lane.jitter) / 16
                lane.clock = clock
                record = lane.record
                if record is not None:
                    record(head & 0xFFFF_FFFF, PACKET[HEADER_SIZE:size], clock, True)
                table = lane.table
                if table is not None:
                    BUFFER[HEADER_SIZE:size] = BUFFER[HEADER_SIZE:size].translate(table)
                pack_into(BUFFER, 0, head + lane.shift, lane.out_ssrc)
                out = lane.out
                out.idle = 0
                send = out.send
                send(lane.packet)
            else:
                lane.heard.packet(PACKET[:size], now, clock)
        except OSError:
            lane.heard.socket_errors += 1
        except Exception as error:
            fail(descriptor, error)
