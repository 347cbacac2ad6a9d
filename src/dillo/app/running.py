"""Where the node of a home folder is reached, as long as it runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True)
class Running:
    """A node that is ready."""

    http: str
    """Base URL of the API."""
    sip: str
    """`HOST:PORT` of SIP over UDP."""
    pid: int
    """The supervisor's process."""


def find_running(home: Path) -> Running | None:
    """Return the node that uses a home folder now, None where none does."""
    try:
        running = msgspec.json.decode(_file(home).read_bytes(), type=Running)
        os.kill(running.pid, 0)
    except (OSError, msgspec.DecodeError):
        return None
    return running


@contextmanager
def announced(home: Path, running: Running) -> Iterator[None]:
    """Let other commands find this node for as long as the block runs."""
    path = _file(home)
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(running))
    draft.replace(path)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def _file(home: Path) -> Path:
    return home / "running.json"
