"""A list of encoded files, played back to back."""

from collections.abc import Sequence


class Playlist:
    """Where a play list is. The sender reads `data`, `at` and `size` itself for most packets.

    It takes `data[at:at + n]` and moves `at` while that lies within `size`; at the edge of a file
    it calls `across`.
    """

    __slots__ = (
        "_files",
        "_loops_left",
        "_next",
        "_waiting",
        "at",
        "data",
        "is_open",
        "play_id",
        "size",
    )

    def __init__(
        self, play_id: int, files: Sequence[bytes], loop: int, *, is_open: bool = False
    ) -> None:
        """`loop` is how often the list is played, 0 for ever; an open one may be extended."""
        self.play_id = play_id
        self.is_open = is_open
        self._files = [file for file in files if file]
        self._loops_left = loop - 1 if loop else -1
        self._next = 0
        self.data = b""
        self.at = self.size = 0
        self._waiting: tuple[bytes, int] | None = None
        """The file that was interrupted, and where."""

    def interject(self, files: Sequence[bytes]) -> None:
        """Play something else first, then go on where the list is."""
        if self._waiting is None:
            self._waiting = self.data, self.at
        self.data = b"".join(files)
        self.at, self.size = 0, len(self.data)

    def extend(self, files: Sequence[bytes], *, is_last: bool) -> None:
        """Play more files before the list ends, or begins anew."""
        self._files += [file for file in files if file]
        self.is_open = not is_last

    def across(self, samples: int) -> bytes:
        """Return the next `samples` octets across the edges of files; fewer at the very end."""
        octets = b""
        while len(octets) < samples and (self.at < self.size or self._turn()):
            end = self.at + samples - len(octets)
            octets += self.data[self.at : end]
            self.at = min(end, self.size)
        return octets

    def _turn(self) -> bool:
        """Go on to the next file; return False after the last, or where it is not there yet."""
        if self._waiting is not None:
            self.data, self.at = self._waiting
            self.size, self._waiting = len(self.data), None
            return True
        if self._next == len(self._files):
            if self.is_open:
                return False
            if not self._loops_left or not self._files:
                return False
            self._loops_left -= 1
            self._next = 0
        self.data = self._files[self._next]
        self.at, self.size = 0, len(self.data)
        self._next += 1
        return True

    def translate(self, table: bytes) -> None:
        """Go on in the other law."""
        self._files = [file.translate(table) for file in self._files]
        self.data = self.data.translate(table)
        if self._waiting is not None:
            self._waiting = self._waiting[0].translate(table), self._waiting[1]
