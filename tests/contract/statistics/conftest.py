"""A house of customers, numbers and calls in a real SQLite file, behind the real application."""

import hashlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import create_engine

from dillo.model.moments import from_datetime, iso_ms
from dillo.store.reading import SqliteReading
from dillo.store.tables import metadata
from dillo.store.tallies import SPANS_S, span_start_us
from dillo.web.app import WebSettings, create_app

BASE = "https://voice.example.com"
TALLY_CALL = resources.files("dillo.store").joinpath("tally_call.sql").read_text()


@dataclass(frozen=True)
class Customer:
    """A customer with one API key."""

    code: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"CustomerCode": self.code, "ApiKey": self.key}


class House:
    """Two customers who each hold a number, and whatever a test adds."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self.path = folder / "dillo.db"
        self.recordings_dir = folder / "recordings"
        self.recordings_dir.mkdir()
        shutil.copy(empty, self.path)
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=OFF")
        self.reading = SqliteReading(self.path)
        self._ids = itertools.count(1)
        self._last_settled_us = 0
        self.alice = self.customer("Alice")
        self.bob = self.customer("Bob")
        self.number("+442079460000", self.alice)
        self.number("+393703188051", self.bob)

    def close(self) -> None:
        self.reading.close()
        self.connection.close()

    def new_id(self) -> str:
        return str(UUID(int=next(self._ids)))

    def customer(self, name: str) -> Customer:
        code, key = self.new_id(), f"key of {name}"
        self._insert(
            "customers",
            id=code,
            name=name,
            currency="EUR",
            is_prepaid=True,
            balance_micros=0,
            is_suspended=False,
            max_concurrent_calls=10,
            max_calls_per_second=5.0,
            max_call_s=3600.0,
            created_us=0,
        )
        self._insert(
            "api_keys",
            id=self.new_id(),
            customer_id=code,
            name="main",
            key_sha256=hashlib.sha256(key.encode()).hexdigest(),
            created_us=0,
        )
        return Customer(code, key)

    def number(self, e164: str, holder: Customer | None = None) -> str:
        number_id = self.new_id()
        kind = {"country": "GB", "number_type": "local", "created_us": 0}
        self._insert("numbers", id=number_id, e164=e164, **kind)
        if holder is not None:
            self.hold(number_id, holder)
        return number_id

    def hold(self, number_id: str, customer: Customer, until_us: int | None = None) -> None:
        self._insert(
            "number_holders",
            id=self.new_id(),
            number_id=number_id,
            customer_id=customer.code,
            from_us=0,
            until_us=until_us,
        )

    def revoke(self, customer: Customer) -> None:
        revoke = "UPDATE api_keys SET revoked_us = 1 WHERE customer_id = ?"
        self.connection.execute(revoke, [customer.code])

    def call(
        self,
        created: str | int,
        *,
        customer: Customer | None = None,
        number: str = "+442079460000",
        document: str | None = None,
    ) -> str:
        """Settle a call as the newest one, and return its id."""
        customer = customer or self.alice
        created_us = moment_us(created) if isinstance(created, str) else created
        settled_us = max(self._last_settled_us + 1, created_us + 60_000_000)
        self._last_settled_us = settled_us
        call_id = self.new_id()
        find = "SELECT id FROM numbers WHERE e164 = ?"
        (number_id,) = self.connection.execute(find, [number]).fetchone()
        text = document or call_document(call_id, customer.code, number, number_id, created_us)
        self.connection.execute("BEGIN")
        self._insert(
            "calls",
            id=call_id,
            customer_id=customer.code,
            number_id=number_id,
            caller="anonymous",
            created_us=created_us,
            ended_us=created_us,
            end_reason="FlowEnded",
            is_fallback_executed=False,
            currency="EUR",
            price_micros=0,
            revision=1,
            settled_us=settled_us,
            document=text,
            events="[]",
        )
        self.connection.executemany(
            TALLY_CALL,
            [
                {
                    "number_id": number_id,
                    "customer_id": customer.code,
                    "span_s": span_s,
                    "starts_us": span_start_us(created_us, span_s),
                    "settled_us": settled_us,
                }
                for span_s in SPANS_S
            ],
        )
        self.connection.execute("COMMIT")
        return call_id

    def recording(self, path: str, customer: Customer | None = None) -> str:
        """Register a recording of a new call, and return its id."""
        customer = customer or self.alice
        call_id = self.call("2026-11-03T10:00:00Z", customer=customer)
        recording_id = self.new_id()
        self._insert(
            "recordings",
            id=recording_id,
            call_id=call_id,
            customer_id=customer.code,
            path=path,
            duration_ms=1000,
            size=8044,
            created_us=0,
            expires_us=0,
        )
        return recording_id

    def client(
        self, customer: Customer | None = None, settings: WebSettings | None = None
    ) -> httpx.AsyncClient:
        """Return a client of the application with a customer's headers."""
        settings = settings or WebSettings(self.recordings_dir, BASE, 1e6, 10**6, 1e6, 10**6)
        app = create_app(self.reading, self.reading, self.reading, settings)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = customer.headers if customer else {}
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    def _insert(self, table: str, **row: object) -> None:
        marks = ",".join("?" * len(row))
        statement = f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})"
        self.connection.execute(statement, list(row.values()))


def call_document(
    call_id: str, customer_code: str, number: str, number_id: str, created_us: int
) -> str:
    """Write an InboundVoiceCall; the id of the call stands in its channel behavior."""
    call = {
        "CustomerCode": customer_code,
        "CreatedOnUtc": iso_ms(created_us),
        "TelephoneNumber": "anonymous",
        "InboundActiveNumber": number,
        "InboundActiveNumberId": number_id,
        "CallDuration": 0,
        "IsFallbackExecuted": False,
        "Price": 0,
        "ChannelBehavior": json.dumps({"Id": call_id}),
        "Recordings": [],
        "CollectedDigits": [],
        "DialActions": [],
    }
    return json.dumps(call, separators=(",", ":"))


def moment_us(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "dillo.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def house(tmp_path: Path, empty_database: Path) -> Iterator[House]:
    with closing(House(tmp_path, empty_database)) as house:
        yield house


@pytest.fixture(scope="session")
def house_type() -> type[House]:
    """For tests that build a house for each of their examples."""
    return House
