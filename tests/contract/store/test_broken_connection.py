"""A server that goes away while a command begins."""

import asyncpg
import pytest
from sqlalchemy import text

from dillo.model.errors import Unavailable
from dillo.store.address import postgresql_dsn
from dillo.store.database import Database
from dillo.store.postgresql import Reader


class _Breaking(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """Finds its connection closing, as asyncpg says it then."""

    async def _prepare(self, *_: object, **__: object) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is …")

    fetch = _prepare


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    connect = asyncpg.connect

    async def broken(*arguments: object, **settings: object) -> object:
        return await connect(*arguments, connection_class=_Breaking, **settings)

    monkeypatch.setattr(asyncpg, "connect", broken)
    return monkeypatch


async def test_is_unavailable_and_works_again(
    postgresql_url: str, breaking: pytest.MonkeyPatch
) -> None:
    reader = Reader(postgresql_dsn(postgresql_url), connections=1)
    with pytest.raises(Unavailable):
        await reader.fetch("SELECT 1")
    await reader.close()
    database = Database.open(postgresql_url)
    with pytest.raises(Unavailable):
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))
    breaking.undo()
    async with database.writing() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await database.close()
