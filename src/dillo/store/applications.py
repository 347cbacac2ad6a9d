"""Phone applications and their published versions in the database."""

from collections.abc import Sequence

from sqlalchemy import false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import UnknownApplication
from dillo.accounts.ports import Application, Change, InForce
from dillo.model.ids import new_id
from dillo.store.audit import raise_revision, record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import application_versions, applications

_APPLICATION = (
    select(
        applications.c.id,
        applications.c.customer_id,
        applications.c.name,
        applications.c.description,
        applications.c.is_enabled,
        applications.c.current_version_id,
        func.coalesce(application_versions.c.version, 0),
    )
    .outerjoin(application_versions, application_versions.c.id == applications.c.current_version_id)
    .where(applications.c.deleted_us.is_(None))
)
_IN_FORCE = (
    select(applications.c.id, applications.c.name, application_versions.c.behavior)
    .join(application_versions, application_versions.c.id == applications.c.current_version_id)
    .where(applications.c.deleted_us.is_(None))
)


class SqlApplications:
    """Phone applications and their published versions (accounts.ports.ApplicationStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, customer_id: str, name: str) -> Application:
        """Return an application. Raises UnknownApplication."""
        async with self._database.reading() as connection:
            found = await _find(connection, customer_id, name)
        if found is None:
            raise UnknownApplication(f"there is no application {name!r} of this customer")
        return found

    async def of(self, customer_id: str) -> Sequence[Application]:
        """Return a customer's applications by name."""
        query = _APPLICATION.where(applications.c.customer_id == customer_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(applications.c.name))
            return [Application(*row) for row in rows]

    async def publish(
        self, customer_id: str, name: str, description: str | None, behavior: str, change: Change
    ) -> Application:
        """Store the next version of an application, made where it is new, and run it from now on.

        `description` None leaves the one there is. Raises UnknownCustomer.
        """
        async with self._database.writing() as connection:
            await lock_customer(connection, customer_id)
            current = await _find(connection, customer_id, name)
            if current is None:
                current = await _create(connection, customer_id, name, change)
            published = Application(
                id=current.id,
                customer_id=customer_id,
                name=name,
                description=current.description if description is None else description,
                is_enabled=current.is_enabled,
                version_id=new_id(),
                version=current.version + 1,
            )
            await _store_version(connection, published, behavior, change)
            subject = f"{name} v{published.version}"
            await record_change(
                connection,
                change,
                "application.publish",
                subject,
                customer_id,
                before={"version_id": current.version_id},
                after={"version_id": published.version_id},
            )
            await raise_revision(connection)
            return published

    async def enable(self, application_id: str, is_enabled: bool, change: Change) -> None:
        """Let an application run, or no longer."""
        action = "application.enable" if is_enabled else "application.disable"
        statement = (
            update(applications)
            .where(applications.c.id == application_id)
            .values(is_enabled=is_enabled)
            .returning(applications.c.name, applications.c.customer_id)
        )
        async with self._database.writing() as connection:
            name, customer_id = (await connection.execute(statement)).one()
            after = {"is_enabled": is_enabled}
            await record_change(connection, change, action, name, customer_id, after=after)
            await raise_revision(connection)

    async def behavior(self, version_id: str) -> str | None:
        """Return the channel behavior of a version."""
        columns = application_versions.c
        query = select(columns.behavior).where(columns.id == version_id)
        async with self._database.reading() as connection:
            return await connection.scalar(query)

    async def in_force(self, customer_id: str, mentioning: Sequence[str]) -> Sequence[InForce]:
        """Return the behaviors in force that contain any of some texts, by application's name."""
        behavior = application_versions.c.behavior
        query = (
            _IN_FORCE.where(applications.c.customer_id == customer_id)
            .where(or_(false(), *(behavior.contains(text, autoescape=True) for text in mentioning)))
            .order_by(applications.c.name)
        )
        async with self._database.reading() as connection:
            return [InForce(*row) for row in await connection.execute(query)]


async def _find(connection: AsyncConnection, customer_id: str, name: str) -> Application | None:
    columns = applications.c
    query = _APPLICATION.where(columns.customer_id == customer_id, columns.name == name)
    row = (await connection.execute(query)).first()
    return None if row is None else Application(*row)


async def _create(
    connection: AsyncConnection, customer_id: str, name: str, change: Change
) -> Application:
    created = Application(new_id(), customer_id, name, "", True, None, 0)
    row = {
        "id": created.id,
        "customer_id": customer_id,
        "name": name,
        "description": created.description,
        "is_enabled": created.is_enabled,
        "created_us": change.at_us,
    }
    await connection.execute(insert(applications), row)
    return created


async def _store_version(
    connection: AsyncConnection, published: Application, behavior: str, change: Change
) -> None:
    row = {
        "id": published.version_id,
        "application_id": published.id,
        "version": published.version,
        "behavior": behavior,
        "published_us": change.at_us,
        "published_by": change.actor,
    }
    await connection.execute(insert(application_versions), row)
    await connection.execute(
        update(applications)
        .where(applications.c.id == published.id)
        .values(description=published.description, current_version_id=published.version_id)
    )
