"""CPU of the stream gateway: calls that talk with a server that echoes; prints JSON.

`python -m bench.streams [STREAMS] [SECONDS]`. The gateway is a process of its own, as in the
platform; this one sends and receives RTP, a third one is the server.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from bench.processes import memory_kb
from websockets.asyncio.server import ServerConnection, serve

from dillo.model.streams import Event, OpenStream, StreamClosed, StreamOpened
from dillo.rtp.packet import HEADER, PLAIN
from dillo.streams.client import StreamGateway

_FRAME = 160
_SILENCE = b"\xff" * _FRAME


async def echo(connection: ServerConnection) -> None:
    """Say back the payload of every media message."""
    async for message in connection:
        said = json.loads(message)
        if said["event"] == "media":
            answer = {"event": "media", "media": {"payload": said["media"]["payload"]}}
            await connection.send(json.dumps(answer))


class Port(asyncio.DatagramProtocol):
    """The media port of one call: each frame says when it was sent."""

    def __init__(self) -> None:
        self.delays_ms: list[float] = []
        self.received = 0
        self._peer: tuple[str, int] | None = None
        self._sequence = 0

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._peer = addr
        self.received += 1
        if data[12:13] == b"\x01":
            sent_us = int.from_bytes(data[13:21], "big")
            self.delays_ms.append((time.monotonic_ns() // 1000 - sent_us) / 1000)

    def say(self) -> None:
        """Send 20 ms of the caller."""
        self._sequence += 1
        header = HEADER.pack(PLAIN, 0, self._sequence & 0xFFFF, self._sequence * _FRAME, 1)
        stamp = b"\x01" + (time.monotonic_ns() // 1000).to_bytes(8, "big")
        self.transport.sendto(header + stamp + _SILENCE[9:], self._peer)


def cpu_s(pid: int) -> float:
    """Return what a process has used so far (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


async def run_server() -> None:
    """Be the server: print the port, then serve until killed."""
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()


async def measure(path: Path, pid: int, url: str, streams: int, seconds: float) -> dict[str, float]:
    """Open the streams, let them run, and return what the gateway has used."""
    loop = asyncio.get_running_loop()
    ports, opened, closed = [], asyncio.Semaphore(0), asyncio.Semaphore(0)
    endings: list[StreamClosed] = []

    def take(event: Event) -> None:
        if isinstance(event, StreamOpened):
            opened.release()
        else:
            endings.append(event)
            closed.release()

    async with StreamGateway(path) as gateway:
        await gateway.ready()
        for number in range(streams):
            transport, port = await loop.create_datagram_endpoint(Port, ("127.0.0.1", 0))
            ip, rtp_port = transport.get_extra_info("sockname")
            order = OpenStream(f"s{number}", "c", "a", url, {}, True, ip, rtp_port)
            gateway.open(order, take)
            await opened.acquire()
            ports.append(port)
        await asyncio.sleep(0.5)
        before, started = cpu_s(pid), loop.time()
        packets = sum(port.received for port in ports)
        for tick in range(round(seconds * 50)):
            await asyncio.sleep(max(0, started + tick * 0.02 - loop.time()))
            for port in ports:
                port.say()
        lasted = loop.time() - started
        used = cpu_s(pid) - before
        packets = sum(port.received for port in ports) - packets
        memory = memory_kb([pid])
        for number in range(streams):
            gateway.close(f"s{number}")
        for _ in range(streams):
            await closed.acquire()
    delays = sorted(delay for port in ports for delay in port.delays_ms)
    return {
        "streams": streams,
        "cpu_ms_per_stream_minute": round(used * 1000 * 60 / lasted / streams, 1),
        "core_percent": round(100 * used / lasted, 1),
        "memory_kb": memory,
        "packets_per_s_and_stream": round(packets / lasted / streams, 2),
        "echo_ms_median": round(statistics.median(delays), 1),
        "echo_ms_p99": round(delays[len(delays) * 99 // 100], 1),
        "unsent_ms": sum(each.counts.unsent_ms for each in endings),
    }


def main() -> None:
    """Run the three processes."""
    if sys.argv[1:] == ["server"]:
        uvloop.run(run_server())
        return
    streams, seconds = (float(text) for text in (*sys.argv[1:], "50", "10")[:2])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streams.sock"
        settings = {"DILLO_HOME": folder, "DILLO_OUTBOUND_ALLOW": "127.0.0.1/32"}
        command = [sys.executable, "-m", "dillo.app.streams", str(path)]
        gateway = subprocess.Popen(command, env=os.environ | settings)
        command = [sys.executable, "-m", "bench.streams", "server"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            url = f"ws://127.0.0.1:{server.stdout.readline().strip()}/"
            work = measure(path, gateway.pid, url, int(streams), seconds)
            print(json.dumps(uvloop.run(work), indent=2))
        finally:
            for process in (gateway, server):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
