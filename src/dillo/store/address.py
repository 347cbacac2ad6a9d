"""Where the database is; read without SQLAlchemy, whose import takes half a second."""

import re
from pathlib import Path

from dillo.model.errors import PeerError

_SQLITE = re.compile(r"sqlite(?:\+[a-z]+)?:///([^?]+)")
_POSTGRESQL = re.compile(r"(?:postgresql|postgres)(?:\+[a-z]+)?://(.*)")
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)|(?<=[?&]password=)[^&]+")


class InvalidDatabaseUrl(PeerError):
    """The database URL is none that Dillo can open."""


def is_postgresql(url: str) -> bool:
    """Tell a URL of PostgreSQL from one of SQLite. Raises InvalidDatabaseUrl for any other."""
    if _POSTGRESQL.fullmatch(url):
        return True
    sqlite_path(url)
    return False


def postgresql_dsn(url: str) -> str:
    """Return a URL of PostgreSQL as libpq writes it. Raises InvalidDatabaseUrl."""
    match = _POSTGRESQL.fullmatch(url)
    if match is None:
        raise InvalidDatabaseUrl(f"{shown(url)!r} is no URL of PostgreSQL")
    return f"postgresql://{match[1]}"


def sqlite_path(url: str) -> Path:
    """Return the file behind `sqlite:///path`, four slashes for an absolute one.

    Raises InvalidDatabaseUrl for other databases, and for SQLite in memory, which the processes of
    a platform could not share.
    """
    match = _SQLITE.fullmatch(url)
    if match is None or match[1] == ":memory:":
        raise InvalidDatabaseUrl(
            f"{shown(url)!r} is no database URL: write sqlite:///PATH or"
            " postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    return Path(match[1])


def shown(url: str) -> str:
    """Return a URL as it may be printed, without its password."""
    return _PASSWORD.sub("***", url)
