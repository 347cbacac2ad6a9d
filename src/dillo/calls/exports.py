"""Exports: a list of calls as a file, made in the background and kept for a while."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from dillo.calls.archive import CallFilter
from dillo.model.errors import PeerError

JOB: Final = "call-export"
"""The durable job that makes the file; its argument is the export's id."""
KEPT_US: Final = 7 * 86_400_000_000
MOST_AT_ONCE: Final = 5
"""Unfinished exports of a customer."""


class ExportFormat(enum.StrEnum):
    """What kind of file."""

    CSV = "csv"
    PARQUET = "parquet"


class ExportStatus(enum.StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TooManyExports(PeerError):
    """As many exports as may be made at once are not done yet; wait for one of them."""


class UnknownExport(PeerError):
    """There is no such export, or it has expired."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file of calls, made or to be made."""

    id: str
    customer_id: str | None
    """Whose calls; None for those of all customers."""
    format: ExportFormat
    asked: CallFilter
    """Which calls; pinned, so that a file that is begun anew has the same ones."""
    status: ExportStatus
    created_us: int
    expires_us: int
    rows: int
    """Written so far."""
    expected: int | None
    """Of how many, about; None before it begins."""
    size: int | None = None
    """Octets of the finished file."""
    finished_us: int | None = None
    error: str | None = None

    @property
    def file_name(self) -> str:
        """What the file is called in the folder of exports."""
        return f"{self.id}.{self.format.value}"


class Exports(Protocol):
    """The exports that are known. Every method raises Unavailable."""

    async def create(
        self, actor: str, customer_id: str | None, format_: ExportFormat, asked: CallFilter
    ) -> Export:
        """Store an export and ask for its job, in one transaction. Raises TooManyExports."""

    async def get(self, customer_id: str | None, export_id: str) -> Export:
        """Return an export of a customer, of any where that is None. Raises UnknownExport."""

    async def page(
        self, customer_id: str | None, after_id: str | None, take: int
    ) -> Sequence[Export]:
        """Return exports, newest first."""

    async def remove(self, actor: str, customer_id: str | None, export_id: str) -> Export:
        """Forget an export, and return it. Raises UnknownExport."""
