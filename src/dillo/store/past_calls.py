"""Finished calls in the database, as replays need them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from dillo.model.errors import PeerError
from dillo.model.events import CallEvent, CallReceived
from dillo.store.database import Database
from dillo.store.tables import application_versions, calls

_decoder = msgspec.json.Decoder(tuple[CallEvent, ...])


class UnknownCall(PeerError):
    """There is no finished call of this id."""


class UnknownVersion(PeerError):
    """The application has no such version."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A finished call's events, and the channel behaviors that it was admitted with."""

    events: Sequence[CallEvent]
    primary: str | None
    fallback: str | None
    version: int | None
    """Of the application that is replayed: the primary, or the fallback where there was none. None
    of a draft that was tried."""

    @property
    def title(self) -> str:
        """What was replayed, in words."""
        return "the draft" if self.version is None else f"version {self.version}"


async def past_call(database: Database, call_id: str, version: int | None) -> PastCall:
    """Return a call, with another version of its application where one is given.

    Raises UnknownCall, UnknownVersion.
    """
    async with database.reading() as connection:
        events = await connection.scalar(select(calls.c.events).where(calls.c.id == call_id))
    if events is None:
        raise UnknownCall(f"there is no finished call {call_id}")
    decoded = _decoder.decode(events)
    received = decoded[0]
    assert isinstance(received, CallReceived)
    primary_id, fallback_id = received.primary_version_id, received.fallback_version_id
    primary, fallback = await _version(database, primary_id), await _version(database, fallback_id)
    replayed = primary or fallback
    if replayed is None:
        raise UnknownVersion(f"call {call_id} came in on a number without applications")
    if version is not None:
        other = await _sibling(database, replayed, version)
        primary, fallback = (other, fallback) if primary else (None, other)
        replayed = other
    return PastCall(
        decoded,
        primary.behavior if primary else None,
        fallback.behavior if fallback else None,
        replayed.number,
    )


@dataclass(frozen=True, slots=True)
class _Version:
    application_id: str
    number: int | None
    behavior: str


_VERSION = select(
    application_versions.c.application_id,
    application_versions.c.version,
    application_versions.c.behavior,
)


async def _version(database: Database, version_id: str | None) -> _Version | None:
    if version_id is None:
        return None
    query = _VERSION.where(application_versions.c.id == version_id)
    async with database.reading() as connection:
        row = (await connection.execute(query)).first()
    return None if row is None else _Version(*row)


async def _sibling(database: Database, of: _Version, number: int) -> _Version:
    columns = application_versions.c
    query = _VERSION.where(columns.application_id == of.application_id, columns.version == number)
    async with database.reading() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownVersion(f"the application of this call has no version {number}")
    return _Version(*row)
