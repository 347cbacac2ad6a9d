"""Load one media worker with bridged calls; print JSON.

    python -m bench.media_bridge --calls 500 --seconds 24 [--record]

The worker is pinned to one core, the load to the other. Each call lasts 12 s: two telephones send
50 packets of G.711 a second each and hear each other; with `--record` both are recorded in stereo.
A finished call is followed by another. Every packet carries when it was sent, and the kernel says
when it arrived at the other telephone, so the delay is the worker's and the kernel's alone.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from bench.many_messages import Messages, shared_socket
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
from dillo.rtp.packet import HEADER_SIZE, PLAIN

CALL_S = 12.0
PACKETS = 590
STEP_S, STEPS = 0.0005, 40
SOCKETS = 8
INCOMING = 256
"""Packets read in one system call."""
PACKET_SIZE = HEADER_SIZE + 160
"""Of another size is a report (RTCP) meant for the port below."""
SILENCE = 0xFF
_WIRE = np.dtype(
    {
        "names": ["first", "kind", "sequence", "timestamp", "ssrc", "stamp_ns"],
        "formats": ["u1", "u1", ">u2", ">u4", ">u4", ">u8"],
        "offsets": [0, 1, 2, 4, 8, HEADER_SIZE],
        "itemsize": PACKET_SIZE,
    }
)


class Exchange:
    """All telephones; each sends every 20 ms, a fortieth of them every half a millisecond.

    The telephones of a step share a socket and a system call, so that the load takes far less of
    its core than the worker of its own.
    """

    def __init__(self, count: int, control: Any) -> None:
        self._control = control
        self._sockets = [shared_socket() for _ in range(SOCKETS)]
        own = [udp.getsockname()[1] for udp in self._sockets]
        self.ports: list[int] = [own[number % STEPS % SOCKETS] for number in range(count)]
        self._targets = np.zeros(count, np.uint16)
        self._sources = np.zeros(count, np.uint32)
        self._turns = np.full(count, PACKETS)
        self._outgoing = Messages(-(-count // STEPS), PACKET_SIZE)
        self._wire = self._outgoing.packets.reshape(-1).view(_WIRE)
        self._wire["first"] = PLAIN
        self._incoming = Messages(INCOMING, PACKET_SIZE)
        self._stamps = self._incoming.packets.reshape(-1).view(_WIRE)["stamp_ns"]
        self._sent = self._heard = 0
        self._behind_s = 0.0
        self._delays_ms: list[npt.NDArray[np.float64]] = []

    def run(self) -> None:
        """Send and receive until told to stop; then tell what was heard."""
        due = time.monotonic()
        step = 0
        while self._take_orders():
            delay = due - time.monotonic()
            if delay > 0:
                time.sleep(delay)
            self._behind_s = max(self._behind_s, -delay)
            self._send(step % STEPS)
            self._hear(self._sockets[step % SOCKETS])
            step += 1
            due += STEP_S
        for udp in self._sockets:
            self._hear(udp)
        delays_ms = np.concatenate(self._delays_ms)
        self._control.send(
            (self._sent, self._heard, delays_ms, self._behind_s, time.process_time())
        )

    def _take_orders(self) -> bool:
        while self._control.poll():
            order = self._control.recv()
            if order is None:
                return False
            if order == "measure":
                self._delays_ms.clear()
            else:
                number, port = order
                self._targets[number] = port
                self._sources[number] = random.getrandbits(32)
                self._turns[number] = 0
        return True

    def _send(self, step: int) -> None:
        """Send the next packet of each telephone of a step that has a call, stamped."""
        turns = self._turns[step::STEPS]
        talking = (turns < PACKETS).nonzero()[0]
        count = len(talking)
        if not count:
            return
        turns[talking] += 1
        wire = self._wire[:count]
        wire["sequence"] = turns[talking]
        wire["timestamp"] = turns[talking] * 160
        wire["ssrc"] = self._sources[step::STEPS][talking]
        self._outgoing.ports[:count] = self._targets[step::STEPS][talking]
        wire["stamp_ns"] = time.time_ns()
        self._sent += self._outgoing.send(self._sockets[step % SOCKETS], count)

    def _hear(self, udp: socket.socket) -> None:
        """Read what has come to a socket; the worker's own silence does not count."""
        incoming = self._incoming
        while count := incoming.receive(udp):
            is_audio = incoming.sizes[:count] == PACKET_SIZE
            is_speech = is_audio & (incoming.packets[:count, HEADER_SIZE] != SILENCE)
            delays_ns = incoming.arrived_ns[:count] - self._stamps[:count].astype(np.int64)
            self._heard += int(np.count_nonzero(is_speech))
            self._delays_ms.append(delays_ns[is_speech] / 1e6)
            if count < INCOMING:
                return


def exchange(
    count: int, ports: "multiprocessing.SimpleQueue[Any]", control: Any, core: int
) -> None:
    """Be the far ends of the calls, in a process of its own."""
    os.sched_setaffinity(0, {core})
    go_first()
    telephones = Exchange(count, control)
    ports.put(telephones.ports)
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
    sent: int, heard: int, delays_ms: npt.NDArray[np.float64], behind_s: float, cpu: float
) -> dict[str, Any]:
    """Say what became of the packets."""
    return {
        "packets_sent": sent,
        "packets_lost": sent - heard,
        **{
            f"delay_ms_p{percent}": round(float(np.percentile(delays_ms, percent)), 2)
            for percent in (50, 90, 99)
        },
        "delay_ms_worst": round(float(delays_ms.max()), 2),
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
