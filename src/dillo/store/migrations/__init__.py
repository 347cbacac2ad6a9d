"""The schema's revisions and `migrate`, which brings a database to the newest one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dillo.store.address import is_postgresql, postgresql_dsn, sqlite_path

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0019"
"""The newest revision; a test holds it against the files in `versions`."""

PATIENCE_S = 10.0
SCRIPTS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did."""

    before: str | None
    """The revision that was there; None for an empty database."""
    after: str

    @property
    def did_something(self) -> bool:
        return self.before != self.after


def migrate(url: str) -> Migrated:
    """Bring a database to the newest schema; quick where there is nothing to do.

    A platform may go on meanwhile: revisions only add, or take an index away. Any number of
    processes may do this at once: one migrates, the others wait for it. Creates the SQLite file and
    its folder. A database of a newer Dillo is left as it is. Raises Unavailable where that takes
    too long or the database does not answer, InvalidDatabaseUrl.
    """
    if is_postgresql(url):
        from dillo.store.migrations.postgresql import migrate_server

        return migrate_server(postgresql_dsn(url))
    from dillo.store.migrations.sqlite import migrate_file

    return migrate_file(sqlite_path(url))


def is_current(revision: str | None) -> bool:
    """Whether a schema has all that this code needs; that of a newer one has."""
    return revision is not None and revision >= HEAD


def upgrade(connection: "Connection") -> None:
    """Run the revisions that are missing on a connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
