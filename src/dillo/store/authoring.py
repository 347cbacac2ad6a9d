"""Drafts, scenarios and versions of phone applications in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.authoring import Authored, Draft, Edition, Version
from dillo.accounts.errors import (
    ApplicationExists,
    ApplicationInUse,
    UnknownApplication,
    UnknownVersion,
)
from dillo.accounts.ports import Change
from dillo.model.ids import new_id
from dillo.store.audit import raise_revision, record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.tables import application_drafts, application_versions, applications, numbers

_columns = applications.c
_APPLICATION = (
    select(
        _columns.id,
        _columns.customer_id,
        _columns.name,
        _columns.description,
        _columns.is_enabled,
        _columns.current_version_id,
        func.coalesce(application_versions.c.version, 0),
        _columns.created_us,
        application_drafts.c.saved_us,
        func.coalesce(_columns.requires_scenarios, False),
    )
    .outerjoin(application_versions, application_versions.c.id == _columns.current_version_id)
    .outerjoin(application_drafts, application_drafts.c.application_id == _columns.id)
    .where(_columns.deleted_us.is_(None))
)
_VERSION = select(
    application_versions.c.id,
    application_versions.c.application_id,
    application_versions.c.version,
    application_versions.c.behavior,
    application_versions.c.layout,
    func.coalesce(application_versions.c.note, ""),
    application_versions.c.published_us,
    application_versions.c.published_by,
    application_versions.c.restored_from,
)


class SqlAuthoring:
    """Phone applications with everything that leads to a version (accounts.AuthoringStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, customer_id: str, name: str, description: str, change: Change
    ) -> Authored:
        """Store an application without a version. Raises UnknownCustomer, ApplicationExists."""
        application_id = new_id()
        row = {
            "id": application_id,
            "customer_id": customer_id,
            "name": name,
            "description": description,
            "is_enabled": True,
            "created_us": change.at_us,
        }
        try:
            async with self._database.writing() as connection:
                await lock_customer(connection, customer_id)
                await connection.execute(insert(applications), row)
                after = {"name": name, "description": description}
                await record_change(
                    connection, change, "application.create", name, customer_id, after=after
                )
                return await _get(connection, _of(customer_id, application_id))
        except IntegrityError as error:
            raise _exists(name) from error

    async def get(self, customer_id: str, application_id: str) -> Authored:
        """Return an application. Raises UnknownApplication."""
        async with self._database.reading() as connection:
            return await _get(connection, _of(customer_id, application_id))

    async def lock(self, customer_id: str, application_id: str) -> Authored:
        """Return an application that stays so until this transaction ends."""
        async with self._database.writing() as connection:
            query = select(_columns.id).where(_columns.id == application_id).with_for_update()
            await connection.execute(query)
            return await _get(connection, _of(customer_id, application_id))

    async def page(self, customer_id: str, after_id: str | None, limit: int) -> Sequence[Authored]:
        """Return applications, newest first, those after one of them."""
        query = _APPLICATION.where(_columns.customer_id == customer_id)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(_columns.id.desc()).limit(limit))).all()
            running = await _numbers_of(connection, [row.id for row in rows])
            return [_authored(row, running) for row in rows]

    async def describe(
        self, application: Authored, name: str, description: str, change: Change
    ) -> None:
        """Rename and describe an application. Raises ApplicationExists."""
        try:
            async with self._database.writing() as connection:
                await _update(connection, application, name=name, description=description)
                after = {"name": name, "description": description}
                await _record(connection, application, "application.change", name, change, after)
                await raise_revision(connection)  # calls carry the name
        except IntegrityError as error:
            raise _exists(name) from error

    async def enable(self, application: Authored, is_enabled: bool, change: Change) -> None:
        """Let an application run, or no longer."""
        action = "application.enable" if is_enabled else "application.disable"
        async with self._database.writing() as connection:
            await _update(connection, application, is_enabled=is_enabled)
            after = {"is_enabled": is_enabled}
            await _record(connection, application, action, application.name, change, after)
            await raise_revision(connection)

    async def delete(self, application: Authored, change: Change) -> None:
        """Forget an application. Raises ApplicationInUse while a number runs it."""
        async with self._database.writing() as connection:
            running = (await _numbers_of(connection, [application.id])).get(application.id)
            if running:
                raise ApplicationInUse(f"{application.name} is run by {', '.join(running)}")
            # Its name is free for another one; calls find its versions by their ids.
            buried = f"{application.name} ({application.id})"
            await _update(connection, application, name=buried, deleted_us=change.at_us)
            await _forget_draft(connection, application)
            name, after = application.name, {"name": None, "version_id": None}
            await _record(connection, application, "application.delete", name, change, after)
            await raise_revision(connection)

    async def draft(self, application: Authored) -> Draft | None:
        """Return the draft, None where none was saved since the last version."""
        columns = application_drafts.c
        query = select(columns.behavior, columns.layout, columns.saved_us, columns.saved_by)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.where(columns.application_id == application.id))
            row = rows.first()
            return None if row is None else Draft(*row)

    async def save_draft(
        self, application: Authored, behavior: str, layout: str | None, change: Change
    ) -> None:
        """Store a draft in the place of the one there is."""
        row = {
            "application_id": application.id,
            "behavior": behavior,
            "layout": layout,
            "saved_us": change.at_us,
            "saved_by": change.actor,
        }
        async with self._database.writing() as connection:
            is_it = application_drafts.c.application_id == application.id
            saved = await connection.execute(update(application_drafts).where(is_it).values(row))
            if saved.rowcount == 0:
                await connection.execute(insert(application_drafts), row)

    async def discard_draft(self, application: Authored, change: Change) -> None:
        """Forget the draft."""
        async with self._database.writing() as connection:
            await _forget_draft(connection, application)
            action, after = "application.discard-draft", {"drafted_us": None}
            await _record(connection, application, action, application.name, change, after)

    async def scenarios(self, application: Authored) -> str:
        """Return what the application is expected to do, empty where nobody has said."""
        query = select(_columns.scenarios).where(_columns.id == application.id)
        async with self._database.reading() as connection:
            return await connection.scalar(query) or ""

    async def expect(
        self, application: Authored, scenarios: str, is_required: bool, change: Change
    ) -> None:
        """Store scenarios, and whether publishing requires that they hold."""
        async with self._database.writing() as connection:
            await _update(
                connection, application, scenarios=scenarios, requires_scenarios=is_required
            )
            action, after = "application.expect", {"requires_scenarios": is_required}
            await _record(connection, application, action, application.name, change, after)

    async def versions(
        self, application: Authored, before: int | None, limit: int
    ) -> Sequence[Version]:
        """Return versions, newest first, those before one of them."""
        columns = application_versions.c
        query = _VERSION.where(
            columns.application_id == application.id, columns.version.is_not(None)
        )
        if before is not None:
            query = query.where(columns.version < before)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.version.desc()).limit(limit))
            return [Version(*row) for row in rows]

    async def version(self, application: Authored, number: int) -> Version:
        """Return a version. Raises UnknownVersion."""
        columns = application_versions.c
        query = _VERSION.where(columns.application_id == application.id, columns.version == number)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise UnknownVersion(f"{application.name} has no version {number}")
        return Version(*row)

    async def try_draft(self, application: Authored, behavior: str, change: Change) -> str:
        """Keep a behavior for the calls that try it, and return the id they run it by."""
        columns = application_versions.c
        tried = select(columns.id).where(
            columns.application_id == application.id,
            columns.version.is_(None),
            columns.behavior == behavior,
        )
        async with self._database.writing() as connection:
            known = await connection.scalar(tried.limit(1))
            if known is not None:
                return str(known)
            version_id = new_id()
            row = {
                "id": version_id,
                "application_id": application.id,
                "behavior": behavior,
                "published_us": change.at_us,
                "published_by": change.actor,
            }
            await connection.execute(insert(application_versions), row)
            return version_id

    async def publish(self, application: Authored, edition: Edition, change: Change) -> Version:
        """Store the next version and run it from now on; a draft that it was is no more."""
        async with self._database.writing() as connection:
            number = await _latest(connection, application) + 1
            version = Version(
                id=new_id(),
                application_id=application.id,
                number=number,
                behavior=edition.behavior,
                layout=edition.layout,
                note=edition.note,
                published_us=change.at_us,
                published_by=change.actor,
                restored_from=edition.restored_from,
            )
            await connection.execute(insert(application_versions), _version_row(version))
            await _update(connection, application, current_version_id=version.id)
            if edition.is_draft:
                await _forget_draft(connection, application)
            subject = f"{application.name} v{number}"
            action, after = "application.publish", {"version_id": version.id}
            await _record(connection, application, action, subject, change, after)
            await raise_revision(connection)
            return version


def _of(customer_id: str, application_id: str) -> Select[*tuple[Any, ...]]:
    return _APPLICATION.where(_columns.customer_id == customer_id, _columns.id == application_id)


async def _get(connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> Authored:
    row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownApplication("there is no such application of this customer")
    return _authored(row, await _numbers_of(connection, [row.id]))


def _authored(row: Row[*tuple[Any, ...]], running: dict[str, list[str]]) -> Authored:
    return replace(Authored(*row), numbers=tuple(running.get(row.id, ())))


async def _numbers_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return by application the numbers that run it as their primary or fallback."""
    primary, fallback = numbers.c.primary_application_id, numbers.c.fallback_application_id
    query = select(numbers.c.e164, primary, fallback).where(
        or_(primary.in_(ids), fallback.in_(ids))
    )
    running: dict[str, list[str]] = {}
    for e164, *run in await connection.execute(query.order_by(numbers.c.e164)):
        for application_id in dict.fromkeys(run):
            running.setdefault(application_id, []).append(e164)
    return running


async def _latest(connection: AsyncConnection, application: Authored) -> int:
    """Return the highest number of a version; who publishes at the same time waits here."""
    lock = select(_columns.id).where(_columns.id == application.id).with_for_update()
    await connection.execute(lock)
    columns = application_versions.c
    query = select(func.max(columns.version)).where(columns.application_id == application.id)
    return await connection.scalar(query) or 0


async def _update(connection: AsyncConnection, application: Authored, **values: object) -> None:
    statement = update(applications).where(_columns.id == application.id).values(**values)
    await connection.execute(statement)


async def _forget_draft(connection: AsyncConnection, application: Authored) -> None:
    is_it = application_drafts.c.application_id == application.id
    await connection.execute(delete(application_drafts).where(is_it))


async def _record(
    connection: AsyncConnection,
    application: Authored,
    action: str,
    subject: str,
    change: Change,
    after: Mapping[str, object],
) -> None:
    """Write a change into the audit log, with what was so before of what is otherwise now."""
    before = {name: getattr(application, name) for name in after}
    await record_change(
        connection, change, action, subject, application.customer_id, before=before, after=after
    )


def _version_row(version: Version) -> dict[str, object]:
    return {
        "id": version.id,
        "application_id": version.application_id,
        "version": version.number,
        "behavior": version.behavior,
        "layout": version.layout,
        "note": version.note,
        "published_us": version.published_us,
        "published_by": version.published_by,
        "restored_from": version.restored_from,
    }


def _exists(name: str) -> ApplicationExists:
    return ApplicationExists(f"there is an application {name!r} already")
