"""`dillo up`: starts a node's processes, starts again what dies, and stops them in order."""

import asyncio
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from prometheus_client.core import Metric

from dillo.app.metrics.processes import processes
from dillo.app.metrics.textfile import TextFile
from dillo.app.process import BEAT_S, bind, exclusive, held_environment, ready_environment
from dillo.app.running import Running, announced
from dillo.app.test_calls import TEST_SECRET
from dillo.model.addresses import HostPort
from dillo.model.errors import Unavailable
from dillo.settings import Settings
from dillo.store.migrations import migrate

OnReady = Callable[[Running], None]

_log = structlog.get_logger(__name__)

_READY_TIMEOUT_S = 30
_MOST_MISSED = 8
"""Beats, and so seconds, after which a process that tells nothing hangs."""
_STOP_MARGIN_S = 15
_FIRST_RESTART_S, _LAST_RESTART_S = 0.1, 5.0
_STEADY_S = 10
_LEFTOVERS_S, _LEFTOVERS_POLL_S = 5.0, 0.05


@dataclass
class Child:
    """One supervised process."""

    name: str
    arguments: list[str]
    stop_s: float
    """How long it may take to stop before it is killed."""
    announces: bool = True
    """Whether it tells when it is ready."""
    beats: bool = False
    """Whether it goes on telling that it serves."""
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    address: asyncio.Future[str] = field(default_factory=lambda: asyncio.Future())


class Supervisor:
    """The processes of one node, in the order in which they stop."""

    def __init__(self, settings: Settings, sockets: Path, sip: socket.socket) -> None:
        """`sip` is where calls arrive: held here, nobody takes it while `signal` restarts."""
        self._settings = settings
        self._sip = sip
        self._environment = os.environ | settings.as_environment()
        self._environment[TEST_SECRET] = secrets.token_urlsafe(32)
        self._is_stopping = False
        self._failure: Unavailable | None = None
        media_sockets = [
            str(sockets / f"media-{worker}.sock") for worker in range(settings.media_workers)
        ]
        stream_socket = str(sockets / "streams.sock")
        live_socket = str(sockets / "live.sock")
        browser_socket = str(sockets / "browsers.sock")
        signalling = _module("app.signal", live_socket, stream_socket, *media_sockets)
        self.signal = Child("signal", signalling, settings.drain_s)
        self.streams = Child("streams", _module("app.streams", stream_socket), 0, beats=True)
        self.jobs = Child("jobs", _module("app.jobs"), 0)
        self.web = Child("web", _module("app.web", live_socket, browser_socket), 0)
        self.webrtc = Child("webrtc", _module("app.webrtc", browser_socket), 0, beats=True)
        self.media = [
            Child(
                f"media-{worker}",
                _module(
                    *("media.worker", "--socket", path, "--ports", ports),
                    *("--supervisor", str(os.getpid())),
                ),
                0,
                announces=False,
            )
            for worker, (path, ports) in enumerate(
                zip(media_sockets, _split_ports(settings), strict=True)
            )
        ]

    async def run(self, on_ready: OnReady, stop: asyncio.Event) -> None:
        """Run until told to stop; `on_ready` is told once where the node listens.

        Raises Unavailable where its processes do not come up.
        """
        first = [*self.media, self.signal, self.web]
        later = [self.streams, self.jobs, self.webrtc]
        children = [*first, *later]
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(self._keep(child)) for child in first]
            keepers += [tasks.create_task(self._keep_later(child)) for child in later]
            listening = tasks.create_task(self._announce(on_ready))
            metrics = TextFile(self._settings.metrics_dir, "up", lambda: self._metrics(children))
            writing = tasks.create_task(metrics.keep_writing())
            stopping = tasks.create_task(stop.wait())
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await self._stop_all(children)
            for task in (listening, stopping, writing, *keepers):
                task.cancel()
        if self._failure is not None:
            raise self._failure

    def _metrics(self, children: list[Child]) -> Iterator[Metric]:
        running = {
            child.name: child.process.pid
            for child in children
            if child.process is not None and child.process.returncode is None
        }
        return processes(running, {child.name: child.restarts for child in children})

    async def _keep(self, child: Child) -> None:
        """Run a process, and run it again when it dies, ever more slowly if it dies at once."""
        delay_s = _FIRST_RESTART_S
        loop = asyncio.get_running_loop()
        while not self._is_stopping:
            started_at = loop.time()
            await self._run_once(child)
            if self._is_stopping:
                return
            assert child.process is not None
            delay_s = (
                _FIRST_RESTART_S
                if loop.time() - started_at > _STEADY_S
                else min(delay_s * 2, _LAST_RESTART_S)
            )
            child.restarts += 1
            _log.error(
                "process died", name=child.name, status=child.process.returncode, again_in_s=delay_s
            )
            await asyncio.sleep(delay_s)

    async def _keep_later(self, child: Child) -> None:
        """Run what nobody needs before calls and requests are taken, and waits for then.

        To start all at once would make everybody wait: most of a start is to load code.
        """
        await asyncio.gather(self.signal.address, self.web.address)
        await self._keep(child)

    async def _run_once(self, child: Child) -> None:
        read_fd, write_fd = os.pipe()
        ready = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(ready), os.fdopen(read_fd, "rb")
        )
        child.process = await asyncio.create_subprocess_exec(
            *child.arguments,
            env=self._environment | ready_environment(write_fd) | self._pinned(child),
            pass_fds=[write_fd, *([self._sip.fileno()] if child is self.signal else [])],
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
        )
        os.close(write_fd)
        line = await self._ready_line(child, ready)
        if line and not child.address.done():
            child.address.set_result(line.decode().strip())
        if child.beats:
            await self._watch(child, ready)
        await child.process.wait()
        transport.close()

    async def _ready_line(self, child: Child, ready: asyncio.StreamReader) -> bytes:
        """Return what a process tells when it is ready; empty where it died, or was stuck."""
        assert child.process is not None
        if not child.announces:
            return b""
        try:
            # `signal` may wait for an earlier one that still lets its calls finish.
            async with asyncio.timeout(_READY_TIMEOUT_S + self._settings.drain_s):
                return await ready.readline()
        except TimeoutError:
            _log.error("process does not get ready", name=child.name)
            child.process.kill()
            return b""

    async def _watch(self, child: Child, beats: asyncio.StreamReader) -> None:
        """Wait until a process ends; kill it where it is there, but does nothing any more.

        Missed beats are counted one by one: after this process itself was stopped for a while,
        what it did not hear meanwhile is one.
        """
        assert child.process is not None
        missed = 0
        while missed < _MOST_MISSED:
            try:
                async with asyncio.timeout(BEAT_S):
                    if not await beats.readline():
                        return
                missed = 0
            except TimeoutError:
                missed += 1
        _log.error("process hangs", name=child.name)
        child.process.kill()

    def _pinned(self, child: Child) -> dict[str, str]:
        """Return variables of one process: a restarted server comes back at the address it had."""
        if child in self.media:
            # Threads of its own would only make the clock wait for them.
            return {"OPENBLAS_NUM_THREADS": "1"}
        if child is self.signal:
            return held_environment(self._sip.fileno())
        if child is self.web and child.address.done():
            return {"DILLO_HTTP": child.address.result()}
        return {}

    async def _announce(self, on_ready: OnReady) -> None:
        """Tell where the node listens once all of it does, and be found until cancelled."""
        try:
            # What a supervisor that was killed has left behind may take its time to end.
            async with asyncio.timeout(_READY_TIMEOUT_S + self._settings.drain_s):
                sip = await self.signal.address
                http = await self.web.address
        except TimeoutError:
            self._failure = Unavailable("the platform does not come up; its log says why")
            return
        running = Running(http=f"http://{http}", sip=sip, pid=os.getpid())
        with announced(self._settings.home, running):
            on_ready(running)
            await asyncio.Event().wait()

    async def _stop_all(self, children: list[Child]) -> None:
        """Stop signalling first: its last calls need media, and jobs settle what it leaves."""
        self._is_stopping = True
        for group in (
            [self.signal],
            [self.jobs],
            [self.web, self.streams, self.webrtc, *self.media],
        ):
            async with asyncio.TaskGroup() as tasks:
                for child in group:
                    tasks.create_task(self._stop(child))

    async def _stop(self, child: Child) -> None:
        process = child.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(child.stop_s + _STOP_MARGIN_S):
                await process.wait()
        except TimeoutError:
            _log.error("process does not stop", name=child.name)
            process.kill()
            await process.wait()


async def supervise(
    settings: Settings, on_ready: OnReady, stop: asyncio.Event | None = None
) -> None:
    """Run a node until SIGTERM, SIGINT, or `stop` is set; `on_ready` is told where it listens.

    Raises Unavailable where another node uses the same home folder, an address is taken, or the
    database cannot be opened.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    stop = stop or asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with (
        exclusive(settings.home / "up.lock", wait=False),
        # A path of its own, since the path of a Unix socket is at most 107 octets long.
        tempfile.TemporaryDirectory(prefix="dillo-") as sockets,
        await _bind(settings.sip, socket.SOCK_DGRAM) as sip,
    ):
        (await _bind(settings.http, socket.SOCK_STREAM)).close()
        migrate(settings.database_url)
        await Supervisor(settings, Path(sockets), sip).run(on_ready, stop)


async def _bind(address: HostPort, kind: socket.SocketKind) -> socket.socket:
    """Return a socket at an address, which a node killed just now may hold for a moment.

    Raises Unavailable.
    """
    deadline = time.monotonic() + _LEFTOVERS_S
    while True:
        try:
            return bind(address, kind)
        except OSError as error:
            if time.monotonic() > deadline:
                raise Unavailable(f"cannot listen at {address}: {error.strerror}") from error
            await asyncio.sleep(_LEFTOVERS_POLL_S)


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"dillo.{name}", *arguments]


def _split_ports(settings: Settings) -> list[str]:
    """Give each media worker a part of the RTP ports, `LOW-HIGH`, beginning with an even one."""
    low, high = map(int, settings.rtp_ports.split("-"))
    share = (high - low + 1) // settings.media_workers // 2 * 2
    starts = range(low + low % 2, high, share)
    return [
        f"{start}-{start + share - 1}"
        for start, _ in zip(starts, range(settings.media_workers), strict=False)
    ]
