"""Requests for durable jobs: written with what they are about, in one transaction."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.model.clock import now_us
from dillo.model.jobs import JobRequest
from dillo.store.database import Database
from dillo.store.tables import job_requests

_columns = job_requests.c

_ASK = text(
    "INSERT INTO job_requests (job, id, arguments, requested_us, due_us)"
    " VALUES (:job, :id, :arguments, :now_us, :due_us) ON CONFLICT (job, id) DO NOTHING"
)
_NOTE_HANDED = (
    update(job_requests)
    .where(_columns.job == bindparam("of_job"), _columns.id == bindparam("of_id"))
    .values(handed_us=bindparam("now_us"))
)

_encode, _decode = msgspec.json.encode, msgspec.json.decode


async def ask(connection: AsyncConnection, requests: Sequence[JobRequest]) -> None:
    """Ask for jobs in a transaction of the caller's; what was asked for already is not doubled.

    A job begins within a second or two of the commit, and is lost by no crash after it.
    """
    at_us = now_us()
    rows = [
        {
            "job": each.job,
            "id": each.id,
            "arguments": _encode(each.arguments).decode(),
            "now_us": at_us,
            "due_us": each.due_us or at_us,
        }
        for each in requests
    ]
    if rows:
        await connection.execute(_ASK, rows)


class SqlJobRequests:
    """Requests in the main database (jobs.durable.Requests)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, requests: Sequence[JobRequest]) -> None:
        """Ask for jobs in a transaction of their own. Raises Unavailable."""
        async with self._database.writing() as connection:
            await ask(connection, requests)

    async def waiting(self, at_us: int, limit: int) -> Sequence[JobRequest]:
        """Return requests that are due and not handed over, oldest first. Raises Unavailable."""
        query = (
            select(_columns.job, _columns.id, _columns.arguments, _columns.due_us)
            .where(_columns.handed_us.is_(None), _columns.due_us <= at_us)
            .order_by(_columns.due_us)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [JobRequest(job, id_, _decode(text), due) for job, id_, text, due in rows]

    async def note_handed(self, requests: Sequence[JobRequest]) -> None:
        """Note that workflows were made of requests. Raises Unavailable."""
        at_us = now_us()
        rows = [{"of_job": each.job, "of_id": each.id, "now_us": at_us} for each in requests]
        async with self._database.writing() as connection:
            await connection.execute(_NOTE_HANDED, rows)

    async def hand_again(self) -> None:
        """Let every request that is not done be handed over once more. Raises Unavailable."""
        is_handed = _columns.handed_us.is_not(None)
        async with self._database.writing() as connection:
            await connection.execute(update(job_requests).where(is_handed).values(handed_us=None))

    async def remove(self, job: str, request_id: str) -> None:
        """Forget a request that is done. Raises Unavailable."""
        is_it = (_columns.job == job, _columns.id == request_id)
        async with self._database.writing() as connection:
            await connection.execute(delete(job_requests).where(*is_it))

    async def open_by_job(self) -> dict[str, int]:
        """Count what is asked for and not done yet. Raises Unavailable."""
        query = select(_columns.job, func.count()).group_by(_columns.job)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return {row[0]: row[1] for row in rows}
