"""A registry of each kind, and what is behind two of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dillo.accounts import Change, Registry
from dillo.accounts.memory import memory_registry
from dillo.store.database import Database
from dillo.store.registry import sql_registry


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database.open(url)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database.open(sqlite_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(params=["memory", "sqlite", "postgresql"])
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    if request.param == "memory":
        yield memory_registry()
        return
    database = Database.open(request.getfixturevalue(f"{request.param}_url"))
    yield sql_registry(database)
    await database.close()


@pytest.fixture
def change() -> Change:
    return Change.by("operator")
