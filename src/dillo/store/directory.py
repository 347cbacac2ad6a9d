"""The directory that the signal process asks for every call: cached, and never out of date.

Entries stay valid as long as the revision in the database does. That is read for every call, by a
point read on a connection of its own (see dillo.store.pulse).
"""

import dataclasses
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, bindparam, select

from dillo.calls.ports import Application, NumberEntry
from dillo.model.phone import TEST_NUMBER
from dillo.store.database import Database
from dillo.store.pulse import pulse_of
from dillo.store.tables import application_versions, applications, customers, numbers, trunks

_UNKNOWN_KEPT = 10_000
_APPLICATIONS_KEPT = 10_000

_primary = applications.alias("primary_application")
_fallback = applications.alias("fallback_application")


def _entry_of(holder: ColumnElement[str] | ScalarSelect[str]) -> Select[tuple[Any, ...]]:
    """Select a number with its customer; its applications only where they are enabled."""
    return (
        select(
            numbers.c.id.label("number_id"),
            numbers.c.number_type,
            numbers.c.max_concurrent_calls.label("number_max_concurrent_calls"),
            numbers.c.max_calls_per_second.label("number_max_calls_per_second"),
            numbers.c.max_call_s.label("number_max_call_s"),
            customers.c.id.label("customer_id"),
            customers.c.currency,
            customers.c.is_suspended,
            customers.c.is_prepaid,
            (customers.c.balance_micros + customers.c.credit_micros).label("spendable_micros"),
            customers.c.max_concurrent_calls,
            customers.c.max_calls_per_second,
            customers.c.max_call_s,
            trunks.c.hosts.label("trunk_hosts"),
            _primary.c.current_version_id.label("primary_version_id"),
            _fallback.c.current_version_id.label("fallback_version_id"),
        )
        .select_from(numbers)
        .join(customers, customers.c.id == holder)
        .outerjoin(trunks, trunks.c.name == numbers.c.trunk)
        .outerjoin(
            _primary,
            and_(_primary.c.id == numbers.c.primary_application_id, _primary.c.is_enabled),
        )
        .outerjoin(
            _fallback,
            and_(_fallback.c.id == numbers.c.fallback_application_id, _fallback.c.is_enabled),
        )
    )


_ENTRY = _entry_of(numbers.c.customer_id)
_OWNER = (
    select(applications.c.customer_id)
    .join(application_versions, application_versions.c.application_id == applications.c.id)
    .where(application_versions.c.id == bindparam("version_id"))
    .scalar_subquery()
)
_TESTER = _entry_of(_OWNER).where(numbers.c.e164 == TEST_NUMBER)
_VERSION = select(
    application_versions.c.id, applications.c.name, application_versions.c.behavior
).join(applications, applications.c.id == application_versions.c.application_id)


class CachedDirectory:
    """Numbers and who holds them (calls.ports.Directory); a change counts at the next `find`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pulse = pulse_of(database.url)
        self._revision = -1
        self._entries: dict[str, NumberEntry] = {}
        self._unknown: set[str] = set()
        # Versions never change, so they outlive revisions: a change costs no behavior texts.
        self._applications: dict[str, Application] = {}

    async def find(self, number: str) -> NumberEntry | None:
        """Return the entry of an E.164 number with `+`, None where nobody holds it.

        Raises Unavailable where the database does not answer.
        """
        revision = await self._pulse.revision()
        if revision != self._revision:
            self._entries, self._unknown, self._revision = {}, set(), revision
        entry = self._entries.get(number)
        if entry is None:
            return None if number in self._unknown else await self._load(number, revision)
        if entry.balance_micros is None:
            return entry
        balance = await self._pulse.spendable_micros(entry.customer_id)
        return dataclasses.replace(entry, balance_micros=balance)

    async def draft(self, customer_id: str, version_id: str) -> Application | None:
        """Return a draft that is to be tried, None where the customer has no such."""
        query = _VERSION.where(
            application_versions.c.id == version_id, applications.c.customer_id == customer_id
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Application(*row)

    async def tester(self, version_id: str) -> NumberEntry | None:
        """Return TEST_NUMBER as if the owner of a draft held it, and it ran that draft."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_TESTER, {"version_id": version_id})).first()
        if row is None:
            return None
        entry = await self._entry(TEST_NUMBER, row)
        return dataclasses.replace(entry, primary=await self._application(version_id))

    async def close(self) -> None:
        """Close the connections of the point reads; the database stays open."""
        await self._pulse.close()

    async def _load(self, number: str, revision: int) -> NumberEntry | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(_ENTRY.where(numbers.c.e164 == number))).first()
        entry = None if row is None else await self._entry(number, row)
        # What was read before another call saw a newer revision may be out of date by now.
        if revision == self._revision:
            self._keep(number, entry)
        return entry

    def _keep(self, number: str, entry: NumberEntry | None) -> None:
        if entry is not None:
            self._entries[number] = entry
            return
        # Whoever dials through all numbers must not fill the memory.
        if len(self._unknown) >= _UNKNOWN_KEPT:
            self._unknown.clear()
        self._unknown.add(number)

    async def _entry(self, number: str, row: Row[*tuple[Any, ...]]) -> NumberEntry:
        return NumberEntry(
            number_id=row.number_id,
            number=number,
            number_type=row.number_type,
            customer_id=row.customer_id,
            currency=row.currency,
            is_suspended=row.is_suspended,
            balance_micros=row.spendable_micros if row.is_prepaid else None,
            max_concurrent_calls=row.max_concurrent_calls,
            max_calls_per_second=row.max_calls_per_second,
            max_call_s=min(row.max_call_s, row.number_max_call_s or row.max_call_s),
            number_max_concurrent_calls=row.number_max_concurrent_calls,
            number_max_calls_per_second=row.number_max_calls_per_second,
            trunk_hosts=tuple((row.trunk_hosts or "").split()),
            primary=await self._application(row.primary_version_id),
            fallback=await self._application(row.fallback_version_id),
        )

    async def _application(self, version_id: str | None) -> Application | None:
        if version_id is None:
            return None
        if version_id not in self._applications:
            query = _VERSION.where(application_versions.c.id == version_id)
            async with self._database.reading() as connection:
                row = (await connection.execute(query)).one()
            if len(self._applications) >= _APPLICATIONS_KEPT:
                self._applications.clear()
            self._applications[version_id] = Application(*row)
        return self._applications[version_id]
