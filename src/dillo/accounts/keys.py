"""API keys: 32 random bytes, shown once, kept as their SHA-256."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from dillo.accounts.customers import checked_name
from dillo.accounts.ports import ApiKey, Change, Registry
from dillo.model.ids import new_id

_KEY_BYTES = 32
_NOTE_USE_EVERY_US = 60_000_000


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; `secret` is the key itself and cannot be shown again."""

    key: ApiKey
    secret: str


async def issue(
    registry: Registry, change: Change, customer_id: str, name: str = "default"
) -> IssuedKey:
    """Give a customer a new key. Raises UnknownCustomer, InvalidEntry for no name."""
    secret = secrets.token_urlsafe(_KEY_BYTES)
    key = ApiKey(new_id(), customer_id, checked_name(name), change.at_us)
    await registry.keys.add(key, sha256_of(secret), change)
    return IssuedKey(key, secret)


async def revoke(registry: Registry, change: Change, customer_id: str, key_id: str) -> None:
    """Make a key worthless from now on. Raises UnknownKey."""
    await registry.keys.revoke(customer_id, key_id, change)


async def verify(registry: Registry, customer_code: str, secret: str, at_us: int) -> ApiKey | None:
    """Return the key if it is the customer's and not revoked; its use is noted, to the minute.

    A wrong customer, a wrong key and a revoked one cannot be told apart by the time this takes:
    the key is found by its hash, and 256 random bits cannot be approached step by step.
    """
    key = await registry.keys.find(sha256_of(secret))
    owner = key.customer_id if key is not None else ""
    is_owner = hmac.compare_digest(owner.encode(), customer_code.lower().encode())
    if key is None or not is_owner or key.revoked_us is not None:
        return None
    if key.last_used_us is None or at_us - key.last_used_us >= _NOTE_USE_EVERY_US:
        await registry.keys.touch(key.id, at_us)
    return key


def sha256_of(secret: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()
