"""How commands reach the accounts of a platform: its database, whether or not it runs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dillo.accounts.ports import Change, Registry
from dillo.cli.options import load_settings, plain_errors
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.migrations import migrate
from dillo.store.registry import sql_registry

if TYPE_CHECKING:
    from dillo.accounts.people import People
    from dillo.store.vault import Vault

T = TypeVar("T")


def with_registry(
    home: Path | None, work: Callable[[Registry, Change, Settings], Awaitable[T]]
) -> T:
    """Run a use case of accounts as the operator, on a database brought to its newest schema."""
    return with_database(
        home,
        lambda database, settings: work(sql_registry(database), Change.by("operator"), settings),
    )


def with_stores(home: Path | None, work: Callable[[Registry, Database, Change], Awaitable[T]]) -> T:
    """The same for use cases that need stores beside the registry's."""
    return with_database(
        home,
        lambda database, _settings: work(sql_registry(database), database, Change.by("operator")),
    )


def with_database(home: Path | None, work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Work on a database brought to its newest schema."""

    async def run(settings: Settings) -> T:
        database = Database.open(settings.database_url)
        try:
            return await work(database, settings)
        finally:
            await database.close()

    with plain_errors():
        settings = load_settings(home)
        settings.home.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
        return asyncio.run(run(settings))


def with_people(home: Path | None, work: Callable[["People", Change], Awaitable[T]]) -> T:
    """Run a use case of people as the operator; links lead to the node of this folder."""
    # Imported here: most commands need neither.
    from dillo.app.people import make_people
    from dillo.app.running import find_running

    def run(database: Database, settings: Settings) -> Awaitable[T]:
        running = find_running(settings.home)
        here = running.http if running is not None else f"http://{settings.http}"
        base = settings.public_url.rstrip("/") or here
        registry, vault = sql_registry(database), opened_vault(settings)
        return work(make_people(database, registry, vault, lambda: base), Change.by("operator"))

    return with_database(home, run)


def opened_vault(settings: Settings) -> "Vault":
    """Return what secrets are encrypted with. Raises InvalidSecretKey, Unavailable."""
    # Imported here: most commands need no cipher, and loading one takes time.
    from dillo.store.vault import Vault

    return Vault.open(settings.secret_key, settings.secret_key_path)
