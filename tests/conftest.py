"""A PostgreSQL server for all tests of a process that need one."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.postgresql import PostgresqlServer, ReusedDatabase
from tests.s3 import S3Server

from dillo.store.migrations import migrate


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A server that runs as long as the tests do; nobody may stop it."""
    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def reused_database(postgresql_server: PostgresqlServer) -> Iterator[ReusedDatabase]:
    """A migrated database that is emptied for each test: copying one takes far longer."""
    url = postgresql_server.url(postgresql_server.create())
    migrate(url)
    with closing(ReusedDatabase(url)) as database:
        yield database


@pytest.fixture
def postgresql_url(reused_database: ReusedDatabase) -> str:
    """A migrated database as if it were new; tests may not change its schema."""
    reused_database.empty()
    return reused_database.url


@pytest.fixture
def new_postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """A database of the test's own without any table."""
    name = postgresql_server.create()
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3-compatible server that runs as long as the tests do; nobody may stop it."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()
