"""Where the database is; read without SQLAlchemy, whose import takes half a second."""

import re
from pathlib import Path

from dillo.model.errors import PeerError

_SQLITE = re.compile(r"sqlite(?:\+[a-z]+)?:///([^?]+)")


class InvalidDatabaseUrl(PeerError):
    """The database URL is none that Dillo can open."""


def sqlite_path(url: str) -> Path:
    """Return the file behind `sqlite:///path`, four slashes for an absolute one.

    Raises InvalidDatabaseUrl for other databases, and for SQLite in memory, which the processes of
    a platform could not share.
    """
    match = _SQLITE.fullmatch(url)
    if match is None or match[1] == ":memory:":
        raise InvalidDatabaseUrl(f"{url!r} is no database URL: write sqlite:///PATH")
    return Path(match[1])
