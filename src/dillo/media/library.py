"""Encoded prompts in memory, shared by all calls of a worker."""

from collections import OrderedDict
from pathlib import Path

_CAPACITY = 64 * 1024 * 1024


class PromptLibrary:
    """Keeps the most recently played files; a path is never reread, for it names its content."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        """`capacity` is in octets; a single larger file is still kept while it is the newest."""
        self._capacity = capacity
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def load(self, path: str) -> bytes:
        """Return a file's octets. Raises OSError."""
        octets = self._files.get(path)
        if octets is not None:
            self._files.move_to_end(path)
            return octets
        octets = self._files[path] = Path(path).read_bytes()
        self._size += len(octets)
        while self._size > self._capacity and len(self._files) > 1:
            _, dropped = self._files.popitem(last=False)
            self._size -= len(dropped)
        return octets
