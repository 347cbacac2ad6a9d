"""What every registry does with the secrets of webhooks."""

import pytest
from cryptography.fernet import Fernet

from dillo.accounts import Change, Registry, customers
from dillo.accounts.errors import UnknownCustomer
from dillo.accounts.webhook_secrets import reveal, rotate
from dillo.store.vault import Vault

VAULT = Vault(Fernet.generate_key().decode())


async def test_a_secret_is_made_once_and_kept_encrypted(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    store = registry.webhook_secrets
    assert await store.find(customer.id) is None
    secret = await reveal(store, change, VAULT, customer.id)
    assert await reveal(store, change, VAULT, customer.id) == secret
    sealed = await store.find(customer.id)
    assert sealed is not None
    assert secret not in sealed
    await store.put(customer.id, VAULT.seal("another"), change, replaces=False)
    assert await reveal(store, change, VAULT, customer.id) == secret


async def test_a_rotated_secret_counts_at_once(registry: Registry, change: Change) -> None:
    customer = await customers.create(registry, change, "Acme")
    first = await reveal(registry.webhook_secrets, change, VAULT, customer.id)
    second = await rotate(registry.webhook_secrets, change, VAULT, customer.id)
    assert first != second == await reveal(registry.webhook_secrets, change, VAULT, customer.id)
    actions = [entry.action for entry in await registry.audit.entries(customer.id)]
    assert actions.count("webhook-secret.set") == 2


async def test_strangers_have_no_secret(registry: Registry, change: Change) -> None:
    for act in (reveal, rotate):
        with pytest.raises(UnknownCustomer):
            await act(registry.webhook_secrets, change, VAULT, "nobody")
