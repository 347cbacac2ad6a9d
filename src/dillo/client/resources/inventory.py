"""The operator's numbers."""

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    listing,
    operation,
    page_of,
    path,
    upload,
)
from dillo.client.models.inventory import Holding, Imported, StockedNumber

_ALL = "/api/v1/inventory"


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

    @listing
    def history(self, number: str) -> Call[Page[Holding]]:
        """Return who held a number, latest first."""
        return page_of(path(_ALL + "/{}/history", number), Holding)
