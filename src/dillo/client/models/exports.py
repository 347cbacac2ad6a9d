"""Files of calls."""

from datetime import datetime

import msgspec


class CallExport(msgspec.Struct, frozen=True, kw_only=True):
    """A file of calls, made in the background."""

    id: str
    format: str
    """`csv` or `parquet`."""
    status: str
    """`waiting`, `running`, `done` or `failed`."""
    rows: int
    expected_rows: int | None
    size: int | None
    error: str | None
    url: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
