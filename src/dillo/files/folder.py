"""The folder of ready prompts: `KEY.ulaw`, `KEY.alaw`, and `KEY.json` for what was fetched."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dillo.calls.ports import PreparedPrompt
from dillo.files.orders import Remembered

_OCTETS_PER_MS = 8


@dataclass(frozen=True, slots=True)
class Shelved:
    """All files of one key: how much they take and when they were last of use."""

    key: str
    names: tuple[str, ...]
    size: int
    used_s: float


@dataclass(frozen=True, slots=True)
class PromptFolder:
    """Ready prompts on disk, shared between the platform and its prompt workers.

    Files appear whole, by renaming, and are never changed. A sudden loss of power may leave them
    empty, for they are not synced: an empty file counts as missing, and is made again.
    """

    root: Path

    def prepared(self, key: str, duration_ms: int) -> PreparedPrompt:
        """Return the prompt of a key that is known to be there."""
        return PreparedPrompt(f"{self.root}/{key}.ulaw", f"{self.root}/{key}.alaw", duration_ms)

    def find(self, key: str) -> PreparedPrompt | None:
        """Look a prompt up on disk."""
        try:
            size = (self.root / f"{key}.ulaw").stat().st_size
            twin = (self.root / f"{key}.alaw").stat().st_size
        except FileNotFoundError:
            return None
        return self.prepared(key, size // _OCTETS_PER_MS) if 0 < size == twin else None

    def store(self, key: str, ulaw: bytes, alaw: bytes) -> PreparedPrompt:
        """Write a prompt in both laws; where another process was faster its own stays.

        An engine does not say a text twice the same way, and a caller may be hearing the first one.
        Raises OSError, as where the disk is full.
        """
        with self._alone():
            there = self.find(key)
            if there is not None:
                return there
            write_whole(self.root / f"{key}.alaw", alaw)
            write_whole(self.root / f"{key}.ulaw", ulaw)
        return self.prepared(key, len(ulaw) // _OCTETS_PER_MS)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from storing."""
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def recall(self, key: str) -> Remembered | None:
        """Return what is remembered of an address, by its key."""
        try:
            return msgspec.json.decode((self.root / f"{key}.json").read_bytes(), type=Remembered)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def remember(self, key: str, remembered: Remembered) -> None:
        """Write down what an address answered. Raises OSError."""
        write_whole(self.root / f"{key}.json", msgspec.json.encode(remembered))

    def touch(self, keys: Collection[str]) -> None:
        """Note that these prompts were of use just now."""
        for key in keys:
            with contextlib.suppress(FileNotFoundError):
                os.utime(self.root / f"{key}.ulaw")

    def shelved(self) -> list[Shelved]:
        """List everything in the folder, leftovers of dead workers included, oldest first."""
        names: dict[str, list[os.DirEntry[str]]] = {}
        with os.scandir(self.root) as entries:
            for entry in entries:
                names.setdefault(entry.name.partition(".")[0], []).append(entry)
        shelved = [_shelved(key, files) for key, files in names.items()]
        return sorted(shelved, key=lambda item: item.used_s)

    def remove(self, item: Shelved) -> None:
        """Delete the files of a key; who has them open reads on."""
        for name in item.names:
            (self.root / name).unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears under its name only when complete. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise


def _shelved(key: str, files: list[os.DirEntry[str]]) -> Shelved:
    size, used_s = 0, 0.0
    for file in files:
        with contextlib.suppress(FileNotFoundError):  # renamed or removed since it was listed
            status = file.stat()
            size, used_s = size + status.st_size, max(used_s, status.st_mtime)
    return Shelved(key, tuple(file.name for file in files), size, used_s)
