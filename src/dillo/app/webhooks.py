"""Outgoing webhooks as this platform's settings want them."""

from dillo.accounts.ports import Change
from dillo.accounts.webhook_secrets import reveal
from dillo.hooks.guard import Guard
from dillo.hooks.webhook import Webhooks
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.vault import Vault
from dillo.store.webhook_secrets import SqlWebhookSecrets


def make_webhooks(settings: Settings, database: Database, vault: Vault) -> Webhooks:
    """Return the way to customers' webhooks; `close` it when done."""
    store = SqlWebhookSecrets(database)

    async def secret_of(customer_id: str) -> str:
        return await reveal(store, Change.by("platform"), vault, customer_id)

    return Webhooks(Guard.allowing(settings.outbound_allow), secret_of)
