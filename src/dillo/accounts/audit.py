"""The audit log, as it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.ports import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which changes are wanted; None for all."""

    customer_id: str | None = None
    actor: str | None = None
    action: str | None = None
    """`key.issue`, or what several begin with: `key.`"""
    subject: str | None = None
    from_us: int | None = None
    until_us: int | None = None


class AuditReader(Protocol):
    """Reads the audit log."""

    async def page(
        self, wanted: AuditFilter, after_id: str | None, limit: int
    ) -> Sequence[AuditEntry]:
        """Return changes, newest first, those after one of them."""
