"""E-mails that are to be sent, in the database until they are."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from dillo.accounts.mails import OwedMail
from dillo.model.ids import new_id
from dillo.store.database import Database
from dillo.store.tables import mails

_columns = mails.c
_OWED = select(
    _columns.id,
    _columns.recipient,
    _columns.subject,
    _columns.sealed_text,
    _columns.created_us,
    _columns.attempts,
    _columns.due_us,
)


class SqlMails:
    """What people are owed (accounts.people.MailStore, jobs.postman.Mailbox)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, recipient: str, subject: str, sealed_text: str, at_us: int) -> None:
        """Owe somebody an e-mail."""
        row = {
            "id": new_id(),
            "recipient": recipient,
            "subject": subject,
            "sealed_text": sealed_text,
            "created_us": at_us,
            "due_us": at_us,
            "attempts": 0,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(mails), row)

    async def due(self, at_us: int, limit: int) -> Sequence[OwedMail]:
        """Return e-mails that are due, those due longest first."""
        query = _OWED.where(_columns.due_us <= at_us).order_by(_columns.due_us).limit(limit)
        async with self._database.reading() as connection:
            return [OwedMail(*row) for row in await connection.execute(query)]

    async def claim(self, owed: OwedMail, until_us: int) -> bool:
        """Keep others from sending it until a moment; false where one of them does."""
        is_it = (_columns.id == owed.id, _columns.due_us == owed.due_us)
        values = {"due_us": until_us, "attempts": owed.attempts + 1}
        async with self._database.writing() as connection:
            claimed = await connection.execute(update(mails).where(*is_it).values(values))
            return claimed.rowcount == 1

    async def note_sent(self, mail_id: str, at_us: int) -> None:
        """Note that it was taken."""
        values = {"due_us": None, "sent_us": at_us, "error": None}
        async with self._database.writing() as connection:
            await connection.execute(update(mails).where(_columns.id == mail_id).values(values))

    async def note_failed(self, mail_id: str, due_us: int | None, error: str) -> None:
        """Note why it was not taken, and when it is tried again; None for never."""
        values = {"due_us": due_us, "error": error}
        async with self._database.writing() as connection:
            await connection.execute(update(mails).where(_columns.id == mail_id).values(values))

    async def forget(self, before_us: int) -> None:
        """Delete what is over and was owed before a moment."""
        is_old = (_columns.due_us.is_(None), _columns.created_us < before_us)
        async with self._database.writing() as connection:
            await connection.execute(delete(mails).where(*is_old))
