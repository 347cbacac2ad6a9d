"""The stores of people, as this platform keeps them."""

from collections.abc import Callable

from dillo.accounts.people import People
from dillo.accounts.ports import Registry
from dillo.store.database import Database
from dillo.store.invitations import SqlInvitations
from dillo.store.mails import SqlMails
from dillo.store.sessions import SqlFailures, SqlLinks, SqlSessions
from dillo.store.users import SqlUsers
from dillo.store.vault import Vault


def make_people(
    database: Database, registry: Registry, vault: Vault, base_url: Callable[[], str]
) -> People:
    """Return all that use cases of people need; `base_url` is where links in e-mails lead."""
    return People(
        registry=registry,
        users=SqlUsers(database),
        sessions=SqlSessions(database),
        links=SqlLinks(database),
        invitations=SqlInvitations(database),
        mails=SqlMails(database),
        failures=SqlFailures(database),
        transactions=database,
        cipher=vault,
        base_url=base_url,
    )
