"""Exports over HTTP: asked for, made by the job, downloaded in parts, removed, each once."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from pyarrow import parquet
from sqlalchemy import select, update
from tests.contract.store.crowded import Crowd, crowd

from dillo.accounts import Change
from dillo.accounts.roles import Role
from dillo.calls.exports import JOB
from dillo.jobs.exporting import Exporter
from dillo.jobs.sheets import COLUMNS, CsvSheet
from dillo.model.clock import now_us
from dillo.store.archive import SqlCallArchive
from dillo.store.exports import SqlExports
from dillo.store.tables import exports, job_requests

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

EXPORTS = "/api/v1/exports"


@pytest_asyncio.fixture
async def world(platform: "Platform") -> Crowd:
    """30 calls of two customers, whose people are `0` and `1`."""
    settled = await crowd(platform.database, Change.by("operator"), 30)
    for index in (0, 1):
        owner = settled.lines[2 * index].customer_id
        await platform.add_person(str(index), Role.VIEWER, owner)
    return settled


@pytest_asyncio.fixture
async def client(platform: "Platform", world: Crowd) -> AsyncIterator[httpx.AsyncClient]:
    async with platform.client("0", Role.VIEWER) as client:
        yield client


@pytest.fixture
def exporter(platform: "Platform") -> Exporter:
    database = platform.database
    return Exporter(SqlExports(database), SqlCallArchive(database), platform.folder)


async def _ask(client: httpx.AsyncClient, format_: str, **calls: Any) -> str:
    response = await client.post(EXPORTS, json={"format": format_, "calls": calls})
    assert response.status_code == 202, response.text
    assert response.json()["status"] == "waiting"
    return str(response.json()["id"])


async def test_a_csv_file_has_the_calls_that_were_there(
    platform: "Platform", client: httpx.AsyncClient, world: Crowd, exporter: Exporter
) -> None:
    export_id = await _ask(client, "csv", is_answered=True)
    async with platform.database.reading() as connection:
        asked = (await connection.execute(select(job_requests.c.job, job_requests.c.id))).all()
    assert (JOB, export_id) in [tuple(row) for row in asked]
    early = await client.get(f"{EXPORTS}/{export_id}/file")
    assert early.json()["type"] == "urn:dillo:problem:export-not-ready"
    await exporter.export(export_id)
    await exporter.export(export_id)  # what is there is not made again
    done = (await client.get(f"{EXPORTS}/{export_id}")).json()
    listed = (await client.get("/api/v1/calls", params={"sort": "created_at"})).json()["items"]
    answered = [call for call in listed if call["answered_at"]]
    assert (done["status"], done["rows"], done["expected_rows"]) == ("done", *[len(answered)] * 2)
    response = await client.get(done["url"])
    assert len(response.content) == done["size"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["id"] for row in rows] == [call["id"] for call in answered]
    for row, call in zip(rows, answered, strict=True):
        assert (row["price"], row["created_at"]) == (call["price"], call["created_at"])
        assert row["caller"] == call["caller"]
        assert float(row["duration_s"]) == call["duration_s"]
        assert row.keys() == COLUMNS.keys() <= call.keys()


async def test_a_parquet_file_has_exact_decimals_and_moments_in_utc(
    platform: "Platform", client: httpx.AsyncClient, exporter: Exporter
) -> None:
    export_id = await _ask(client, "parquet")
    await exporter.export(export_id)
    done = (await client.get(f"{EXPORTS}/{export_id}")).json()
    part = await client.get(done["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")
    path = platform.folder / f"{export_id}.parquet"
    table = parquet.read_table(path)
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["price"], types["created_at"]) == ("decimal128(20, 6)", "timestamp[us, tz=UTC]")
    listed = (await client.get("/api/v1/calls", params={"sort": "created_at"})).json()["items"]
    assert [Decimal(call["price"]) for call in listed] == table["price"].to_pylist()
    assert [call["id"] for call in listed] == table["id"].to_pylist()


async def test_exports_belong_to_their_customer(
    platform: "Platform", client: httpx.AsyncClient, exporter: Exporter
) -> None:
    export_id = await _ask(client, "csv")
    await exporter.export(export_id)
    async with platform.client("1", Role.VIEWER) as other:
        for path in ("", "/file"):
            response = await other.get(f"{EXPORTS}/{export_id}{path}")
            assert response.json()["type"] == "urn:dillo:problem:export-not-found"
        assert (await other.delete(f"{EXPORTS}/{export_id}")).status_code == 404
        assert (await other.get(EXPORTS)).json()["items"] == []
    assert [each["id"] for each in (await client.get(EXPORTS)).json()["items"]] == [export_id]
    assert (await client.delete(f"{EXPORTS}/{export_id}")).status_code == 204
    assert not (platform.folder / f"{export_id}.csv").exists()
    assert (await client.get(f"{EXPORTS}/{export_id}")).status_code == 404


async def test_an_export_that_was_removed_leaves_no_file(
    platform: "Platform", client: httpx.AsyncClient, exporter: Exporter
) -> None:
    export_id = await _ask(client, "csv")
    await client.delete(f"{EXPORTS}/{export_id}")
    await exporter.export(export_id)
    assert not list(platform.folder.glob("*.csv*"))


async def test_a_file_that_cannot_be_written_fails(
    platform: "Platform", client: httpx.AsyncClient
) -> None:
    export_id = await _ask(client, "csv")
    blocked = platform.folder / "blocked"
    blocked.write_text("no folder")
    database = platform.database
    await Exporter(SqlExports(database), SqlCallArchive(database), blocked).export(export_id)
    failed = (await client.get(f"{EXPORTS}/{export_id}")).json()
    assert failed["status"] == "failed"
    assert failed["error"].startswith("the file cannot be written")


async def test_exports_expire(
    platform: "Platform", client: httpx.AsyncClient, exporter: Exporter
) -> None:
    old, new = await _ask(client, "csv"), await _ask(client, "csv")
    await exporter.export(old)
    await exporter.export(new)
    async with platform.database.writing() as connection:
        expire = update(exports).where(exports.c.id == old).values(expires_us=now_us())
        await connection.execute(expire)
    await exporter.sweep()
    assert [path.stem for path in platform.folder.glob("*.csv")] == [new]
    assert (await client.get(f"{EXPORTS}/{old}")).status_code == 404


async def test_only_so_many_are_made_at_once(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        await _ask(client, "csv")
    response = await client.post(EXPORTS, json={"format": "csv"})
    assert response.json()["type"] == "urn:dillo:problem:too-many-exports"


async def test_the_same_request_makes_one_export(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "monthly-2026-11"}
    first, again = [
        await client.post(EXPORTS, json={"format": "csv"}, headers=headers) for _ in range(2)
    ]
    assert first.json() == again.json()
    assert len((await client.get(EXPORTS)).json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"format": "xlsx"},
        {"format": "csv", "calls": {"form": "2026-11-01"}},
        {"format": "csv", "calls": {"from": "yesterday"}},
        {},
    ],
)
async def test_what_cannot_be_understood_is_a_problem(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await client.post(EXPORTS, json=body)).status_code == 400


async def test_nothing_in_a_csv_file_is_a_formula(
    platform: "Platform", world: Crowd, tmp_path: Path
) -> None:
    evil = ["=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx", "+393703188051"]
    archive = SqlCallArchive(platform.database)
    found = await archive.get(None, world.calls[0].record.call_id)
    assert found is not None
    sheet = CsvSheet(tmp_path / "x.csv")
    sheet.add([replace(found.summary, caller=text) for text in evil])
    sheet.close()
    callers = [line["caller"] for line in csv.DictReader(io.StringIO(_text(tmp_path / "x.csv")))]
    assert callers == [*(f"'{text}" for text in evil[:-1]), evil[-1]]


def _text(path: Path) -> str:
    return path.read_text()
