"""Audio goes when its storage period is over; what the call was and what it cost stays."""

import asyncio
import json
import time
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import text
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, place, plan

from dillo.model.ids import new_id
from dillo.model.jobs import JobRequest
from dillo.store.database import Database
from dillo.store.job_requests import ask

PATIENCE_S = 60
RECORD = act(
    "Record", MaxLength=1, PlayBeep=False, SilenceTimeout=0, RecordingStoragePeriodCode="7-D"
)


def end_storage_period(node: Node, held: Held) -> None:
    """Let a customer's recordings have been kept long enough, and the hour of the job come."""

    async def change() -> None:
        database = Database.open(node.database_url)
        try:
            async with database.writing() as connection:
                await connection.execute(
                    text("UPDATE recordings SET expires_us = 1 WHERE customer_id = :id"),
                    {"id": held.customer_code},
                )
                await ask(connection, [JobRequest("retention", new_id(), {})])
        finally:
            await database.close()

    asyncio.run(change())


def get(node: Node, held: Held, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {held.api_key}"}
    return httpx.get(f"{node.http}/api/v1{path}", headers=headers, trust_env=False)


def recording(node: Node, held: Held) -> dict[str, Any]:
    (shown,) = get(node, held, "/recordings").json()["items"]
    return dict(shown)


def test_audio_goes_when_its_period_ends_and_the_record_stays(node: Node) -> None:
    held, other = node.hold(behavior(RECORD)), node.hold(behavior(RECORD))
    place(plan(node, held), plan(node, other))
    (before,) = node.records(held)
    node.records(other)
    kept = before["Recordings"][0]
    assert kept["StoragePeriodCode"] == "7-D"
    (file,) = (node.home / "recordings" / held.customer_code).rglob("*.wav")
    assert httpx.get(kept["Url"], headers=held.headers, trust_env=False).status_code == 200

    end_storage_period(node, held)
    deadline = time.monotonic() + PATIENCE_S
    while recording(node, held)["status"] != "deleted":
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert not file.exists()
    assert len(list((node.home / "recordings" / other.customer_code).rglob("*.wav"))) == 1
    assert httpx.get(kept["Url"], headers=held.headers, trust_env=False).status_code == 410
    (after,) = node.records(held)
    assert after == before
    charges = get(node, held, f"/calls/{recording(node, held)['call_id']}").json()["charges"]
    of_recording = [each for each in charges if each["subject_id"] == kept["Id"]]
    assert sum(Decimal(each["amount"]) for each in of_recording) == kept["Price"]
    storage = next(each["explanation"] for each in of_recording if each["kind"] == "storage")
    assert "7-D" in json.dumps(storage)
