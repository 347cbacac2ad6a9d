"""Files of calls: asked for, waited for, downloaded."""

from typing import Literal, Unpack

from dillo.client.calls import (
    Call,
    M,
    Page,
    Pause,
    Resource,
    Steps,
    download,
    get,
    listing,
    operation,
    page_of,
    path,
    procedure,
    send,
)
from dillo.client.errors import ExportFailed, Unfinished
from dillo.client.models.exports import CallExport
from dillo.client.resources.filters import CallFilters, named

_ALL = "/api/v1/exports"
_ONE = _ALL + "/{}"
_PAUSE_S = 1.0


class Exports(Resource[M]):
    """Files of calls."""

    @listing
    def list(self) -> Call[Page[CallExport]]:
        """Return exports, newest first."""
        return page_of(_ALL, CallExport)

    @operation
    def start(
        self,
        format: Literal["csv", "parquet"] = "csv",
        *,
        idempotency_key: str | None = None,
        **filters: Unpack[CallFilters],
    ) -> Call[CallExport]:
        """Have a file made of the calls that these filters choose; sent twice it is made once."""
        body = {"format": format, "calls": named(filters)}
        return send("POST", _ALL, CallExport, body, once=idempotency_key or True)

    @operation
    def get(self, export_id: str) -> Call[CallExport]:
        """Return how far an export is."""
        return get(path(_ONE, export_id), CallExport)

    @procedure
    def wait(self, export_id: str, *, timeout_s: float = 600.0) -> Steps[CallExport]:
        """Return an export once its file is there. Raises ExportFailed, Unfinished."""
        for _ in range(max(1, round(timeout_s / _PAUSE_S))):
            export: CallExport = yield get(path(_ONE, export_id), CallExport)
            if export.status == "done":
                return export
            if export.status == "failed":
                raise ExportFailed(export.error or "the file could not be made")
            yield Pause(_PAUSE_S)
        raise Unfinished(f"the file is not there after {timeout_s:g} s")

    @operation
    def download(self, export_id: str, *, start: int = 0, end: int | None = None) -> Call[bytes]:
        """Return the file, or its octets from `start` to before `end`."""
        return download(path(_ONE + "/file", export_id), start=start, end=end)

    @operation
    def delete(self, export_id: str) -> Call[None]:
        """Remove an export with its file; one that is being made is given up."""
        return send("DELETE", path(_ONE, export_id), type(None))
