"""The `signal` process: SIP, call sessions and the journal."""

import asyncio
import functools
import gc
import os
import signal
import socket
import sys
from ipaddress import ip_address
from itertools import chain
from pathlib import Path

import structlog
import uvloop

from dillo.app.metrics import signalling
from dillo.app.metrics.textfile import TextFile
from dillo.app.process import (
    configure_logging,
    die_with_parent,
    exclusive,
    held_socket,
    report_ready,
)
from dillo.app.prompts import make_casting, make_live_prompts
from dillo.app.test_calls import TEST_SECRET
from dillo.app.webhooks import make_webhooks
from dillo.behavior import Behavior, load
from dillo.behavior.conditions import public_holidays
from dillo.calls.admission import Admission
from dillo.calls.board import Board, WatchedJournal
from dillo.calls.engine import CallEngine
from dillo.calls.platform import Platform
from dillo.calls.ports import Application
from dillo.calls.purse import Purse
from dillo.calls.recovery import close_interrupted
from dillo.calls.standby import Standby
from dillo.hooks.guard import Guard
from dillo.live.feed import Feed
from dillo.media.client import MediaPool
from dillo.media.wav import NotARecording, repair_wav
from dillo.model.addresses import HostPort
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.events import EndReason
from dillo.net.origins import Origins
from dillo.net.udp import UdpServer
from dillo.settings import Settings
from dillo.store.balances import SqlBalances
from dillo.store.carriers import SqlCarriers
from dillo.store.database import Database
from dillo.store.directory import CachedDirectory
from dillo.store.journal import JournalWriter
from dillo.store.publications import SqlPublications
from dillo.store.vault import Vault
from dillo.streams.client import StreamGateway

_log = structlog.get_logger(__name__)

_HEARTBEAT_S = 1.0
# Calls are freed by reference counting; the collector looks for what is left far less often than
# by default (700, 10, 10), where it would stop all calls many times a second.
_GC_THRESHOLDS = (50_000, 20, 20)
_MEDIA_READY_S = 10.0
_GOODBYE_POLL_S, _GOODBYE_POLLS = 0.05, 40


@functools.lru_cache(maxsize=1024)
def load_behavior(application: Application) -> Behavior:
    """Return a published behavior, read once for all calls."""
    return load(application.behavior, application.version_id)


async def repair_recording(path: Path) -> tuple[int, int]:
    """Make a recording that was cut off readable; its length in ms and its size, or (0, 0)."""
    try:
        return await asyncio.to_thread(repair_wav, path)
    except (OSError, NotARecording) as error:
        _log.warning("a recording is lost", path=str(path), error=str(error))
        return 0, 0


async def run(
    settings: Settings, live_socket: Path, stream_socket: Path, media_sockets: list[Path]
) -> None:
    """Take calls until SIGTERM, then let the running ones finish."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = Database.open(settings.database_url)
    directory = CachedDirectory(database)
    journal = JournalWriter(settings.journal_path)
    casting = make_casting(settings)
    prompts = make_live_prompts(settings, casting)
    await prompts.start()
    vault = Vault.open(settings.secret_key, settings.secret_key_path)
    webhooks = make_webhooks(settings, database, vault)
    interrupted = await close_interrupted(journal, settings.recordings_dir, repair_recording)
    async with (
        MediaPool(media_sockets) as media,
        StreamGateway(stream_socket) as streams,
        asyncio.TaskGroup() as tasks,
    ):
        board = Board()
        guard = Guard.allowing(settings.outbound_allow)
        server = UdpServer(
            lambda leg: engine.receive(leg), permits=lambda host: guard.permits(ip_address(host))
        )
        platform = Platform(
            admission=Admission(directory),
            journal=WatchedJournal(journal, board),
            media=media,
            prompts=prompts,
            outbound=server,
            carriers=SqlCarriers(database, vault),
            origins=Origins(lambda: server.address),
            webhooks=webhooks,
            streams=streams,
            purse=Purse(SqlBalances(database)),
            load_behavior=load_behavior,
            repair_recording=repair_recording,
            recordings_dir=settings.recordings_dir,
            node_name=socket.gethostname(),
            sip_port=lambda: server.address[1],
            media_timeout_s=settings.media_timeout_s,
            test_secret=os.environ.get(TEST_SECRET, ""),
        )
        engine = CallEngine(platform, tasks)
        engine.endings[EndReason.INTERRUPTED] += interrupted
        standby = Standby(SqlPublications(database), load_behavior, prompts)
        keepers = [tasks.create_task(_beat(journal, engine)), tasks.create_task(standby.run())]
        feed = Feed(board, engine.hang_up)
        await feed.serve(live_socket)
        await _await_workers(media)
        if (held := held_socket()) is not None:
            await server.start_at(held)
        else:
            await server.start(settings.sip.host, settings.sip.port)
        metrics = _metrics(settings, server, engine, journal, media, streams)
        keepers.append(tasks.create_task(metrics.keep_writing()))
        _settle_memory()
        report_ready(str(HostPort(*server.address)))
        for lack in casting.lacks.values():
            _log.warning(f"speech: {lack}")
        # The first call that asks for a holiday must not wait for the calendars.
        tasks.create_task(asyncio.to_thread(public_holidays.preload))
        await stop.wait()
        server.stop_accepting()
        await engine.drain(settings.drain_s)
        await _say_goodbye(server)
        metrics.write()
        server.close()
        feed.close()
        for keeper in keepers:
            keeper.cancel()
    await journal.close()
    await prompts.close()
    await webhooks.close()
    await directory.close()
    await database.close()


def _metrics(
    settings: Settings,
    server: UdpServer,
    engine: CallEngine,
    journal: JournalWriter,
    media: MediaPool,
    streams: StreamGateway,
) -> TextFile:
    return TextFile(
        settings.metrics_dir,
        "signal",
        lambda: chain(
            signalling.sip(server),
            signalling.calls(engine),
            signalling.journal(journal),
            signalling.media(media),
            signalling.streams(streams),
        ),
    )


async def _await_workers(media: MediaPool) -> None:
    """Wait for the media workers; where some do not answer the others will do.

    Raises Unavailable where none does.
    """
    try:
        await media.ready(_MEDIA_READY_S)
    except Unavailable as error:
        if not media.workers_connected:
            raise
        _log.error("taking calls all the same", error=str(error))


async def _beat(journal: JournalWriter, engine: CallEngine) -> None:
    """Note once a second that this node lives, as long as there are calls to be billed."""
    while True:
        if engine.calls_running:
            journal.beat(now_us())
        await asyncio.sleep(_HEARTBEAT_S)


async def _say_goodbye(server: UdpServer) -> None:
    """Let the peers answer our last BYEs, which are sent again if they got lost."""
    for _ in range(_GOODBYE_POLLS):
        if not server.open_calls:
            return
        await asyncio.sleep(_GOODBYE_POLL_S)


def _settle_memory() -> None:
    """Keep what was loaded at start out of every later garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


def main() -> None:
    """Run the process: its arguments are the sockets of live calls, streams and each worker."""
    die_with_parent()
    settings = Settings()
    configure_logging(settings.log_level, "signal")
    live_socket, stream_socket, *media_sockets = map(Path, sys.argv[1:])
    with exclusive(settings.home / "signal.lock", wait=True):
        uvloop.run(run(settings, live_socket, stream_socket, media_sockets))


if __name__ == "__main__":
    main()
