"""Recordings: first in this node's folder, then, where one is set, in an S3-compatible store.

The media worker writes local files, and whoever has settled a call may `move` its recordings: each
is uploaded, read back and compared before the local file goes. So a crash at any point leaves a
recording here, or there, or in both places; moving it again does no harm.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from dillo.model.errors import Unavailable

_CHUNK = 256 * 1024


class Objects(Protocol):
    """A store of objects by their paths. Every method raises Unavailable."""

    async def size(self, path: str) -> int | None:
        """Return the size of an object, None where there is none."""

    def read(self, path: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the octets `[start, end)` of an object."""

    async def put(self, path: str, file: Path) -> None:
        """Store a file, in place of what is there."""

    async def digest(self, path: str) -> bytes:
        """Return the SHA-256 of an object as it is read back."""

    async def delete(self, path: str) -> None:
        """Delete an object; one that is gone is no error."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that can be read, wherever it is."""

    size: int
    _file: BinaryIO | None
    _store: Objects | None
    _path: str

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the octets `[start, end)`. Raises Unavailable where the store breaks off."""
        if self._file is not None:
            with self._file as file:
                file.seek(start)
                while start < end and (octets := file.read(min(_CHUNK, end - start))):
                    start += len(octets)
                    yield octets
        elif self._store is not None and start < end:
            async for octets in self._store.read(self._path, start, end):
                yield octets

    def close(self) -> None:
        """Close the file of one that is not read."""
        if self._file is not None:
            self._file.close()


class Recordings:
    """All recordings by their paths, relative to the folder and to the store alike."""

    def __init__(self, folder: Path, store: Objects | None = None) -> None:
        self._folder = folder
        self._store = store

    @property
    def has_store(self) -> bool:
        """Whether recordings go anywhere else than into the folder."""
        return self._store is not None

    async def open(self, path: str) -> Opened | None:
        """Open a recording; None where there is none. Raises Unavailable."""
        file = await asyncio.to_thread(self._open_local, path)
        if file is not None:
            return Opened(os.fstat(file.fileno()).st_size, file, None, path)
        if self._store is None or self._local(path) is None:
            return None
        size = await self._store.size(path)
        return None if size is None else Opened(size, None, self._store, path)

    @asynccontextmanager
    async def local(self, path: str) -> AsyncIterator[Path]:
        """Let a recording be a local file inside the block, which may be gone afterwards.

        Where there is none the path leads nowhere. Raises Unavailable.
        """
        opened = await self.open(path)
        with tempfile.TemporaryDirectory(prefix="dillo-") as folder:
            copy = Path(folder, "recording.wav")
            if opened is not None:
                parts = [octets async for octets in opened.read(0, opened.size)]
                await asyncio.to_thread(copy.write_bytes, b"".join(parts))
            yield copy

    async def delete(self, path: str) -> None:
        """Delete a recording, wherever it is; one that is gone is no error. Raises Unavailable."""
        local = self._local(path)
        if local is None:
            return
        local.unlink(missing_ok=True)
        if self._store is not None:
            await self._store.delete(path)

    async def move(self, path: str) -> None:
        """Move a complete file of the folder into the store. Raises Unavailable, OSError."""
        local = self._local(path)
        assert local is not None, path
        assert self._store is not None
        wanted = await asyncio.to_thread(_digest, local)
        await self._store.put(path, local)
        if await self._store.digest(path) != wanted:
            raise Unavailable(f"the store has another {path} than was sent to it")
        local.unlink()

    def waiting(self, limit: int) -> list[str]:
        """Return paths of files that are in the folder, oldest days first."""
        found: list[str] = []
        for path in _files(self._folder):
            found.append(path.relative_to(self._folder).as_posix())
            if len(found) == limit:
                break
        return found

    def _open_local(self, path: str) -> BinaryIO | None:
        local = self._local(path)
        try:
            return None if local is None else local.open("rb")
        except (FileNotFoundError, IsADirectoryError):
            return None

    def _local(self, path: str) -> Path | None:
        """Return where a path leads in the folder; None where it leads out of it."""
        folder = self._folder.resolve()
        local = (folder / path).resolve()
        return local if local.is_relative_to(folder) else None


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; one that is gone meanwhile is left out."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.name.endswith(".wav"):
            yield Path(entry.path)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
