"""What authors of phone applications work with: drafts, scenarios, versions, and their store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.ports import Change


@dataclass(frozen=True, slots=True)
class Authored:
    """A phone application as its author sees it."""

    id: str
    customer_id: str
    name: str
    description: str
    is_enabled: bool
    version_id: str | None
    version: int
    """The number of the version in force, 0 before the first."""
    created_us: int
    drafted_us: int | None
    """When its draft was saved; None where there is nothing to publish."""
    requires_scenarios: bool
    """Whether a version is published only if its scenarios hold."""
    numbers: tuple[str, ...] = ()
    """The numbers that run it, E.164 with `+`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be published next; it may be as wrong as its author left it."""

    behavior: str
    """JSON, but not always a channel behavior."""
    layout: str | None
    """Where an editor shows the nodes, as a JSON object; means nothing to calls."""
    saved_us: int | None
    """None where it is the version in force, or nothing at all."""
    saved_by: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """A published channel behavior; it never changes."""

    id: str
    application_id: str
    number: int
    behavior: str
    layout: str | None
    note: str
    published_us: int
    published_by: str | None
    restored_from: int | None
    """The number of the version that it repeats."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A channel behavior that is to become a version."""

    behavior: str
    layout: str | None = None
    note: str = ""
    restored_from: int | None = None
    is_draft: bool = False
    """Whether it is the draft, which then is no more."""


class AuthoringStore(Protocol):
    """Phone applications with everything that leads to their versions."""

    async def create(
        self, customer_id: str, name: str, description: str, change: Change
    ) -> Authored:
        """Store an application without a version. Raises UnknownCustomer, ApplicationExists."""

    async def get(self, customer_id: str, application_id: str) -> Authored:
        """Return an application. Raises UnknownApplication."""

    async def lock(self, customer_id: str, application_id: str) -> Authored:
        """Return an application that nobody else changes before this transaction ends.

        Raises UnknownApplication.
        """

    async def page(self, customer_id: str, after_id: str | None, limit: int) -> Sequence[Authored]:
        """Return applications, newest first, those after one of them."""

    async def describe(
        self, application: Authored, name: str, description: str, change: Change
    ) -> None:
        """Rename and describe an application. Raises ApplicationExists."""

    async def enable(self, application: Authored, is_enabled: bool, change: Change) -> None:
        """Let an application run, or no longer."""

    async def delete(self, application: Authored, change: Change) -> None:
        """Forget an application; its versions stay for the calls that ran them.

        Raises ApplicationInUse while a number runs it.
        """

    async def draft(self, application: Authored) -> Draft | None:
        """Return the draft, None where none was saved since the last version."""

    async def save_draft(
        self, application: Authored, behavior: str, layout: str | None, change: Change
    ) -> None:
        """Store a draft in the place of the one there is."""

    async def discard_draft(self, application: Authored, change: Change) -> None:
        """Forget the draft; the version in force is what is edited again."""

    async def scenarios(self, application: Authored) -> str:
        """Return what the application is expected to do, empty where nobody has said."""

    async def expect(
        self, application: Authored, scenarios: str, is_required: bool, change: Change
    ) -> None:
        """Store scenarios, and whether publishing requires that they hold."""

    async def versions(
        self, application: Authored, before: int | None, limit: int
    ) -> Sequence[Version]:
        """Return versions, newest first, those before one of them."""

    async def version(self, application: Authored, number: int) -> Version:
        """Return a version. Raises UnknownVersion."""

    async def try_draft(self, application: Authored, behavior: str, change: Change) -> str:
        """Keep a behavior for the calls that try it, and return the id they run it by.

        The same behavior keeps its id; it is no version, and never in force.
        """

    async def publish(self, application: Authored, edition: Edition, change: Change) -> Version:
        """Store the next version and run it from now on; a draft that it was is no more."""
