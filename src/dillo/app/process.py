"""What the processes of a node have in common: logging, locks, readiness, dying with the parent."""

import asyncio
import ctypes
import fcntl
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import structlog

from dillo.model.addresses import HostPort
from dillo.model.errors import Unavailable

_PR_SET_PDEATHSIG = 1  # prctl(2)
_READY_FD = "DILLO_READY_FD"
_SOCKET_FD = "DILLO_SOCKET_FD"
_SUPERVISOR_PID = "DILLO_SUPERVISOR_PID"

BEAT_S = 1.0
"""How often a process that beats tells that it serves."""


def die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the supervisor dies, however it dies.

    Raises SystemExit where it is dead already.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get(_SUPERVISOR_PID, str(os.getppid())) != str(os.getppid()):
        raise SystemExit(1)


def configure_logging(level: str, process: str) -> None:
    """Write log lines as JSON objects to standard error; each carries the call id if it has one."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.CallsiteParameterAdder([]),
                structlog.processors.JSONRenderer(
                    serializer=lambda value, **_: msgspec.json.encode(
                        {"process": process, **value}, enc_hook=str
                    ).decode()
                ),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def bind(address: HostPort, kind: socket.SocketKind) -> socket.socket:
    """Return a socket at an address. Raises OSError where that cannot be."""
    bound = socket.socket(type=kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
        bound.bind((address.host, address.port))
    except OSError:
        bound.close()
        raise
    return bound


def held_socket() -> socket.socket | None:
    """Return the socket that the supervisor holds for this process, None where there is none."""
    fd = os.environ.pop(_SOCKET_FD, None)
    if fd is None:
        return None
    held = socket.socket(fileno=int(fd))
    held.set_inheritable(False)
    return held


def held_environment(fd: int) -> dict[str, str]:
    """Return the variable by which a child finds the socket that is held for it."""
    return {_SOCKET_FD: str(fd)}


def report_ready(address: str = "") -> None:
    """Tell the supervisor that this process serves, and where."""
    if (fd := os.environ.get(_READY_FD)) is not None:
        os.write(int(fd), f"{address}\n".encode())
        os.close(int(fd))
        del os.environ[_READY_FD]


async def keep_reporting() -> None:
    """Tell the supervisor that this process serves, again and again while its event loop turns."""
    fd = os.environ.pop(_READY_FD, None)
    with suppress(BrokenPipeError):  # the supervisor is gone, and we are being stopped
        while fd is not None:
            os.write(int(fd), b"\n")
            await asyncio.sleep(BEAT_S)


def ready_environment(fd: int) -> dict[str, str]:
    """Return the variables that let a child report on this pipe and know its supervisor."""
    return {_READY_FD: str(fd), _SUPERVISOR_PID: str(os.getpid())}


@contextmanager
def exclusive(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock file, which the kernel frees when this process ends, however it ends.

    Raises Unavailable where another process holds it and `wait` is false.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Unavailable(f"{path.parent} is in use by another Dillo") from error
        yield
