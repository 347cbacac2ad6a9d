"""Work that a client may ask for twice and that must be done once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered when the work was done."""

    status: int
    body: str


class Once(Protocol):
    """Keeps answers for a day, each in the transaction that did the work."""

    async def known(self, scope: str, key: str, fingerprint: str) -> Answered | None:
        """Return the answer kept, None where there is none. Raises KeyReused."""

    async def do(
        self, scope: str, key: str, fingerprint: str, work: Callable[[], Awaitable[Answered]]
    ) -> Answered:
        """Do the work and keep its answer, or return the answer kept.

        `scope` is who asks, `fingerprint` what is asked. Work that raises leaves nothing behind and
        may be asked for again. Raises KeyReused where the key came with another request.
        """

    async def begin(self, scope: str, key: str, fingerprint: str) -> Answered | None:
        """Take a key for work that is more than a transaction, or return the answer kept.

        Raises KeyReused, and StillUnderWay where the key is taken: so the work is done once at
        most, even if a process dies in the middle of it.
        """

    async def end(self, scope: str, key: str, answered: Answered | None) -> None:
        """Keep the answer of work that was begun; without one it may be begun again."""
