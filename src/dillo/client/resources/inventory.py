"""The operator's numbers."""

from msgspec import UNSET, UnsetType

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
    upload,
)
from dillo.client.models.inventory import Holding, Imported, OwnFees, StockedNumber

_ALL = "/api/v1/inventory"
_ONE = _ALL + "/{}"


class Inventory(Resource[M]):
    """All numbers of the platform."""

    @listing
    def list(self) -> Call[Page[StockedNumber]]:
        """Return all numbers, in order of number."""
        return page_of(_ALL, StockedNumber)

    @operation
    def load(self, sheet: bytes) -> Call[Imported]:
        """Load numbers from CSV, all or none."""
        return upload(_ALL, Imported, sheet, "text/csv")

    @operation
    def get(self, number: str) -> Call[StockedNumber]:
        """Return a number, whoever holds it."""
        return get(path(_ONE, number), StockedNumber)

    @operation
    def change(
        self,
        number: str,
        *,
        type: str | UnsetType = UNSET,
        area: str | UnsetType | None = UNSET,
        trunk: str | UnsetType | None = UNSET,
        fees: OwnFees | UnsetType | None = UNSET,
        if_match: str | None = None,
    ) -> Call[StockedNumber]:
        """Change what is known of a number; what is left out stays, None takes it away."""
        body = {"type": type, "area": area, "trunk": trunk, "fees": fees}
        return send("PATCH", path(_ONE, number), StockedNumber, body, if_match=if_match)

    @listing
    def history(self, number: str) -> Call[Page[Holding]]:
        """Return who held a number, latest first."""
        return page_of(path(_ONE + "/history", number), Holding)
