"""The secret that a customer's webhooks are signed with: made when it is needed first."""

import secrets
from typing import Protocol

from dillo.accounts.ports import Change, WebhookSecretStore


class Cipher(Protocol):
    """Encrypts and decrypts short texts."""

    def seal(self, text: str) -> str: ...

    def unseal(self, sealed: str) -> str:
        """Raises Unavailable where it was encrypted with another key."""


async def reveal(
    store: WebhookSecretStore, change: Change, cipher: Cipher, customer_id: str
) -> str:
    """Return a customer's secret. Raises UnknownCustomer, Unavailable."""
    sealed = await store.find(customer_id)
    if sealed is None:
        await store.put(customer_id, cipher.seal(_fresh()), change, replaces=False)
        sealed = await store.find(customer_id)  # another process may have been faster
    assert sealed is not None
    return cipher.unseal(sealed)


async def rotate(
    store: WebhookSecretStore, change: Change, cipher: Cipher, customer_id: str
) -> str:
    """Give a customer another secret, which counts from the next request on.

    Raises UnknownCustomer.
    """
    secret = _fresh()
    await store.put(customer_id, cipher.seal(secret), change, replaces=True)
    return secret


def _fresh() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"
