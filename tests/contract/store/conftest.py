"""A registry of each kind; a database that is migrated once and copied for every test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from dillo.accounts import Change, Registry
from dillo.accounts.memory import memory_registry
from dillo.store.database import Database
from dillo.store.migrations import migrate
from dillo.store.registry import sql_registry


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "dillo.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    shutil.copy(migrated, tmp_path / "dillo.db")
    return f"sqlite:///{tmp_path}/dillo.db"


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database.open(url)
    yield database
    await database.close()


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    if request.param == "memory":
        yield memory_registry()
        return
    database = Database.open(request.getfixturevalue("url"))
    yield sql_registry(database)
    await database.close()


@pytest.fixture
def change() -> Change:
    return Change.by("operator")
