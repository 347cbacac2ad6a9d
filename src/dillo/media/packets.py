"""The three loops that run for every packet: 100,000 times a second with 1,000 calls.

They are flat on purpose: no objects made but the packet itself, everything per call in slots, one
bound method per system call. A packet that is not of the common kind goes to `Outgoing` or
`Incoming`. Building a packet by `pack` and `+` takes 170 ns, filling a prepared one 310 ns. A
callable in a slot is fetched into a variable first: CPython 3.11 has a fast path for that, and
none for calling it straight off the object.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from dillo.media.outgoing import TICK_SAMPLES
from dillo.rtp.packet import HEADER, HEADER_SIZE, PLAIN

if TYPE_CHECKING:
    from dillo.media.call import Call
    from dillo.media.incoming import Incoming

BUFFER = bytearray(2048)
"""Every packet is received here: none is larger on an Ethernet, and none outlives its turn."""
_VIEW = memoryview(BUFFER)

Contain = Callable[["Call", Exception], None]


def send_due(calls: "Iterable[Call]", contain: Contain) -> None:
    """Send the packet of this tick for each call."""
    pack = HEADER.pack
    for call in calls:
        try:
            out = call.outgoing
            if not out.is_steady:
                out.send_unsteady()
                continue
            out.sequence = sequence = out.sequence + 1 & 0xFFFF
            out.timestamp = timestamp = out.timestamp + TICK_SAMPLES & 0xFFFF_FFFF
            kind = out.payload_type
            playlist = out.playlist
            if playlist is None:
                payload = out.silence
            else:
                at = playlist.at
                end = at + TICK_SAMPLES
                if end <= playlist.size:
                    payload = playlist.data[at:end]
                    playlist.at = end
                else:
                    kind, payload = out.edge(TICK_SAMPLES)
            send = out.send
            send(pack(PLAIN, kind, sequence, timestamp, out.ssrc) + payload)
            out.sent += 1
        except OSError:
            call.incoming.socket_errors += 1  # such as an ICMP error for an earlier packet: go on
        except Exception as error:
            contain(call, error)


def receive(
    ready: list[tuple[int, int]],
    connected: "Mapping[int, Call]",
    others: Mapping[int, Callable[[float], None]],
    now: float,
    contain: Contain,
) -> None:
    """Read one packet from each ready socket; what is left there is ready again next time.

    `connected` are the RTP sockets whose peer is known, `others` every other descriptor.
    """
    unpack = HEADER.unpack_from
    clock = int(now * 8000)
    for descriptor, _ in ready:
        call = connected.get(descriptor)
        if call is None:
            if descriptor in others:
                others[descriptor](now)
            continue
        try:
            heard = call.incoming
            recv_into = heard.recv_into
            size = recv_into(BUFFER)
            first, kind, sequence, timestamp, ssrc = unpack(BUFFER)
            if (
                kind == heard.plain_type
                and ssrc == heard.ssrc
                and first == PLAIN
                and size > HEADER_SIZE
            ):
                heard.heard_at = now
                count = heard.count
                is_newest = count(sequence, timestamp, clock)
                record = heard.record
                if record is not None:
                    record(timestamp, _VIEW[HEADER_SIZE:size], clock, is_newest)
            else:
                heard.packet(_VIEW[:size], now, clock)
        except OSError:
            call.incoming.socket_errors += 1
        except Exception as error:
            contain(call, error)


def forward(
    ready: list[tuple[int, int]],
    sources: "Mapping[int, Incoming]",
    now: float,
    fail: Callable[[int, Exception], None],
) -> None:
    """As `receive`, for the sockets of calls that are bridged: what is heard leaves at once.

    Audio that follows on exactly, in the packet time of the other side, only gets a new header.
    """
    pack, unpack = HEADER.pack, HEADER.unpack_from
    clock = int(now * 8000)
    for descriptor, _ in ready:
        heard = sources[descriptor]
        try:
            recv_into = heard.recv_into
            size = recv_into(BUFFER)
            first, kind, sequence, timestamp, ssrc = unpack(BUFFER)
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
            payload = BUFFER[HEADER_SIZE:size]
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
