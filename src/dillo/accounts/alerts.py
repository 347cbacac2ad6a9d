"""Alerts of a low balance: below what, and who is told."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from dillo.accounts.errors import InvalidEntry
from dillo.accounts.ports import Change, Registry


@dataclass(frozen=True, slots=True)
class Alert:
    """Whom to tell that a balance fell below a threshold; told once for each fall."""

    threshold_micros: int
    url: str = ""
    """Gets a signed POST; empty for none."""
    email: str = ""
    """Empty for none."""


class AlertStore(Protocol):
    """Who wants to be told of what."""

    async def get(self, customer_id: str) -> Alert | None:
        """Return a customer's alert, None where there is none."""

    async def put(self, customer_id: str, alert: Alert | None, change: Change) -> None:
        """Set a customer's alert, or take it away."""


async def set_alert(
    registry: Registry, alerts: AlertStore, change: Change, customer_id: str, alert: Alert | None
) -> None:
    """Tell a customer from now on when the balance falls below a threshold; None for no more.

    Raises UnknownCustomer, InvalidEntry for no address.
    """
    await registry.customers.get(customer_id)
    if alert is not None:
        _check(alert)
    await alerts.put(customer_id, alert, change)


def _check(alert: Alert) -> None:
    parts = urlsplit(alert.url)
    if alert.url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise InvalidEntry(f"{alert.url!r} is no http or https address")
    if alert.email and ("@" not in alert.email[1:-1] or len(alert.email) > 254):
        raise InvalidEntry(f"{alert.email!r} is no e-mail address")
    if not alert.url and not alert.email:
        raise InvalidEntry("an alert needs an address: a URL or an e-mail address")
