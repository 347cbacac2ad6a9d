"""Runs the HTTP application in a process of its own."""

import gc
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 10

OnListening = Callable[[str, int], None]
OnStopping = Callable[[], None]


class _Server(uvicorn.Server):
    """Tells where it listens as soon as it does."""

    def __init__(
        self, config: uvicorn.Config, on_listening: OnListening, on_stopping: OnStopping
    ) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._on_stopping = on_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams that would go on as long as they are read must end before they are waited for.
        self._on_stopping()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is there now stays: the collector need not look at it again.
            gc.freeze()
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_listening(host, port)


def serve(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    on_listening: OnListening = lambda _host, _port: None,
    on_stopping: OnStopping = lambda: None,
    trusted_proxies: str = "127.0.0.1",
    is_access_logged: bool = False,
    grace_s: int = GRACE_S,
) -> None:
    """Serve until SIGTERM or SIGINT; then finish the running requests, for `grace_s` at most.

    Port 0 means any free one; `on_listening` is told which. `on_stopping` ends responses that would
    go on. `trusted_proxies` are the addresses whose X-Forwarded-For is believed, comma-separated.
    The logging set up by the caller is kept.
    Raises SystemExit: 0 after a signal, 1 where the address cannot be bound.
    """
    for signum in (signal.SIGTERM, signal.SIGINT):
        # Before uvicorn listens for it, and after: it raises the signal again once it has stopped.
        signal.signal(signum, _leave)
    config = uvicorn.Config(
        app,
        host,
        port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=is_access_logged,
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=grace_s,
    )
    _Server(config, on_listening, on_stopping).run()


def _leave(_signum: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
