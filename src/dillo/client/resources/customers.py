"""Accounts: one's own, and for operators those of all customers; what was changed in them."""

from decimal import Decimal
from typing import Unpack

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.people import Change, Customer, GivenLimits

_OWN = "/api/v1/customer"
_ALL = "/api/v1/customers"
_ONE = _ALL + "/{}"


class Customers(Resource[M]):
    """Accounts; what is not said of one's own is for operators."""

    @operation
    def own(self) -> Call[Customer]:
        """Return the account that the key is of, or acts for."""
        return get(_OWN, Customer)

    @operation
    def rename(self, name: str, *, if_match: str | None = None) -> Call[Customer]:
        """Give one's own account another name."""
        return send("PATCH", _OWN, Customer, {"name": name}, if_match=if_match)

    @listing
    def list(self) -> Call[Page[Customer]]:
        """Return all accounts, newest first."""
        return page_of(_ALL, Customer)

    @operation
    def get(self, customer_id: str) -> Call[Customer]:
        """Return an account by its CustomerCode."""
        return get(path(_ONE, customer_id), Customer)

    @operation
    def open(
        self,
        name: str,
        *,
        currency: str = "EUR",
        opening_balance: Decimal | None = None,
        owner_email: str | None = None,
    ) -> Call[Customer]:
        """Open an account: prepaid with an opening balance, billed later without one."""
        body = {
            "name": name,
            "currency": currency,
            "opening_balance": None if opening_balance is None else f"{opening_balance:f}",
            "owner_email": owner_email,
        }
        return send("POST", _ALL, Customer, body, once=True)

    @operation
    def limit(self, customer_id: str, **limits: Unpack[GivenLimits]) -> Call[Customer]:
        """Bound what an account uses; what is not given stays."""
        return send("PATCH", path(_ONE, customer_id), Customer, {"limits": limits})

    @operation
    def suspend(self, customer_id: str) -> Call[Customer]:
        """Refuse an account's calls from the next one on."""
        return send("POST", path(_ONE + "/suspend", customer_id), Customer)

    @operation
    def resume(self, customer_id: str) -> Call[Customer]:
        """Take a suspended account's calls again."""
        return send("POST", path(_ONE + "/resume", customer_id), Customer)

    @operation
    def close(self, customer_id: str) -> Call[Customer]:
        """Close an account for good; says which numbers it still holds."""
        return send("POST", path(_ONE + "/close", customer_id), Customer)

    @listing
    def changes(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Call[Page[Change]]:
        """Return what was changed, newest first; of an account, or for operators of all."""
        query = {
            "actor": actor,
            "action": action,
            "subject": subject,
            "since": since,
            "until": until,
        }
        return page_of("/api/v1/audit-log", Change, query=query)
