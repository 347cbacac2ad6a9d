"""Tariffs, for operators."""

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
    upload,
)
from dillo.client.models.prices import Rate, Tariff, TariffDetails

_ALL = "/api/v1/tariffs"
_ONE = _ALL + "/{}/{}"


class Tariffs(Resource[M]):
    """Tariffs."""

    @listing
    def list(self) -> Call[Page[Tariff]]:
        """Return every version of every tariff, latest in effect first."""
        return page_of(_ALL, Tariff)

    @operation
    def load(
        self,
        sheet: bytes,
        *,
        currency: str = "EUR",
        name: str = "standard",
        effective_at: str | None = None,
    ) -> Call[Tariff]:
        """Load a tariff or a rate deck from CSV as the next version, in effect at once or later."""
        query = {"currency": currency, "name": name, "effective_at": effective_at}
        return upload(_ALL, Tariff, sheet, "text/csv", query)

    @operation
    def get(self, name: str, version: int) -> Call[TariffDetails]:
        """Return a version of a tariff, without its decks."""
        return get(path(_ONE, name, version), TariffDetails)

    @listing
    def rates(
        self, name: str, version: int, *, service: str = "dial", prefix: str = ""
    ) -> Call[Page[Rate]]:
        """Return the entries of a deck, of calls (`call`) or dialled legs (`dial`), by prefix."""
        query = {"service": service, "prefix": prefix}
        return page_of(path(_ONE + "/rates", name, version), Rate, query=query)
