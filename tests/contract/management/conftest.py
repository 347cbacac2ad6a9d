"""The management API over a real database: two customers with people of every role, an operator."""

import functools
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import insert

from dillo.accounts import Change, customers
from dillo.accounts.roles import CUSTOMER_ROLES, Role
from dillo.app.web import make_management
from dillo.live.watching import LiveCalls
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.store.database import Database
from dillo.store.reading import Reading, open_reading
from dillo.store.tables import sessions, users
from dillo.store.vault import Vault
from dillo.web.app import WebSettings, create_app
from dillo.web.v1.gate import CSRF_HEADER, SESSION_COOKIE, csrf_token
from dillo.web.v1.management import Management
from dillo.webrtc.client import BrowserGateway

_SETTINGS = functools.partial(
    WebSettings,
    key_rate=1e6,
    key_burst=10**6,
    failure_rate=1e6,
    failure_burst=10**6,
    visitor_rate=1e6,
    visitor_burst=10**6,
)
BASE = "http://127.0.0.1:8080"


@dataclass
class Platform:
    """An application, and who may ask it."""

    database: Database
    management: Management
    reading: Reading
    folder: Path
    people: dict[tuple[str, Role], str] = field(default_factory=dict)
    """Secrets of sessions, by name of the customer (or `operator`) and role."""
    customers: dict[str, str] = field(default_factory=dict)
    """Ids by name."""
    usual: tuple[Management, FastAPI] | None = None

    def client(
        self,
        name: str | None = None,
        role: Role = Role.OWNER,
        settings: WebSettings | None = None,
        **headers: str,
    ) -> httpx.AsyncClient:
        """Return a client signed in as somebody, or as nobody."""
        app = self._app(settings)
        cookies = {}
        if name is not None:
            secret = self.people[name, role]
            cookies[SESSION_COOKIE] = secret
            headers.setdefault(CSRF_HEADER, csrf_token(secret))
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=BASE,
            headers=headers,
            cookies=cookies,
        )

    def _app(self, settings: WebSettings | None) -> FastAPI:
        """Return an application; the one with the usual settings is made once."""
        if settings is not None or self.usual is None or self.usual[0] is not self.management:
            chosen = settings or _SETTINGS(self.folder)
            app = create_app(self.reading, self.reading, self.reading, chosen, self.management)
            if settings is not None:
                return app
            self.usual = (self.management, app)
        return self.usual[1]

    async def add_customer(self, name: str) -> str:
        change = Change.by("operator")
        created = await customers.create(self.management.registry, change, name)
        self.customers[name] = created.id
        for role in CUSTOMER_ROLES:
            await self.add_person(name, role, created.id)
        return created.id

    async def add_person(self, name: str, role: Role, customer_id: str | None) -> None:
        user_id, secret, at_us = new_id(), f"session-{role}-{name}", now_us()
        user = {
            "id": user_id,
            "customer_id": customer_id,
            "email": f"{role}@{name}.example.com",
            "name": f"{name} {role}",
            "role": role.value,
            "password_hash": "",
            "created_us": at_us,
            "verified_us": at_us,
        }
        session = {
            "id": new_id(),
            "user_id": user_id,
            "secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
            "created_us": at_us,
            "last_used_us": at_us,
            "expires_us": at_us + 3_600_000_000,
            "address": "127.0.0.1",
            "user_agent": "tests",
        }
        async with self.database.writing() as connection:
            await connection.execute(insert(users), user)
            await connection.execute(insert(sessions), session)
        self.people[name, role] = secret


@pytest_asyncio.fixture
async def platform(url: str, tmp_path: Path) -> AsyncIterator[Platform]:
    async with open_platform(url, tmp_path) as platform:
        yield platform


@asynccontextmanager
async def open_platform(url: str, folder: Path) -> AsyncIterator[Platform]:
    """Make a platform on an empty database."""
    database, reading = Database.open(url), open_reading(url)
    vault = Vault.open("", folder / "secret.key")
    management = make_management(
        database,
        LiveCalls(folder / "live.sock"),
        BrowserGateway(folder / "browsers.sock"),
        vault,
        lambda: BASE,
        folder,
    )
    platform = Platform(database, management, reading, folder)
    await platform.add_customer("alice")
    await platform.add_customer("bob")
    await platform.add_person("operator", Role.OPERATOR, None)
    yield platform
    await reading.close()
    await database.close()
