"""Status callbacks: who is to be told what becomes of a call."""

from dataclasses import dataclass

from dillo.behavior.effects import Note
from dillo.behavior.reader import Reader
from dillo.model.events import CallbackWanted


@dataclass(frozen=True, slots=True)
class Callback:
    """An address that is told when the call starts and ends, and when a recording is ready."""

    url: str
    method: str

    def wanted(self, at_us: int, node: str | None = None) -> Note:
        """Return the note that a call passed something that wants to be told."""
        return Note(CallbackWanted(at_us, node, self.url, self.method))


def read_callback(fields: Reader, prefix: str) -> Callback | None:
    """Read `…StatusCallbackUrl` and `…StatusCallbackMethod`."""
    url = fields.url(f"{prefix}StatusCallbackUrl")
    method = fields.choice(f"{prefix}StatusCallbackMethod", ("GET", "POST"), "POST")
    return None if url is None else Callback(url, method)
