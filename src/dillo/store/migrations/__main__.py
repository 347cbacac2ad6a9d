"""`python -m dillo.store.migrations`: writes `newest.sql` anew, after a revision was added."""

import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from dillo.store.migrations.sqlite import NEWEST, upgrade_file


def as_migrated() -> str:
    """Return a script that makes of an empty file what all revisions make of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        upgrade_file(path)
        with closing(sqlite3.connect(path)) as file:
            return as_script(file)


def as_script(file: sqlite3.Connection) -> str:
    """Return the statements that write a database as it is, each at the end of a line."""
    _begin, *statements, _commit = file.iterdump()
    return re.sub(" +$", "", "".join(f"{statement}\n" for statement in statements), flags=re.M)


if __name__ == "__main__":
    NEWEST.write_text(as_migrated())
