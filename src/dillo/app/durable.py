"""Which durable jobs there are, and where they keep what they have done so far."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from dillo.jobs.durable import DurableJobs, Job
from dillo.model.ids import new_id
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.job_requests import SqlJobRequests


def make_jobs(settings: Settings, database: Database) -> DurableJobs:
    """Return all durable jobs of the platform, ready to be run."""
    return DurableJobs(
        _jobs(settings, database),
        SqlJobRequests(database),
        _system_url(settings),
        _executor(settings.home),
    )


def _jobs(settings: Settings, database: Database) -> Sequence[Job]:
    """Return every job; each is made by a module of its own in `dillo.jobs`."""
    return ()


def _system_url(settings: Settings) -> str:
    """Return where workflows are kept: with the records on PostgreSQL, else in a file beside."""
    if settings.database_url.startswith("postgresql"):
        return "postgresql://" + settings.database_url.split("://", 1)[1]
    path = settings.home / "jobs.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")  # it stays so
    return f"sqlite:///{path}"


def _executor(home: Path) -> str:
    """Return this home folder's name among all that share a database; made once."""
    path = home / "executor.id"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.write_text(new_id())
        draft.replace(path)
    return path.read_text()
