"""API keys as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.changes import Change
from dillo.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key, without the key itself."""

    id: str
    customer_id: str | None
    """None for a key of an operator."""
    name: str
    created_us: int
    last_used_us: int | None = None
    revoked_us: int | None = None
    role: Role = Role.DEVELOPER
    expires_us: int | None = None
    """When it ends by itself."""

    def is_good(self, at_us: int) -> bool:
        """Return whether it opens anything at a moment."""
        return self.revoked_us is None and (self.expires_us is None or at_us < self.expires_us)

    def status(self, at_us: int) -> str:
        """Return `active`, `expired` or `revoked`, as people are told."""
        if self.is_good(at_us):
            return "active"
        return "revoked" if self.revoked_us else "expired"


class KeyStore(Protocol):
    """API keys by their SHA-256; `customer_id` None means those of operators."""

    async def add(self, key: ApiKey, key_sha256: str, change: Change) -> None:
        """Store a key. Raises UnknownCustomer."""

    async def find(self, key_sha256: str) -> ApiKey | None:
        """Return the key with this hash, revoked ones too."""

    async def touch(self, key_id: str, at_us: int) -> None:
        """Note when a key was last used."""

    async def get(self, customer_id: str | None, key_id: str) -> ApiKey:
        """Return a key, revoked ones too. Raises UnknownKey."""

    async def rename(
        self, customer_id: str | None, key_id: str, name: str, change: Change
    ) -> ApiKey:
        """Give a key another name. Raises UnknownKey where it is none of theirs, or was revoked."""

    async def replace(
        self, old: ApiKey, new: ApiKey, key_sha256: str, until_us: int, change: Change
    ) -> None:
        """Store a key in the place of one that ends at `until_us`, if it does not end before.

        Raises UnknownKey where the old one was revoked.
        """

    async def revoke(self, customer_id: str | None, key_id: str, change: Change) -> None:
        """Make a key worthless. Raises UnknownKey where it is none of theirs, or was revoked."""

    async def of(self, customer_id: str | None) -> Sequence[ApiKey]:
        """Return a customer's keys, oldest first."""

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[ApiKey]:
        """Return keys, newest first, those after one of them."""
