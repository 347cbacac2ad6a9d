"""A database of each kind, and the registry on it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dillo.accounts import Change, Registry
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


@pytest_asyncio.fixture
async def registry(database: Database) -> Registry:
    return sql_registry(database)


@pytest.fixture
def change() -> Change:
    return Change.by("operator")
