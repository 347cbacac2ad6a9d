"""All account stores of one database."""

from dillo.accounts.ports import Registry
from dillo.store.applications import SqlApplications
from dillo.store.audit import SqlAudit
from dillo.store.customers import SqlCustomers
from dillo.store.database import Database
from dillo.store.keys import SqlKeys
from dillo.store.numbers import SqlNumbers
from dillo.store.prompts import SqlPrompts
from dillo.store.tariffs import SqlTariffs
from dillo.store.trunks import SqlTrunks
from dillo.store.webhook_secrets import SqlWebhookSecrets


def sql_registry(database: Database) -> Registry:
    """Return the stores that keep accounts in a database."""
    return Registry(
        customers=SqlCustomers(database),
        keys=SqlKeys(database),
        numbers=SqlNumbers(database),
        applications=SqlApplications(database),
        prompts=SqlPrompts(database),
        tariffs=SqlTariffs(database),
        trunks=SqlTrunks(database),
        webhook_secrets=SqlWebhookSecrets(database),
        audit=SqlAudit(database),
    )
