"""When keys and sessions were last used: gathered in memory, written a few at once."""

import asyncio
import contextlib

import structlog
from sqlalchemy import BigInteger, bindparam, or_, update

from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.store.database import Database
from dillo.store.tables import api_keys, sessions

_log = structlog.get_logger(__name__)

WRITE_EVERY_S = 5.0
_STALE_US = 30_000_000
"""A use noted so short a time ago is not written again."""

_used_us = bindparam("used_us", type_=BigInteger)

_TABLES = {
    "key": (api_keys, api_keys.c.key_sha256),
    "session": (sessions, sessions.c.secret_sha256),
}
_STATEMENTS = {
    kind: update(table)
    .where(
        column == bindparam("used_sha256"),
        or_(
            table.c.last_used_us.is_(None),
            table.c.last_used_us < _used_us - _STALE_US,
        ),
    )
    .values(last_used_us=_used_us)
    for kind, (table, column) in _TABLES.items()
}


class SqlLastUses:
    """Notes uses without making anybody wait; a crash forgets those of the last seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._uses: dict[tuple[str, str], int] = {}

    def note(self, kind: str, sha256: str) -> None:
        """Note that a `key` or `session` is used now."""
        self._uses[kind, sha256] = now_us()

    async def run(self) -> None:
        """Write what was noted every few seconds, and when cancelled."""
        try:
            while True:
                await asyncio.sleep(WRITE_EVERY_S)
                await self.write()
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(self.write())

    async def write(self) -> None:
        """Write what was noted; where the database does not answer, later."""
        uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            async with self._database.writing() as connection:
                for (kind, sha256), at_us in uses.items():
                    values = {"used_sha256": sha256, "used_us": at_us}
                    await connection.execute(_STATEMENTS[kind], values)
        except Unavailable as error:
            self._uses = uses | self._uses
            _log.warning("last uses wait for the database", error=str(error))
