"""Writes recordings in threads of its own, so that a slow disk never delays a packet.

One thread appends, in the order asked; a few others put finished files on the disk (fsync), side
by side so that the file system can commit them together.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue

from dillo.media.wav import HEADER_SIZE, wav_header
from dillo.rtp.g711 import Law

_SYNC_THREADS = 4


class RecordingFile:
    """A recording on its way to the disk; after `Disk.open` only the disk's threads touch it.

    Its first error is kept, and nothing is tried after it.
    """

    __slots__ = ("_descriptor", "channels", "error", "law", "path", "size")

    def __init__(self, path: str, law: Law, channels: int = 1) -> None:
        self.path = path
        self.law = law
        self.channels = channels
        self.size = 0
        self.error = ""
        self._descriptor = -1

    def open(self) -> None:
        """Create the file with a header that tells no length yet.

        It is locked as long as it is open: nobody repairs what is still being written.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._descriptor = os.open(self.path, flags, 0o640)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self.append(wav_header(self.law, 0, self.channels))

    def append(self, octets: bytes | bytearray) -> None:
        """Write at the end."""
        with memoryview(octets) as view:
            written = 0
            while written < len(view):
                written += os.write(self._descriptor, view[written:])
                self.size = max(self.size, os.lseek(self._descriptor, 0, os.SEEK_CUR))

    def finish(self, octets: bytes | bytearray, samples: int) -> None:
        """Add the last audio, cut each channel to `samples`, and complete the header."""
        self.append(octets)
        self.size = HEADER_SIZE + samples * self.channels
        os.ftruncate(self._descriptor, self.size)
        os.pwrite(self._descriptor, wav_header(self.law, samples, self.channels), 0)
        if self.size % 2:
            self.size += os.pwrite(self._descriptor, b"\0", self.size)

    def close(self) -> None:
        """Return when the file is on the disk."""
        if self._descriptor < 0:
            return
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)


class Disk:
    """Takes work on recordings from the loop and tells it when a file is complete."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called from other threads when `closed` has something."""
        self._wake = wake
        self._batch: list[tuple[RecordingFile, Callable[[], None]]] = []
        self._batches: SimpleQueue[list[tuple[RecordingFile, Callable[[], None]]]] = SimpleQueue()
        self._written: SimpleQueue[RecordingFile] = SimpleQueue()
        self._closed: deque[RecordingFile] = deque()
        for target in [self._write_batches, *[self._close_files] * _SYNC_THREADS]:
            threading.Thread(target=target, daemon=True).start()

    def open(self, file: RecordingFile) -> None:
        """Create the file."""
        self._batch.append((file, file.open))

    def append(self, file: RecordingFile, octets: bytes | bytearray) -> None:
        """Add audio to the file."""
        self._batch.append((file, partial(file.append, octets)))

    def finish(self, file: RecordingFile, octets: bytes | bytearray, samples: int) -> None:
        """Complete the file with its last audio, to `samples` a channel; `closed` gives it back."""
        self._batch.append((file, partial(file.finish, octets, samples)))
        self._batch.append((file, partial(self._written.put, file)))

    def submit(self) -> None:
        """Hand over what was asked for since the last call: one thread switch for all of it."""
        if self._batch:
            self._batches.put(self._batch)
            self._batch = []

    def closed(self) -> Iterator[RecordingFile]:
        """Yield the files that are complete and safe since the last call."""
        while self._closed:
            yield self._closed.popleft()

    def _write_batches(self) -> None:
        while True:
            for file, work in self._batches.get():
                _attempt(file, work)

    def _close_files(self) -> None:
        while True:
            file = self._written.get()
            _attempt(file, file.close)
            self._closed.append(file)
            self._wake()


def _attempt(file: RecordingFile, work: Callable[[], None]) -> None:
    try:
        work()
    except OSError as error:
        file.error = file.error or f"{file.path}: {error.strerror}"
