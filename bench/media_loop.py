"""Load one media worker with calls that play, press a key and record; print JSON.

    python bench/media_loop.py --calls 1000 --seconds 24

The worker is pinned to one core, the load (plain Python senders and receivers) to the other. Each
call is the one of the product's promise: a 6 s prompt, a key during it, 3 s of recording, a 2 s
prompt, hang-up after 12 s, 50 packets a second each way; a finished call is followed by another.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dillo.media.client import MediaPool
from dillo.model.media import (
    ClosePort,
    Event,
    OpenPort,
    PlayFiles,
    PlayFinished,
    PortClosed,
    RecordingDone,
    StartRecording,
    StopRecording,
)
from dillo.rtp.telephone_event import key_packets

CALL_S = 12.0
PACKETS = 600
KEY_AT = 100
FRAME = bytes(random.Random(1).choices([*range(40), *range(128, 168)], k=160))


def telephone(
    slots: int, ports: "multiprocessing.SimpleQueue[Any]", control: Any, core: int
) -> None:
    """Be the far end of `slots` calls: send to the ports that arrive on `control`."""
    os.sched_setaffinity(0, {core})
    sockets = []
    poll = select.epoll()
    for _ in range(slots):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        poll.register(udp, select.EPOLLIN)
        sockets.append(udp)
    ports.put([udp.getsockname()[1] for udp in sockets])
    Telephones(sockets, poll, control).run()


class Telephones:
    """Many telephones in one process; each sends its packets 20 ms apart."""

    def __init__(self, sockets: list[socket.socket], poll: select.epoll, control: Any) -> None:
        self._sockets = sockets
        self._by_descriptor = {udp.fileno(): number for number, udp in enumerate(sockets)}
        self._poll = poll
        self._control = control
        self._packets: list[list[bytes]] = [[] for _ in sockets]
        self._next = [0] * len(sockets)
        self._received = 0
        self._missing = 0
        self._last = [-1] * len(sockets)
        self._behind_s = 0.0

    def run(self) -> None:
        """Send and receive until told to stop; then tell what was received."""
        started = time.monotonic()
        step = 0
        while self._take_orders():
            due = started + step * 0.002
            delay = due - time.monotonic()
            if delay > 0:
                time.sleep(delay)
            else:
                self._behind_s = max(self._behind_s, -delay)
            self._send(step % 10)
            self._receive()
            step += 1
        self._control.send((self._received, self._missing, self._behind_s))

    def _take_orders(self) -> bool:
        while self._control.poll():
            order = self._control.recv()
            if order is None:
                return False
            number, port = order
            if port:
                self._sockets[number].connect(("127.0.0.1", port))
                self._packets[number] = script()
                self._last[number] = -1
            else:
                self._packets[number] = []
            self._next[number] = 0
        return True

    def _send(self, phase: int) -> None:
        for number in range(phase, len(self._sockets), 10):
            packets = self._packets[number]
            at = self._next[number]
            if at < len(packets):
                self._next[number] = at + 1
                with contextlib.suppress(OSError):
                    self._sockets[number].send(packets[at])

    def _receive(self) -> None:
        for descriptor, _ in self._poll.poll(0, 4096):
            number = self._by_descriptor[descriptor]
            try:
                packet = self._sockets[number].recv(2048)
            except OSError:
                continue
            self._received += 1
            sequence = packet[2] << 8 | packet[3]
            last = self._last[number]
            if last >= 0 and sequence != (last + 1) & 0xFFFF:
                self._missing += 1
            self._last[number] = sequence


def script() -> list[bytes]:
    """Make all packets of a call beforehand: speech, and a key after two seconds."""
    pack = struct.Struct("!BBHII").pack
    ssrc = random.getrandbits(32)
    first = random.getrandbits(16)
    packets = [
        pack(0x80, 0, first + number & 0xFFFF, number * 160, ssrc) + FRAME
        for number in range(PACKETS)
    ]
    keys = key_packets(
        random.choice("0123456789*#"),
        payload_type=101,
        sequence=first + KEY_AT,
        timestamp=KEY_AT * 160,
        ssrc=ssrc,
    )
    for number, packet in enumerate(keys, KEY_AT):
        packets[number] = bytes(packet)
    return packets


@dataclass
class Tally:
    """What the calls came to."""

    counts: Counter[str] = field(default_factory=Counter)
    worst_late_ms: float = 0.0

    def add(self, event: Event) -> None:
        self.counts[type(event).__name__] += 1
        if isinstance(event, PortClosed):
            for name in ("received", "lost", "sent", "late", "refused"):
                self.counts[f"packets_{name}"] += getattr(event, f"packets_{name}")
            self.worst_late_ms = max(self.worst_late_ms, event.worst_late_ms)
        if isinstance(event, RecordingDone):
            is_whole = not event.error and event.duration_ms > 2900
            self.counts["recordings_whole" if is_whole else "recordings_bad"] += 1


async def one_call(
    pool: MediaPool, tally: Tally, number: str, peer_port: int, connect: Any, folder: Path
) -> None:
    """Run one call as the signal process would."""
    prompt, goodbye = (str(folder / name) for name in ("prompt.ulaw", "goodbye.ulaw"))
    closed, played = asyncio.Event(), asyncio.Event()

    def on_event(event: Event) -> None:
        tally.add(event)
        if isinstance(event, PlayFinished):
            played.set()
        elif isinstance(event, PortClosed):
            closed.set()

    opening = OpenPort(number, "127.0.0.1", "127.0.0.1", peer_port, (), 0, 101, 20, 30.0)
    port = await pool.open(opening, on_event)
    connect(port.rtp_port)
    started = time.monotonic()
    port.send(PlayFiles(number, 1, (prompt,), 1))
    await played.wait()
    played.clear()
    path = folder / f"{number}.wav"
    port.send(StartRecording(number, "r", str(path), 60_000, 5000))
    await asyncio.sleep(3)
    port.send(StopRecording(number, "r", "key"))
    port.send(PlayFiles(number, 2, (goodbye,), 1))
    await played.wait()
    await asyncio.sleep(started + CALL_S - 0.05 - time.monotonic())
    port.send(ClosePort(number))
    await closed.wait()
    connect(0)
    path.unlink()


async def slot(
    pool: MediaPool,
    tally: Tally,
    name: int,
    peer_port: int,
    connect: Any,
    folder: Path,
    ends: float,
) -> None:
    """Run call after call, begun at a random moment of the first twelve seconds."""
    await asyncio.sleep(random.uniform(0, CALL_S))
    turn = 0
    while time.monotonic() < ends:
        await one_call(pool, tally, f"{name}-{turn}", peer_port, connect, folder)
        turn += 1


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def load(
    folder: Path, pid: int, calls: int, seconds: float, phones: list[int], control: Any
) -> dict[str, Any]:
    """Run the calls; measure over the part when all slots are busy."""
    tally = Tally()
    async with MediaPool([folder / "media.sock"], open_timeout_s=15) as pool:
        await pool.ready(10)
        idle_kb = memory_kb(pid)
        begun = time.monotonic()
        ends = begun + CALL_S + seconds
        async with asyncio.TaskGroup() as tasks:
            for number, peer_port in enumerate(phones):

                def connect(port: int, number: int = number) -> None:
                    control.send((number, port))

                tasks.create_task(slot(pool, tally, number, peer_port, connect, folder, ends))
            await asyncio.sleep(CALL_S + 1)
            cpu_before, then = cpu_s(pid), time.monotonic()
            open_now = pool.ports_open
            await asyncio.sleep(seconds - 2)
            busy_s, wall_s = cpu_s(pid) - cpu_before, time.monotonic() - then
            busy_kb = memory_kb(pid)
    counts = tally.counts
    return {
        "calls_at_once": open_now,
        "calls_done": counts["PortClosed"],
        "cpu_ms_per_12s_call": round(busy_s / wall_s * CALL_S / max(1, open_now) * 1000, 2),
        "cpu_percent_of_a_core": round(100 * busy_s / wall_s, 1),
        "packets_sent": counts["packets_sent"],
        "packets_received": counts["packets_received"],
        "packets_lost": counts["packets_lost"],
        "packets_late": counts["packets_late"],
        "worst_late_ms": round(tally.worst_late_ms, 1),
        "digits_caught": counts["DigitHeard"],
        "digits_sent": counts["PortClosed"],
        "recordings_whole": counts["recordings_whole"],
        "recordings_bad": counts["recordings_bad"],
        "memory_kb_idle": idle_kb,
        "memory_kb_per_call": round((busy_kb - idle_kb) / max(1, calls), 1),
    }


def bare_pair_us(core: int, pairs: int = 20_000) -> float:
    """Return what one bare send and one bare receive cost on the worker's core just now.

    600 of these are the floor of a call in plain Python; the rest is the worker's own.
    """
    os.sched_setaffinity(0, {core})
    one, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with one, other:
        for udp in (one, other):
            udp.bind(("127.0.0.1", 0))
        one.connect(other.getsockname())
        packet, buffer = bytes(172), bytearray(2048)
        before = time.process_time()
        for _ in range(pairs):
            one.send(packet)
            other.recv_into(buffer)
        return (time.process_time() - before) / pairs * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=15, help="length of the measured part")
    parser.add_argument("--worker-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where recordings go; a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        print(json.dumps(measure(arguments, Path(name)), indent=2))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    (folder / "prompt.ulaw").write_bytes(FRAME * 300)
    (folder / "goodbye.ulaw").write_bytes(FRAME * 100)
    pair_us = bare_pair_us(arguments.worker_core)
    worker = subprocess.Popen(
        [
            *["taskset", "-c", str(arguments.worker_core), sys.executable],
            *["-m", "dillo.media.worker", "--socket", str(folder / "media.sock")],
            *["--ports", "20000-32000"],
        ]
    )
    ports: Any = multiprocessing.SimpleQueue()
    control, far_control = multiprocessing.Pipe()
    phones = multiprocessing.Process(
        target=telephone,
        args=(arguments.calls, ports, far_control, arguments.load_core),
        daemon=True,
    )
    phones.start()
    os.sched_setaffinity(0, {arguments.load_core})
    try:
        run = load(folder, worker.pid, arguments.calls, arguments.seconds, ports.get(), control)
        result = asyncio.run(run)
        control.send(None)
        received, gaps, behind_s = control.recv()
        phones.join()
    finally:
        worker.terminate()
        worker.wait(15)
    return result | {
        "bare_pair_us": round(pair_us, 2),
        "floor_ms_per_12s_call": round(pair_us * PACKETS / 1000, 2),
        "load_received": received,
        "load_gaps": gaps,
        "load_worst_behind_ms": round(behind_s * 1000, 1),
    }


if __name__ == "__main__":
    main()
