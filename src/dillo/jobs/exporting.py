"""Makes files of calls: a durable job that begins its file anew where it was interrupted."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import structlog

from dillo.calls.archive import CallArchive, CallFilter, Place, Sort
from dillo.calls.buckets import Bucket
from dillo.calls.exports import JOB, Export, ExportFormat, ExportStatus
from dillo.jobs.durable import Job, Queue, step
from dillo.jobs.sheets import CsvSheet, ParquetSheet, Sheet
from dillo.model.clock import now_us

_log = structlog.get_logger(__name__)

_EXPORTING = Queue("exports", 1)
_ROWS_AT_ONCE = 500
_SORT = Sort(is_descending=False)
_SWEPT_AT_ONCE = 100


class ExportDesk(Protocol):
    """What the job needs to know and tell of exports. Every method raises Unavailable."""

    async def find(self, export_id: str) -> Export | None:
        """Return an export that is still wanted."""

    async def note(self, export_id: str, rows: int, expected: int) -> bool:
        """Note progress; return whether the export is still wanted."""

    async def finish(self, export_id: str, rows: int, size: int) -> bool:
        """Note that the file is there; return whether the export is still wanted."""

    async def fail(self, export_id: str, error: str) -> None:
        """Note that there will be no file."""

    async def expired(self, at_us: int, limit: int) -> Sequence[Export]:
        """Return exports whose time is over."""

    async def forget(self, export_ids: Sequence[str]) -> None:
        """Forget exports."""


class Exporter:
    """Writes exports into a folder, one after the other."""

    def __init__(self, desk: ExportDesk, archive: CallArchive, folder: Path) -> None:
        self._desk = desk
        self._archive = archive
        self._folder = folder

    def jobs(self) -> tuple[Job, Job]:
        """Return the job that makes a file, and the one that removes those that are too old."""

        async def export(export_id: str) -> None:
            await step(self.export, export_id)

        async def sweep() -> None:
            await step(self.sweep)

        return (
            Job(JOB, export, queue=_EXPORTING),
            Job("export-expiry", sweep, queue=_EXPORTING, cron="7 * * * *"),
        )

    async def export(self, export_id: str) -> None:
        """Make the file of an export, unless it is there or nobody wants it any more."""
        export = await self._desk.find(export_id)
        if export is None or export.status in {ExportStatus.DONE, ExportStatus.FAILED}:
            return
        draft = self._folder / f"{export.file_name}.part"
        try:
            rows = await self._write(export, draft)
        except OSError as error:
            with suppress(OSError):
                await asyncio.to_thread(draft.unlink)
            await self._desk.fail(export_id, f"the file cannot be written: {error.strerror}")
            return
        if rows is None:
            await asyncio.to_thread(draft.unlink, missing_ok=True)
            return
        path = self._folder / export.file_name
        size = await asyncio.to_thread(_publish, draft, path)
        if not await self._desk.finish(export_id, rows, size):
            await asyncio.to_thread(path.unlink, missing_ok=True)
            return
        _log.info("calls are exported", export=export_id, rows=rows, size=size)

    async def sweep(self) -> None:
        """Remove exports whose time is over, with their files."""
        while expired := await self._desk.expired(now_us(), _SWEPT_AT_ONCE):
            for export in expired:
                await asyncio.to_thread((self._folder / export.file_name).unlink, missing_ok=True)
            await self._desk.forget([export.id for export in expired])

    async def _write(self, export: Export, draft: Path) -> int | None:
        """Write all rows and return how many; None where the export is no longer wanted."""
        expected = await self._count(export.asked)
        sheet = await asyncio.to_thread(_open, export.format, draft)
        after: Place | None = None
        rows = 0
        try:
            while True:
                page = await self._archive.page(export.asked, _SORT, after, _ROWS_AT_ONCE)
                await asyncio.to_thread(sheet.add, page.calls)
                after = page.rest
                rows += len(page.calls)
                if not await self._desk.note(export.id, rows, max(rows, expected)):
                    return None
                if after is None:
                    break
        finally:
            await asyncio.to_thread(sheet.close)
        return rows

    async def _count(self, asked: CallFilter) -> int:
        """Return how many calls there are about: the sums know nothing of when one was settled."""
        whole = Bucket("", asked.from_us or 0, asked.to_us or now_us())
        sums = await self._archive.sums(replace(asked, settled_until_us=None), [whole], None)
        return sum(each.calls for each in sums)


def _open(format_: ExportFormat, draft: Path) -> Sheet:
    draft.parent.mkdir(parents=True, exist_ok=True)
    return CsvSheet(draft) if format_ is ExportFormat.CSV else ParquetSheet(draft)


def _publish(draft: Path, path: Path) -> int:
    draft.replace(path)
    return path.stat().st_size
