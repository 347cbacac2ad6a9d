"""A migrated database of each kind for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from tests.postgresql import PostgresqlServer

from dillo.accounts import passwords
from dillo.store.migrations import migrate


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords in no time: what a hash costs is tested on its own."""
    hasher = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_argon2", lambda: hasher)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "dillo.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    """A migrated file of the test's own."""
    shutil.copy(migrated, tmp_path / "dillo.db")
    return f"sqlite:///{tmp_path}/dillo.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A migrated database, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="module")
def sqlite_crowd_url(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated file for the tests of a module."""
    path = tmp_path_factory.mktemp("crowd") / "dillo.db"
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def postgresql_crowd_url(postgresql_server: PostgresqlServer) -> str:
    """A migrated database for the tests of a module."""
    url = postgresql_server.url(postgresql_server.create())
    migrate(url)
    return url
