"""API keys: 32 random bytes, shown once, kept as their SHA-256."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from dillo.accounts.customers import checked_name
from dillo.accounts.errors import InvalidEntry, UnknownKey
from dillo.accounts.ports import ApiKey, Change, Registry
from dillo.accounts.roles import Role
from dillo.model.ids import new_id

_KEY_BYTES = 32
_NOTE_USE_EVERY_US = 60_000_000
LONGEST_OVERLAP_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; `secret` is the key itself and cannot be shown again."""

    key: ApiKey
    secret: str


async def issue(
    registry: Registry,
    change: Change,
    customer_id: str | None,
    name: str = "default",
    role: Role = Role.DEVELOPER,
) -> IssuedKey:
    """Give a customer, or with None the operator, a new key.

    Raises UnknownCustomer, InvalidEntry for no name.
    """
    secret = secrets.token_urlsafe(_KEY_BYTES)
    key = ApiKey(new_id(), customer_id, checked_name(name), change.at_us, role=role)
    await registry.keys.add(key, sha256_of(secret), change)
    return IssuedKey(key, secret)


async def rename(
    registry: Registry, change: Change, customer_id: str | None, key_id: str, name: str
) -> ApiKey:
    """Give a key another name. Raises UnknownKey, InvalidEntry for no name."""
    return await registry.keys.rename(customer_id, key_id, checked_name(name), change)


async def rotate(
    registry: Registry, change: Change, customer_id: str | None, key_id: str, overlap_s: int
) -> IssuedKey:
    """Make another key of the same name and role; the old one works for `overlap_s` more.

    Raises UnknownKey, also where the key is revoked or over; InvalidEntry for a wrong overlap.
    """
    if not 0 <= overlap_s <= LONGEST_OVERLAP_S:
        raise InvalidEntry(f"an overlap has 0 to {LONGEST_OVERLAP_S} seconds")
    old = await registry.keys.get(customer_id, key_id)
    if not old.is_good(change.at_us):
        raise UnknownKey(f"there is no key {key_id} that still works")
    secret = secrets.token_urlsafe(_KEY_BYTES)
    new = ApiKey(new_id(), customer_id, old.name, change.at_us, role=old.role)
    until_us = change.at_us + overlap_s * 1_000_000
    await registry.keys.replace(old, new, sha256_of(secret), until_us, change)
    return IssuedKey(new, secret)


async def revoke(registry: Registry, change: Change, customer_id: str | None, key_id: str) -> None:
    """Make a key worthless from now on. Raises UnknownKey."""
    await registry.keys.revoke(customer_id, key_id, change)


async def verify(registry: Registry, customer_code: str, secret: str, at_us: int) -> ApiKey | None:
    """Return the key if it is the customer's and not revoked; its use is noted, to the minute.

    A wrong customer, a wrong key and a revoked one cannot be told apart by the time this takes:
    the key is found by its hash, and 256 random bits cannot be approached step by step.
    """
    key = await registry.keys.find(sha256_of(secret))
    owner = (key.customer_id or "") if key is not None else ""
    is_owner = hmac.compare_digest(owner.encode(), customer_code.lower().encode())
    if key is None or key.customer_id is None or not is_owner or not key.is_good(at_us):
        return None
    if key.last_used_us is None or at_us - key.last_used_us >= _NOTE_USE_EVERY_US:
        await registry.keys.touch(key.id, at_us)
    return key


def sha256_of(secret: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()
