"""Which durable jobs there are, and where they keep what they have done so far."""

import sqlite3
from contextlib import closing
from pathlib import Path

from dillo.accounts.renewals import Terms
from dillo.accounts.webhook_secrets import Cipher
from dillo.calls.transcribing import Listener
from dillo.files.recordings import Recordings
from dillo.jobs.alert_mail import alert_mail_job
from dillo.jobs.durable import DurableJobs
from dillo.jobs.exporting import Exporter
from dillo.jobs.renewal import renewal_job
from dillo.jobs.retention import retention
from dillo.jobs.transcription import TranscriptionCounts, transcription
from dillo.model.ids import new_id
from dillo.settings import Settings
from dillo.store.address import is_postgresql, postgresql_dsn
from dillo.store.archive import SqlCallArchive
from dillo.store.database import Database
from dillo.store.exports import SqlExports
from dillo.store.job_requests import SqlJobRequests
from dillo.store.mails import SqlMails
from dillo.store.recordings import SqlRecordings
from dillo.store.registry import sql_registry
from dillo.store.renewals import SqlRenewals
from dillo.store.transcripts import SqlTranscripts


def make_jobs(
    settings: Settings,
    database: Database,
    recordings: Recordings,
    listener: Listener,
    counts: TranscriptionCounts,
    cipher: Cipher,
) -> DurableJobs:
    """Return all durable jobs of the platform, ready to be run."""
    terms = Terms(settings.number_grace_days, settings.number_quarantine_days)
    archive = SqlCallArchive(database)
    exporter = Exporter(SqlExports(database), archive, settings.exports_dir)
    return DurableJobs(
        [
            alert_mail_job(SqlMails(database), cipher),
            renewal_job(sql_registry(database), SqlRenewals(database), terms),
            retention(SqlRecordings(database), recordings),
            transcription(
                SqlTranscripts(database), listener, counts, settings.transcription_workers
            ),
            *exporter.jobs(),
        ],
        SqlJobRequests(database),
        _system_url(settings),
        _executor(settings.home),
    )


def _system_url(settings: Settings) -> str:
    """Return where workflows are kept: with the records on PostgreSQL, else in a file beside."""
    if is_postgresql(settings.database_url):
        return postgresql_dsn(settings.database_url)
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
