"""`/api/v1/exports`: lists of calls as CSV and Parquet files, made in the background."""

from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field
from starlette.responses import FileResponse

from dillo.calls.archive import CallArchive
from dillo.calls.exports import Export, ExportFormat, Exports, ExportStatus
from dillo.web.problems import EXPORT_NOT_READY, Refused
from dillo.web.v1.call_filters import CallQuery, read_filter, read_period
from dillo.web.v1.described import PREFIX, problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Id,
    Identifier,
    Moment,
    Page,
    maybe_moment,
    moment,
)
from dillo.web.v1.gate import Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries

_LIST = "exports"
_TAGS: list[Any] = ["Exports"]
_MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}
_BINARY: dict[str, Any] = {
    media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for media_type in _MEDIA_TYPES.values()
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": _BINARY},
    206: {"description": "The part that Range asked for", "content": _BINARY},
    **problems(409),
}


class CallSelection(CallQuery):
    """Which calls: the parameters of `/calls`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class NewExport(Entry):
    """A file to be made."""

    format: Literal["csv", "parquet"]
    calls: CallSelection = CallSelection()


class CallExport(Document):
    """A file of calls."""

    id: Identifier
    format: Literal["csv", "parquet"]
    status: Literal["waiting", "running", "done", "failed"]
    rows: Annotated[int, Field(description="Written so far")]
    expected_rows: Annotated[int | None, Field(description="About how many there will be")]
    size: Annotated[int | None, Field(description="Octets of the finished file")]
    error: str | None
    url: Annotated[str | None, Field(description="Where to download it, once it is done")]
    created_at: Moment
    finished_at: Moment | None
    expires_at: Annotated[Moment, Field(description="When it is removed")]


def add_exports(router: APIRouter, exports: Exports, archive: CallArchive, folder: Path) -> None:
    """Add the routes of exports, whose files are in a folder."""

    @router.post(
        "/exports", tags=_TAGS, status_code=202, response_model=CallExport, responses=problems(409)
    )
    async def create_export(asker: Viewer, entry: NewExport, retry: Retries) -> Response:
        """Have a file of calls made in the background, in the order in which they came.

        It has the calls that are settled now, and is kept for a week.
        """
        asked = await read_filter(entry.calls, read_period(entry.calls), asker, archive)

        async def work() -> CallExport:
            format_ = ExportFormat(entry.format)
            return _shown(await exports.create(asker.actor, asker.customer, format_, asked))

        return await retry.answer(asker, 202, work)

    @router.get("/exports", tags=_TAGS)
    async def list_exports(asker: Viewer, asked: Paging) -> Page[CallExport]:
        """List exports, newest first."""
        rows = await exports.page(asker.customer, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda export: (export.id,))

    @router.get("/exports/{export_id}", tags=_TAGS)
    async def get_export(asker: Viewer, export_id: Id) -> CallExport:
        """Show how far an export is."""
        return _shown(await exports.get(asker.customer, export_id))

    @router.get(
        "/exports/{export_id}/file", tags=_TAGS, response_class=FileResponse, responses=_FILE
    )
    async def download_export(request: Request, asker: Viewer, export_id: Id) -> FileResponse:
        """Download the file of an export; `Range` is understood."""
        export = await exports.get(asker.customer, export_id)
        path = folder / export.file_name
        if export.status is not ExportStatus.DONE or not await anyio.Path(path).is_file():
            raise Refused(EXPORT_NOT_READY, "Ask for the export until its status is `done`.")
        created = moment(export.created_us)[:10]
        return FileResponse(
            path,
            media_type=_MEDIA_TYPES[export.format],
            filename=f"calls-{created}.{export.format.value}",
            headers={"Cache-Control": "private, no-store"},
        )

    @router.delete("/exports/{export_id}", tags=_TAGS, status_code=204)
    async def remove_export(asker: Viewer, export_id: Id) -> Response:
        """Remove an export with its file; one that is being made is given up."""
        export = await exports.remove(asker.actor, asker.customer, export_id)
        await anyio.Path(folder / export.file_name).unlink(missing_ok=True)
        return Response(status_code=204)


def _shown(export: Export) -> CallExport:
    is_done = export.status is ExportStatus.DONE
    return CallExport(
        id=export.id,
        format=export.format.value,
        status=export.status.value,
        rows=export.rows,
        expected_rows=export.expected,
        size=export.size,
        error=export.error,
        url=f"{PREFIX}/exports/{export.id}/file" if is_done else None,
        created_at=moment(export.created_us),
        finished_at=maybe_moment(export.finished_us),
        expires_at=moment(export.expires_us),
    )
