"""What the HTTP side needs of storage, as small Protocols; the composition root hands them in."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class KeyVerifier(Protocol):
    """Knows whose API keys are good."""

    async def verify(self, customer_code: str, api_key: str) -> str | None:
        """Return the customer's id if the key is theirs and not revoked, in constant time."""


class LastUses(Protocol):
    """Notes when credentials were used, without making anybody wait."""

    def note(self, kind: str, sha256: str) -> None:
        """Note that a `key` or `session` is used now."""

    async def run(self) -> None:
        """Write what was noted every few seconds, until cancelled."""


class CallPage(Protocol):
    """A page of calls, newest first."""

    @property
    def documents(self) -> Sequence[str]:
        """InboundVoiceCalls as JSON text."""

    @property
    def total(self) -> int:
        """Calls of all pages."""

    @property
    def pin_us(self) -> int:
        """The moment to ask for with the next page, so that the list stays as it is."""


class StatisticsReader(Protocol):
    """Finds the calls that a customer received."""

    async def page(
        self,
        customer_id: str,
        number: str,
        *,
        start_us: int,
        end_us: int,
        skip: int,
        take: int,
        as_of_us: int | None,
    ) -> CallPage | None:
        """Return `take` calls after the `skip` newest of those created in `[start_us, end_us)`.

        `number` is E.164 with `+`, both ends are UTC midnights; only calls settled up to
        `as_of_us` are in the list. None where the customer never held the number.
        """


class RecordingFiles(Protocol):
    """Knows where recordings are kept."""

    async def recording_path(self, customer_id: str, recording_id: str) -> tuple[str, bool] | None:
        """Return a path below the recordings folder and whether the recording's time is over.

        None where it is not theirs.
        """


class OpenedRecording(Protocol):
    """A recording that can be read."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the octets `[start, end)`. Raises Unavailable where the store breaks off."""

    def close(self) -> None:
        """Let go of one that is not read."""


class RecordingStore(Protocol):
    """Reads recordings wherever they are kept."""

    async def open(self, path: str) -> OpenedRecording | None:
        """Open a recording; None where there is none. Raises Unavailable."""
