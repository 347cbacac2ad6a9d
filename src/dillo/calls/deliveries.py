"""What a customer's systems were told, as the customer sees it."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.calls.callbacks import Attempt
from dillo.model.errors import PeerError


class UnknownDelivery(PeerError):
    """The customer has no such delivery, or it was forgotten."""


class DeliveryStatus(enum.StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that is, or was, to be told to one address."""

    id: str
    """The EventId of what is told."""
    topic: str
    call_id: str | None
    """None where it tells of no call."""
    method: str
    url: str
    created_us: int
    due_us: int | None
    """When it is tried next; None where it never will be."""
    is_delivered: bool | None

    @property
    def status(self) -> DeliveryStatus:
        """What became of it."""
        if self.due_us is not None:
            return DeliveryStatus.WAITING
        return DeliveryStatus.DELIVERED if self.is_delivered else DeliveryStatus.GIVEN_UP


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries; what is None does not matter."""

    status: DeliveryStatus | None = None
    call_id: str | None = None


class Deliveries(Protocol):
    """Deliveries of the last weeks. Every method raises Unavailable."""

    async def page(
        self, customer_id: str, asked: DeliveryFilter, after_id: str | None, limit: int
    ) -> Sequence[Delivery]:
        """Return a customer's deliveries, newest first, those after one of them."""

    async def get(self, customer_id: str, delivery_id: str) -> tuple[Delivery, Sequence[Attempt]]:
        """Return one with its attempts, oldest first. Raises UnknownDelivery."""

    async def redeliver(self, actor: str, customer_id: str, delivery_id: str) -> None:
        """Let one be sent now, whatever became of it before. Raises UnknownDelivery."""
