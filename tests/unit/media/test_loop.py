"""The loop in this process, on real sockets: what it leaves behind, and what it survives."""

import gc
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dillo.media import packets
from dillo.media.library import PromptLibrary
from dillo.media.loop import MediaLoop
from dillo.media.port_range import NoPort, PortRange, bind_udp
from dillo.model.media import (
    Bridge,
    ChangePeer,
    ClosePort,
    Command,
    DigitHeard,
    Event,
    OpenPort,
    PlayFiles,
    PlayFinished,
    PortClosed,
    PortLost,
    PortOpened,
    RecordingDone,
    StartRecording,
    StopRecording,
    Unbridge,
)
from dillo.rtp.packet import HEADER_SIZE, RtpPacket


@pytest.fixture
def ports() -> PortRange:
    """A range that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        low: int = min(probe.getsockname()[1], 65_000)
    return PortRange(low, low + 101)


@pytest.fixture
def loop(ports: PortRange) -> Iterator[MediaLoop]:
    loop = MediaLoop(ports)
    yield loop
    loop.close_all()
    turn_until(loop, lambda: loop.is_idle)


@pytest.fixture
def phone() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(5)
        yield phone


def turn_until(loop: MediaLoop, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        loop.turn()


def execute(loop: MediaLoop, *commands: Command) -> None:
    for command in commands:
        loop.execute(command)
    loop.disk.submit()


def opening(call_id: str, phone: socket.socket) -> OpenPort:
    port = phone.getsockname()[1]
    return OpenPort(call_id, "127.0.0.1", "127.0.0.1", port, (), 0, 101, 20, 0)


def last(loop: MediaLoop, kind: type[Event]) -> bool:
    return any(isinstance(event, kind) for event in loop.outbox)


def opened_port(loop: MediaLoop) -> int:
    opened = next(event for event in loop.outbox if isinstance(event, PortOpened))
    return opened.port


def test_a_key_is_told_at_once_and_the_rest_in_bursts(
    loop: MediaLoop, phone: socket.socket
) -> None:
    execute(loop, opening("c", phone))
    assert loop.has_news
    loop.outbox.clear()
    loop.emit(PlayFinished("c", 1, True))

    def has_news_after_a_turn() -> bool:
        loop.turn()
        return loop.has_news

    assert [has_news_after_a_turn() for _ in range(5)] == [False] * 4 + [True]
    loop.outbox.clear()
    loop.emit(PlayFinished("c", 2, True))
    loop.emit(DigitHeard("c", "1", 0))
    assert loop.has_news
    loop.outbox.clear()
    execute(loop, ClosePort("c"))
    assert loop.has_news
    turn_until(loop, lambda: loop.is_idle)


def whole_call(loop: MediaLoop, phone: socket.socket, folder: Path) -> None:
    """Open, play, hear, record, change, close."""
    prompt = folder / "prompt.ulaw"
    prompt.write_bytes(b"prompt" * 20)
    execute(
        loop,
        opening("c", phone),
        PlayFiles("c", 1, (str(prompt),), 1),
        StartRecording("c", "r", str(folder / "r.wav"), 1000, 500),
    )
    for number in range(3):
        packet = RtpPacket(0, number, number * 160, 9, b"x" * 160)
        phone.sendto(bytes(packet), ("127.0.0.1", opened_port(loop)))
    turn_until(loop, lambda: last(loop, PlayFinished))
    execute(loop, ChangePeer("c", "127.0.0.1", 9, (), 8, None, 20), ClosePort("c"))
    turn_until(loop, lambda: last(loop, PortClosed))
    assert last(loop, RecordingDone)
    loop.outbox.clear()


def talk(loop: MediaLoop, phone: socket.socket, numbers: Iterable[int]) -> None:
    """Send audio with these sequence numbers, read as it arrives."""
    for number in numbers:
        packet = RtpPacket(0, number & 0xFFFF, number * 160, 9, bytes((number & 0xFF,)) * 160)
        phone.sendto(bytes(packet), ("127.0.0.1", opened_port(loop)))
        loop.turn()


@pytest.mark.parametrize(
    ("first", "lost"), [(0, ()), (7, (20, 50)), (65_500, (35, 36, 37, 70, 71, 72))]
)
def test_audio_that_nobody_listens_to_is_counted_to_the_packet(
    loop: MediaLoop, phone: socket.socket, tmp_path: Path, first: int, lost: tuple[int, ...]
) -> None:
    execute(loop, opening("c", phone))
    numbers = [first + number for number in range(100) if number not in lost]
    talk(loop, phone, numbers[:40])
    execute(loop, StartRecording("c", "r", str(tmp_path / "r.wav"), 60_000, 60_000))
    talk(loop, phone, numbers[40:60])
    execute(loop, StopRecording("c", "r", "key"))
    talk(loop, phone, numbers[60:])
    execute(loop, ClosePort("c"))
    turn_until(loop, lambda: last(loop, PortClosed))
    closed = next(event for event in loop.outbox if isinstance(event, PortClosed))
    assert (closed.packets_received, closed.packets_lost) == (len(numbers), len(lost))
    first_recorded = bytes((numbers[40] & 0xFF,)) * 160
    assert first_recorded in (tmp_path / "r.wav").read_bytes()


def bridged(loop: MediaLoop, phone: socket.socket, *commands: Command) -> None:
    """Open two calls that hear each other; let the phone talk to both."""
    execute(loop, opening("l", phone), opening("r", phone))
    execute(loop, Bridge("l", "r"), Bridge("r", "l"), *commands)
    ports = [event.port for event in loop.outbox if isinstance(event, PortOpened)]
    for number in range(3):
        for port in ports:
            packet = RtpPacket(0, number, number * 160, 9, b"x" * 160)
            phone.sendto(bytes(packet), ("127.0.0.1", port))
        for _ in range(3):
            loop.turn()


def whole_conversation(loop: MediaLoop, phone: socket.socket, folder: Path) -> None:
    """Bridge two calls both ways, record both, close."""
    bridged(loop, phone, StartRecording("l", "r", str(folder / "r.wav"), 1000, 500, "r"))
    execute(loop, Unbridge("l"), ClosePort("l"), ClosePort("r"))
    turn_until(loop, lambda: loop.is_idle)
    assert [type(event) for event in loop.outbox].count(PortClosed) == 2
    loop.outbox.clear()


@pytest.mark.parametrize("run", [whole_call, whole_conversation])
def test_calls_leave_no_cycles_behind(
    loop: MediaLoop,
    phone: socket.socket,
    tmp_path: Path,
    run: Callable[[MediaLoop, socket.socket, Path], None],
) -> None:
    """The worker runs without the garbage collector: reference counts must free all."""
    run(loop, phone, tmp_path)
    gc.collect()
    gc.disable()
    try:
        run(loop, phone, tmp_path)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        ours = [item for item in gc.garbage if type(item).__module__.startswith("dillo")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert ours == []


def test_an_error_in_a_call_ends_that_call_only(
    loop: MediaLoop, phone: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(loop, opening("broken", phone), opening("whole", phone))
    monkeypatch.setattr(PromptLibrary, "load", lambda library, path: 1 // 0)
    execute(loop, PlayFiles("broken", 1, ("x",), 1))
    turn_until(loop, lambda: last(loop, PortLost))
    lost = [event for event in loop.outbox if isinstance(event, PortLost)]
    assert [event.call_id for event in lost] == ["broken"]
    loop.outbox.clear()
    execute(loop, ClosePort("broken"), ClosePort("whole"))
    turn_until(loop, lambda: last(loop, PortClosed))
    assert [event.call_id for event in loop.outbox] == ["whole"]


def test_an_error_while_forwarding_ends_the_sender_only(
    loop: MediaLoop, phone: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridged(loop, phone)
    monkeypatch.setattr(packets, "PACKET", None)
    port = opened_port(loop)
    phone.sendto(bytes(RtpPacket(0, 9, 9 * 160, 9, b"x" * 160)), ("127.0.0.1", port))
    turn_until(loop, lambda: last(loop, PortLost))
    monkeypatch.undo()
    lost = [event.call_id for event in loop.outbox if isinstance(event, PortLost)]
    assert lost == ["l"]
    execute(loop, ClosePort("r"))
    turn_until(loop, lambda: last(loop, PortClosed))


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_packets_that_come_together_are_all_forwarded(
    loop: MediaLoop, phone: socket.socket, at_once: int
) -> None:
    bridged(loop, phone)
    port = opened_port(loop)
    heard: set[bytes] = set()
    phone.setblocking(False)
    for first in range(3, 24, at_once):
        for number in range(first, first + at_once):
            packet = RtpPacket(0, number, number * 160, 9, bytes((number,)) * 160)
            phone.sendto(bytes(packet), ("127.0.0.1", port))
        loop.turn()

    def are_all_heard() -> bool:
        loop.turn()
        with suppress(BlockingIOError):
            while True:
                heard.add(phone.recv(2048)[HEADER_SIZE:])
        return heard >= {bytes((number,)) * 160 for number in range(3, 24)}

    turn_until(loop, are_all_heard)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.binary(max_size=40), max_size=5), st.sampled_from([b"", b"\x80\x00", b"\x80\xe5"])
)
def test_no_datagram_breaks_a_call(
    loop: MediaLoop, phone: socket.socket, tails: list[bytes], head: bytes
) -> None:
    execute(loop, opening("c", phone))
    port = opened_port(loop)
    for tail in tails:
        phone.sendto(head + tail, ("127.0.0.1", port))
        phone.sendto(b"\x81\xc9" + tail, ("127.0.0.1", port + 1))
    for _ in range(3):
        loop.turn()
    execute(loop, ClosePort("c"))
    turn_until(loop, lambda: last(loop, PortClosed))
    assert not last(loop, PortLost)
    loop.outbox.clear()


def test_a_call_id_opens_once(loop: MediaLoop, phone: socket.socket) -> None:
    execute(loop, opening("c", phone), opening("c", phone))
    first, second = loop.outbox
    assert isinstance(first, PortOpened)
    assert isinstance(second, PortOpened)
    assert (bool(first.port), second.port) == (True, 0)
    assert second.error


@pytest.mark.parametrize("change", [{"payload_type": 3}, {"ptime_ms": 0}, {"ptime_ms": 500}])
def test_what_it_cannot_carry_is_refused(
    loop: MediaLoop, phone: socket.socket, change: dict[str, int]
) -> None:
    execute(loop, msgspec.structs.replace(opening("c", phone), **change))
    assert opened_port(loop) == 0


def test_commands_for_a_call_that_is_gone_are_in_vain(loop: MediaLoop) -> None:
    execute(loop, ClosePort("nobody"), PlayFiles("nobody", 1, (), 1))
    assert loop.outbox == []


def test_ports_are_even_and_taken_ones_are_passed_over() -> None:
    ports = PortRange(40_001, 40_008)
    taken = bind_udp("127.0.0.1", 40_003)
    pairs = [ports.bind("127.0.0.1") for _ in range(2)]
    numbers = sorted(rtp.getsockname()[1] for rtp, _ in pairs)
    assert numbers == [40_004, 40_006]
    with pytest.raises(NoPort, match="all 3 port pairs"):
        ports.bind("127.0.0.1")
    for udp in (taken, *pairs[0], *pairs[1]):
        udp.close()


@pytest.mark.parametrize(("low", "high"), [(10, 10), (11, 12), (20, 10)])
def test_a_range_without_a_pair_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="no even port"):
        PortRange(low, high)
