"""Load one media worker with bridged calls; print JSON.

    python -m bench.media_bridge --calls 500 --seconds 24 [--record]

The worker is pinned to one core, the load to the other. Each call lasts 12 s: two telephones send
50 packets of G.711 a second each and hear each other; with `--record` both are recorded in stereo.
A finished call is followed by another. Every packet carries when it was sent, and the kernel says
when it arrived at the other telephone, so the delay is the worker's and the kernel's alone.
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
from pathlib import Path
from typing import Any

from bench.media_loop import bare_pair_us, cpu_s

from dillo.media.client import MediaPool, MediaPort
from dillo.media.worker import go_first
from dillo.model.media import (
    Bridge,
    ClosePort,
    Event,
    OpenPort,
    PortClosed,
    RecordingDone,
    StartRecording,
)
from dillo.rtp.packet import HEADER, HEADER_SIZE, PLAIN

CALL_S = 12.0
PACKETS = 590
STEP_S, STEPS = 0.0005, 40
PROBE_EVERY = 10
"""One call in so many has its packets' delays measured: that takes CPU, too."""
PACKET_SIZE = HEADER_SIZE + 160
"""Of another size is a report (RTCP) meant for the port below."""
SILENCE = 0xFF
SPEECH = bytes(8)
_STAMP = struct.Struct("!q")
_TIMESPEC = struct.Struct("@qq")
_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; the module `socket` does not name it
_REST = bytes(random.Random(1).choices([*range(40), *range(128, 168)], k=152))


class Telephone:
    """One end of a call: what it sends next, and what it has heard."""

    def __init__(self) -> None:
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.ssrc = random.getrandbits(32)
        self.sent = PACKETS
        self.heard = 0
        self._packet = bytearray(2048)
        self._recv_into, self._send = self.udp.recv_into, self.udp.send

    def call(self, port: int) -> None:
        """Send a call's packets to a port from now on."""
        self.udp.connect(("127.0.0.1", port))
        self.ssrc = random.getrandbits(32)
        self.sent = 0

    def send(self, stamp: bytes = SPEECH) -> None:
        """Send the next packet of the call."""
        self.sent = sent = self.sent + 1
        try:
            self._send(HEADER.pack(PLAIN, 0, sent, sent * 160, self.ssrc) + stamp + _REST)
        except ConnectionRefusedError:
            self.sent = PACKETS  # an error of the call before, told late: this call is spoilt

    def hear(self) -> None:
        """Read a packet; silence is the worker's own."""
        size = self._recv_into(self._packet)
        if size == PACKET_SIZE and self._packet[HEADER_SIZE] != SILENCE:
            self.heard += 1


class Probe(Telephone):
    """A telephone that stamps what it sends, and asks the kernel when stamped packets came."""

    def __init__(self) -> None:
        super().__init__()
        self.udp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.delays_ms: list[float] = []

    def send(self, stamp: bytes = b"") -> None:
        """Send the next packet, stamped."""
        super().send(_STAMP.pack(time.time_ns()))

    def hear(self) -> None:
        """Read a packet; note its delay."""
        packet, ancillary, _, _ = self.udp.recvmsg(2048, 64)
        if len(packet) != PACKET_SIZE or packet[HEADER_SIZE] == SILENCE:
            return
        self.heard += 1
        seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
        arrived = seconds * 1_000_000_000 + nanoseconds
        self.delays_ms.append((arrived - _STAMP.unpack_from(packet, HEADER_SIZE)[0]) / 1e6)


class Exchange:
    """All telephones; each sends every 20 ms, a fortieth of them every half a millisecond."""

    def __init__(self, count: int, control: Any) -> None:
        self.telephones = [
            Telephone() if number // 2 % PROBE_EVERY else Probe() for number in range(count)
        ]
        self._control = control
        self._by_descriptor = {phone.udp.fileno(): phone for phone in self.telephones}
        self._epoll = select.epoll()
        for descriptor in self._by_descriptor:
            self._epoll.register(descriptor, select.EPOLLIN)
        self._sent = 0
        self._behind_s = 0.0

    def run(self) -> None:
        """Send and receive until told to stop; then tell what was heard."""
        due = time.monotonic()
        step = 0
        while self._take_orders():
            delay = due - time.monotonic()
            if delay > 0:
                time.sleep(delay)
            self._behind_s = max(self._behind_s, -delay)
            for phone in self.telephones[step % STEPS :: STEPS]:
                if phone.sent < PACKETS:
                    phone.send()
                    self._sent += 1
            self._hear()
            step += 1
            due += STEP_S
        heard = sum(phone.heard for phone in self.telephones)
        delays_ms = [delay for probe in self._probes for delay in probe.delays_ms]
        self._control.send((self._sent, heard, delays_ms, self._behind_s, time.process_time()))

    @property
    def _probes(self) -> list[Probe]:
        return [phone for phone in self.telephones if isinstance(phone, Probe)]

    def _take_orders(self) -> bool:
        while self._control.poll():
            order = self._control.recv()
            if order is None:
                return False
            if order == "measure":
                for probe in self._probes:
                    probe.delays_ms.clear()
            else:
                number, port = order
                self.telephones[number].call(port)
        return True

    def _hear(self) -> None:
        for descriptor, _ in self._epoll.poll(0, 4096):
            with contextlib.suppress(ConnectionRefusedError):
                self._by_descriptor[descriptor].hear()


def exchange(
    count: int, ports: "multiprocessing.SimpleQueue[Any]", control: Any, core: int
) -> None:
    """Be the far ends of the calls, in a process of its own."""
    os.sched_setaffinity(0, {core})
    go_first()
    telephones = Exchange(count, control)
    ports.put([phone.udp.getsockname()[1] for phone in telephones.telephones])
    telephones.run()


class Side:
    """A port of a call and what it told at the end."""

    def __init__(self, call_id: str, tally: Counter[str]) -> None:
        self.call_id = call_id
        self.port: MediaPort
        self.closed = asyncio.Event()
        self._tally = tally

    async def open(self, pool: MediaPool, peer_port: int, beside: MediaPort | None) -> None:
        opening = OpenPort(self.call_id, "127.0.0.1", "127.0.0.1", peer_port, (), 0, 101, 20, 30.0)
        self.port = await pool.open(opening, self._tell, beside)

    def _tell(self, event: Event) -> None:
        if isinstance(event, PortClosed):
            self._tally["worker_lost"] += event.packets_lost
            self.closed.set()
        elif isinstance(event, RecordingDone):
            is_whole = not event.error and event.duration_ms > 11_500
            self._tally["recordings_whole" if is_whole else "recordings_bad"] += 1


async def one_call(
    pool: MediaPool,
    tally: Counter[str],
    name: str,
    phones: tuple[int, int],
    order: Any,
    path: Path | None,
) -> None:
    """Bridge two telephones for 12 s."""
    left, right = Side(f"{name}-l", tally), Side(f"{name}-r", tally)
    await left.open(pool, phones[0], None)
    await right.open(pool, phones[1], left.port)
    left.port.send(Bridge(left.call_id, right.call_id))
    right.port.send(Bridge(right.call_id, left.call_id))
    if path:
        left.port.send(StartRecording(left.call_id, "r", str(path), 60_000, None, right.call_id))
    await asyncio.sleep(0.05)  # the telephones' packets must not overtake the commands
    order(left.port.rtp_port, right.port.rtp_port)
    await asyncio.sleep(CALL_S)
    for side in (left, right):
        side.port.send(ClosePort(side.call_id))
    await asyncio.gather(left.closed.wait(), right.closed.wait())
    tally["calls_done"] += 1
    if path:
        await asyncio.to_thread(path.unlink)


async def load(
    arguments: argparse.Namespace, folder: Path, pid: int, phones: list[int], control: Any
) -> dict[str, Any]:
    """Run the calls; measure the worker while all of them are up."""
    tally: Counter[str] = Counter()
    pairs = list(zip(phones[::2], phones[1::2], strict=True))

    async def slot(number: int, ends: float) -> None:
        await asyncio.sleep(random.uniform(0, CALL_S))
        path = folder / f"{number}.wav" if arguments.record else None

        def order(left: int, right: int) -> None:
            control.send((2 * number, left))
            control.send((2 * number + 1, right))

        turn = 0
        while time.monotonic() < ends:
            await one_call(pool, tally, f"{number}-{turn}", pairs[number], order, path)
            turn += 1

    async with MediaPool([folder / "media.sock"], open_timeout_s=15) as pool:
        await pool.ready(10)
        async with asyncio.TaskGroup() as tasks:
            ends = time.monotonic() + CALL_S + arguments.seconds
            for number in range(arguments.calls):
                tasks.create_task(slot(number, ends))
            await asyncio.sleep(CALL_S + 1)
            control.send("measure")
            before, then = cpu_s(pid), time.monotonic()
            await asyncio.sleep(arguments.seconds - 2)
            share = (cpu_s(pid) - before) / (time.monotonic() - then)
    return {
        "calls_at_once": arguments.calls,
        "cpu_ms_per_bridged_minute": round(share * 60_000 / arguments.calls, 1),
        "cpu_percent_of_a_core": round(100 * share, 1),
        **tally,
    }


def summary(
    sent: int, heard: int, delays_ms: list[float], behind_s: float, cpu: float
) -> dict[str, Any]:
    """Say what became of the packets."""
    delays_ms.sort()
    return {
        "packets_sent": sent,
        "packets_lost": sent - heard,
        **{
            f"delay_ms_p{percent}": round(delays_ms[len(delays_ms) * percent // 100], 2)
            for percent in (50, 90, 99)
        },
        "delay_ms_worst": round(delays_ms[-1], 2),
        "load_worst_behind_ms": round(behind_s * 1000, 1),
        "load_cpu_s": round(cpu, 1),
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
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
        target=exchange,
        args=(2 * arguments.calls, ports, far_control, arguments.load_core),
        daemon=True,
    )
    phones.start()
    os.sched_setaffinity(0, {arguments.load_core})
    try:
        result = asyncio.run(load(arguments, folder, worker.pid, ports.get(), control))
        control.send(None)
        result |= summary(*control.recv())
        phones.join()
    finally:
        worker.terminate()
        worker.wait(15)
    return result | {"is_recorded": arguments.record, "bare_pair_us": round(pair_us, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=15, help="length of the measured part")
    parser.add_argument("--record", action="store_true", help="record both sides of every call")
    parser.add_argument("--worker-core", type=int, default=0)
    parser.add_argument("--load-core", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where recordings go; a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        print(json.dumps(measure(arguments, Path(name)), indent=2))


if __name__ == "__main__":
    main()
