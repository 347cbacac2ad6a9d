"""Calls as rows of CSV and Parquet files."""

import csv
import os
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from dillo.calls.archive import CallSummary
from dillo.model.moments import iso_ms, to_datetime
from dillo.model.money import to_decimal

_E164 = re.compile(r"\+[0-9]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = Callable[[CallSummary], Any]


def _text(value: Callable[[CallSummary], str]) -> tuple[str, Value]:
    return "text", lambda call: value(call) or None


COLUMNS: dict[str, tuple[str, Value]] = {
    "id": _text(lambda call: call.id),
    "customer_id": _text(lambda call: call.customer_id),
    "number_id": _text(lambda call: call.number_id),
    "number": _text(lambda call: call.number),
    "application_id": _text(lambda call: call.application_id),
    "application": _text(lambda call: call.application),
    "application_version_id": _text(lambda call: call.version_id),
    "application_version": ("count", lambda call: call.version),
    "caller": _text(lambda call: call.caller),
    "caller_country": _text(lambda call: call.caller_country),
    "created_at": ("moment", lambda call: call.created_us),
    "answered_at": ("moment", lambda call: call.answered_us),
    "ended_at": ("moment", lambda call: call.ended_us),
    "duration_s": ("seconds", lambda call: Decimal(call.duration_ms).scaleb(-3)),
    "end_reason": _text(lambda call: call.end_reason),
    "sip_code": ("count", lambda call: call.sip_code),
    "is_fallback_executed": ("flag", lambda call: bool(call.is_fallback_executed)),
    "is_test": ("flag", lambda call: bool(call.is_test)),
    "currency": _text(lambda call: call.currency),
    "price": ("money", lambda call: to_decimal(call.price_micros)),
    "revision": ("count", lambda call: call.revision),
    "mos": ("score", lambda call: None if call.mos is None else round(call.mos, 2)),
    "recording_count": ("count", lambda call: call.recordings),
    "digits_count": ("count", lambda call: call.digits),
    "dial_count": ("count", lambda call: call.dials),
    "failure_count": ("count", lambda call: call.failures),
    "warning_count": ("count", lambda call: call.warnings),
}
"""Kind and value of each column; names are those of the API."""


class Sheet(Protocol):
    """A file that takes calls. Every method blocks, and raises OSError."""

    def add(self, calls: Sequence[CallSummary]) -> None:
        """Write rows."""

    def close(self) -> None:
        """Complete the file, on disk."""


class CsvSheet:
    """RFC 4180 in UTF-8, safe to open with a spreadsheet."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def add(self, calls: Sequence[CallSummary]) -> None:
        """Write rows."""
        self._writer.writerows(
            [_cell(kind, value(call)) for kind, value in COLUMNS.values()] for call in calls
        )

    def close(self) -> None:
        """Complete the file, on disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "text":
        return _harmless(value)
    if kind == "moment":
        return iso_ms(value)
    if kind == "flag":
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    A caller chooses its SIP user name, and so what stands here. A telephone number stays as it is.
    """
    is_formula = text.startswith(_FORMULA) and not _E164.fullmatch(text)
    return f"'{text}" if is_formula else text


class ParquetSheet:
    """Parquet with exact decimals, and moments in UTC."""

    def __init__(self, path: Path) -> None:
        # Its import takes a while, and memory that this process needs for nothing else.
        import pyarrow as pa
        from pyarrow import parquet

        kinds: dict[str, Any] = {
            "text": pa.string(),
            "count": pa.int32(),
            "moment": pa.timestamp("us", tz="UTC"),
            "seconds": pa.decimal128(12, 3),
            "money": pa.decimal128(20, 6),
            "flag": pa.bool_(),
            "score": pa.float64(),
        }
        self._pa = pa
        self._schema = pa.schema([(name, kinds[kind]) for name, (kind, _) in COLUMNS.items()])
        self._path = path
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[CallSummary] = []

    def add(self, calls: Sequence[CallSummary]) -> None:
        """Take rows; they are written many at once, as readers like them."""
        self._rows += calls
        if len(self._rows) >= 50_000:
            self._flush()

    def close(self) -> None:
        """Complete the file, on disk."""
        try:
            self._flush()
        finally:
            self._writer.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(
                self._pa.Table.from_pydict(
                    {
                        name: [_plain(kind, value(call)) for call in self._rows]
                        for name, (kind, value) in COLUMNS.items()
                    },
                    schema=self._schema,
                )
            )
            self._rows = []


def _plain(kind: str, value: Any) -> Any:
    return to_datetime(value) if kind == "moment" and value is not None else value
