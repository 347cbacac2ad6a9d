"""Webhooks: what they are signed with, and how deliveries went."""

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
from dillo.client.models.webhooks import Address, Delivery, DeliveryDetails, Secret

_SIGNING = "/api/v1/webhook-secret"
_ALL = "/api/v1/webhook-deliveries"
_ONE = _ALL + "/{}"


class Webhooks(Resource[M]):
    """Webhooks."""

    @operation
    def secret(self) -> Call[Secret]:
        """Return what webhooks are signed with."""
        return get(_SIGNING, Secret)

    @operation
    def rotate_secret(self) -> Call[Secret]:
        """Sign with another secret from now on."""
        return send("POST", _SIGNING + "/rotate", Secret)

    @listing
    def addresses(self) -> Call[Page[Address]]:
        """Return the addresses in the versions in force, by application."""
        return page_of("/api/v1/webhook-addresses", Address)

    @listing
    def deliveries(
        self, *, status: str | None = None, call_id: str | None = None
    ) -> Call[Page[Delivery]]:
        """Return what was told in the last 30 days, newest first."""
        return page_of(_ALL, Delivery, query={"status": status, "call_id": call_id})

    @operation
    def delivery(self, delivery_id: str) -> Call[DeliveryDetails]:
        """Return a delivery with every attempt."""
        return get(path(_ONE, delivery_id), DeliveryDetails)

    @operation
    def redeliver(self, delivery_id: str) -> Call[DeliveryDetails]:
        """Send it now, with the same `EventId`, whatever became of it before."""
        return send("POST", path(_ONE + "/redeliver", delivery_id), DeliveryDetails)
