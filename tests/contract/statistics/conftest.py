"""A house of customers, numbers and calls in a real database, behind the real application."""

import hashlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from dillo.model.moments import from_datetime, iso_ms
from dillo.store.reading import open_reading
from dillo.store.tables import metadata
from dillo.store.tallies import UPDATES, Tallied, tally_rows
from dillo.web.app import WebSettings, create_app

BASE = "https://voice.example.com"
TALLY_CALL = f"""
INSERT INTO call_tallies
    (number_id, customer_id, span_s, starts_us, calls, earliest_settled_us, latest_settled_us)
VALUES (:number_id, :customer_id, :span_s, :starts_us, :calls, :earliest_settled_us,
    :latest_settled_us)
ON CONFLICT (number_id, customer_id, span_s, starts_us) DO UPDATE SET {UPDATES}
"""


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

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.recordings_dir = folder / "recordings"
        self.recordings_dir.mkdir()
        self._engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._engine.dialect.name == "sqlite":
            self.execute("PRAGMA journal_mode=WAL")
            self.execute("PRAGMA synchronous=OFF")
        self.reading = open_reading(url)
        self._ids = itertools.count(1)
        self._last_settled_us = 0
        self.alice = self.customer("Alice")
        self.bob = self.customer("Bob")
        self.number("+442079460000", self.alice)
        self.number("+393703188051", self.bob)

    async def close(self) -> None:
        await self.reading.close()
        self._connection.close()
        self._engine.dispose()

    def execute(self, statement: str, **parameters: object) -> Sequence[Sequence[Any]]:
        """Run one statement with parameters named `:name`."""
        result = self._connection.execute(text(statement), parameters)
        return result.all() if result.returns_rows else []

    def new_id(self) -> str:
        return str(UUID(int=next(self._ids)))

    def customer(self, name: str, code: str = "") -> Customer:
        code, key = code or self.new_id(), f"key of {name}"
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
        revoke = "UPDATE api_keys SET revoked_us = 1 WHERE customer_id = :code"
        self.execute(revoke, code=customer.code)

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
        find = "SELECT id FROM numbers WHERE e164 = :number"
        ((number_id,),) = self.execute(find, number=number)
        written = document or call_document(call_id, customer.code, number, number_id, created_us)
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
            document=written,
            events="[]",
        )
        for row in tally_rows([Tallied(number_id, customer.code, created_us, settled_us)]):
            self.execute(TALLY_CALL, **row)
        return call_id

    def recording(
        self, path: str, customer: Customer | None = None, *, is_expired: bool = False
    ) -> str:
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
            expires_us=0 if is_expired else 2**52,
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
        marks = ",".join(f":{name}" for name in row)
        self.execute(f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", **row)


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
def empty_copy(tmp_path: Path, empty_database: Path) -> str:
    shutil.copy(empty_database, tmp_path / "dillo.db")
    return f"sqlite:///{tmp_path}/dillo.db"


@pytest_asyncio.fixture(params=["empty_copy", "postgresql_url"], ids=["sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    house = House(request.getfixturevalue(request.param), tmp_path)
    yield house
    await house.close()


@pytest.fixture(scope="session")
def house_type() -> type[House]:
    """For tests that build a house for each of their examples."""
    return House
