"""The balance and its movements."""

from decimal import Decimal

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    get,
    listing,
    operation,
    page_of,
    send,
)
from dillo.client.models.numbers import Alert, Balance, BookCheck, Movement

_BASE = "/api/v1/billing"


class Billing(Resource[M]):
    """Money."""

    @operation
    def balance(self) -> Call[Balance]:
        """Return what the account has left."""
        return get(_BASE + "/balance", Balance)

    @listing
    def ledger(self) -> Call[Page[Movement]]:
        """Return the movements of the balance, newest first."""
        return page_of(_BASE + "/ledger", Movement)

    @operation
    def top_up(self, amount: Decimal, *, idempotency_key: str | None = None) -> Call[Balance]:
        """Add to the balance (operator); sent twice it is added once."""
        body = {"amount": f"{amount:f}"}
        return send("POST", _BASE + "/top-ups", Balance, body, once=idempotency_key or True)

    @operation
    def lend(self, credit: Decimal) -> Call[Balance]:
        """Let the balance fall so far below zero (operator)."""
        return send("PUT", _BASE + "/credit", Balance, {"credit": f"{credit:f}"})

    @operation
    def alert(self) -> Call[Alert]:
        """Return who is told of a low balance."""
        return get(_BASE + "/alert", Alert)

    @operation
    def set_alert(
        self, below: Decimal, *, url: str | None = None, email: str | None = None
    ) -> Call[Alert]:
        """Tell somebody from now on, once each time, that the balance fell below an amount."""
        body = {"below": f"{below:f}", "url": url, "email": email}
        return send("PUT", _BASE + "/alert", Alert, body)

    @operation
    def remove_alert(self) -> Call[None]:
        """Tell nobody any more."""
        return send("DELETE", _BASE + "/alert", type(None))

    @listing
    def check(self) -> Call[Page[BookCheck]]:
        """Compare balances, ledger and charge lines, of one customer or of all (operator)."""
        return page_of(_BASE + "/check", BookCheck)
