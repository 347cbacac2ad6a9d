"""What applications say now, for those who make it ready before anybody calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from dillo.calls.ports import Application
from dillo.store.database import Database
from dillo.store.tables import application_versions, applications

_BATCH = 100

_CURRENT = (
    select(
        applications.c.customer_id,
        application_versions.c.id,
        application_versions.c.behavior,
        application_versions.c.published_us,
    )
    .join(application_versions, application_versions.c.id == applications.c.current_version_id)
    .where(applications.c.deleted_us.is_(None))
    .order_by(application_versions.c.published_us, application_versions.c.id)
    .limit(_BATCH)
)

_WITH_VALUES = (
    select(application_versions.c.id, applications.c.name, application_versions.c.behavior)
    .join(applications, applications.c.current_version_id == application_versions.c.id)
    .where(applications.c.deleted_us.is_(None), application_versions.c.behavior.contains("{{"))
    .order_by(application_versions.c.published_us.desc())
    .limit(_BATCH)
)


@dataclass(frozen=True, slots=True)
class Publication:
    """The version of an application that calls run now."""

    customer_id: str
    version_id: str
    behavior: str
    published_us: int


class SqlPublications:
    """Current versions of all customers' applications (jobs.rehearsal, calls.standby)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def with_values(self) -> Sequence[Application]:
        """Return the newest of those that say values of the call; Unavailable."""
        async with self._database.reading() as connection:
            return [Application(*row) for row in await connection.execute(_WITH_VALUES)]

    async def since(self, published_us: int, besides: Sequence[str]) -> Sequence[Publication]:
        """Return some of those published then or later, the oldest first; Unavailable."""
        query = _CURRENT.where(
            application_versions.c.published_us >= published_us,
            application_versions.c.id.not_in(besides),
        )
        async with self._database.reading() as connection:
            return [Publication(*row) for row in await connection.execute(query)]
