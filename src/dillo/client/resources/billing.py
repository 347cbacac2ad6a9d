"""The balance and its movements."""

from dillo.client.calls import Call, M, Page, Resource, get, listing, operation, page_of
from dillo.client.models.numbers import Balance, Movement


class Billing(Resource[M]):
    """Money."""

    @operation
    def balance(self) -> Call[Balance]:
        """Return what the account has left."""
        return get("/api/v1/billing/balance", Balance)

    @listing
    def ledger(self) -> Call[Page[Movement]]:
        """Return the movements of the balance, newest first."""
        return page_of("/api/v1/billing/ledger", Movement)
