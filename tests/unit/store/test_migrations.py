"""The migrated schema is the one in tables.py, however many processes start at once."""

import ast
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from dillo.model.errors import Unavailable
from dillo.store import migrations
from dillo.store.address import (
    InvalidDatabaseUrl,
    is_postgresql,
    postgresql_dsn,
    shown,
    sqlite_path,
)
from dillo.store.migrations import HEAD, Migrated, migrate
from dillo.store.migrations.__main__ import as_migrated, as_script
from dillo.store.tables import metadata


def _schema(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return sorted("".join(sql.split()) for (sql,) in rows if "alembic_version" not in sql)


def _statements(script: str) -> list[list[str]]:
    """Split by lines; Alembic writes the constraints of a table that it copied in any order."""
    statements = [
        [line.strip("\t ,") for line in text.splitlines()] for text in script.split(";\n")
    ]
    return [
        sorted(lines, key=lambda line: line if line.startswith("CONSTRAINT") else "")
        for lines in statements
    ]


def test_a_new_file_gets_what_all_revisions_make(tmp_path: Path) -> None:
    """Where this fails after a revision was added: `python -m dillo.store.migrations`."""
    assert migrate(f"sqlite:///{tmp_path}/new.db") == Migrated(None, HEAD)
    with closing(sqlite3.connect(tmp_path / "new.db")) as file:
        assert _statements(as_script(file)) == _statements(as_migrated())


def test_a_file_with_other_tables_is_migrated_too(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "used.db")) as file:
        file.execute("CREATE TABLE notes (text TEXT)")
    assert migrate(f"sqlite:///{tmp_path}/used.db") == Migrated(None, HEAD)
    assert migrate(f"sqlite:///{tmp_path}/used.db") == Migrated(HEAD, HEAD)


def test_migrations_create_exactly_the_tables(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path}/migrated.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrations_create_the_same_ddl(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path}/created.db")
    metadata.create_all(engine)
    engine.dispose()
    assert [sql for sql in _schema(tmp_path / "migrated.db") if "CREATEINDEX" in sql] == [
        sql for sql in _schema(tmp_path / "created.db") if "CREATEINDEX" in sql
    ]


def test_head_is_the_newest_revision() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [HEAD]


@pytest.mark.parametrize("path", sorted(Path(migrations.__file__).parent.glob("versions/*.py")))
def test_revisions_only_add(path: Path) -> None:
    """An older Dillo goes on while and after a database is migrated."""
    text = path.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = {keyword.arg for keyword in node.keywords}
            is_index = node.func.attr == "drop_index"  # without one, nothing is but slower
            assert is_index or not node.func.attr.startswith(("drop_", "rename_"))
            if node.func.attr == "alter_column":
                assert given <= {"existing_type", "nullable"}
                assert "nullable=True" in ast.unparse(node)
    assert not re.search(r"\b(DROP|RENAME|ALTER COLUMN|SET NOT NULL)\b", text)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/dillo.db")
    with closing(sqlite3.connect(tmp_path / "dillo.db")) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    assert migrate(f"sqlite:///{tmp_path}/dillo.db").after == "9999"


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/er/dillo.db"
    migrate(url)
    before = _schema(tmp_path / "deep/er/dillo.db")
    migrate(url)
    assert _schema(tmp_path / "deep/er/dillo.db") == before


def test_processes_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dillo.db"
    program = f"from dillo.store.migrations import migrate; migrate({url!r})"
    running = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)
    ]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot migrate"):
        migrate(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql://u:p@h:5433/d"),
        ("postgres://h/d", "postgresql://h/d"),
        ("postgresql+asyncpg:///d?host=/run/postgresql", "postgresql:///d?host=/run/postgresql"),
    ],
)
def test_a_url_may_name_a_server(url: str, dsn: str) -> None:
    assert is_postgresql(url)
    assert postgresql_dsn(url) == dsn


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/d",
        "postgresql:///d?user=u&password=geheim&host=h",
        "x://u:geheim@h",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    assert "geheim" not in shown(url)
    assert shown(url).startswith(url.partition(":")[0])
    with pytest.raises(InvalidDatabaseUrl) as error:
        sqlite_path(url)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "no url", "sqlite:///a?b=c"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl):
        sqlite_path(url)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///dillo.db", "dillo.db"),
        ("sqlite:////var/lib/dillo.db", "/var/lib/dillo.db"),
        ("sqlite+aiosqlite:////var/lib/dillo.db", "/var/lib/dillo.db"),
    ],
)
def test_a_url_names_a_file(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)
