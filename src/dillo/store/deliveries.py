"""The outbox as customers see it: a list, one delivery in full, and sending one again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select, update

from dillo.accounts.ports import Change
from dillo.calls.callbacks import Attempt
from dillo.calls.deliveries import Delivery, DeliveryFilter, DeliveryStatus, UnknownDelivery
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import outbox, webhook_attempts

_DELIVERY = select(
    outbox.c.id,
    outbox.c.topic,
    func.nullif(outbox.c.call_id, ""),
    outbox.c.method,
    outbox.c.url,
    outbox.c.created_us,
    outbox.c.due_us,
    outbox.c.is_delivered,
)
_STATUSES: Mapping[DeliveryStatus, ColumnElement[bool]] = {
    DeliveryStatus.WAITING: outbox.c.due_us.is_not(None),
    DeliveryStatus.DELIVERED: outbox.c.is_delivered,
    DeliveryStatus.GIVEN_UP: ~outbox.c.is_delivered,
}
_ATTEMPT = select(
    webhook_attempts.c.at_us,
    webhook_attempts.c.duration_ms,
    webhook_attempts.c.status,
    webhook_attempts.c.error,
).order_by(webhook_attempts.c.at_us, webhook_attempts.c.id)


class SqlDeliveries:
    """Deliveries in the main database (calls.deliveries.Deliveries)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, customer_id: str, asked: DeliveryFilter, after_id: str | None, limit: int
    ) -> Sequence[Delivery]:
        """Return a customer's deliveries, newest first, those after one of them."""
        query = _DELIVERY.where(outbox.c.customer_id == customer_id)
        if asked.status is not None:
            query = query.where(_STATUSES[asked.status])
        if asked.call_id is not None:
            query = query.where(outbox.c.call_id == asked.call_id)
        if after_id is not None:
            query = query.where(outbox.c.id < after_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(outbox.c.id.desc()).limit(limit))
            return [Delivery(*row) for row in rows]

    async def get(self, customer_id: str, delivery_id: str) -> tuple[Delivery, Sequence[Attempt]]:
        """Return one with its attempts, oldest first. Raises UnknownDelivery."""
        is_it = (outbox.c.id == delivery_id, outbox.c.customer_id == customer_id)
        tried = _ATTEMPT.where(webhook_attempts.c.outbox_id == delivery_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(_DELIVERY.where(*is_it))).first()
            if row is None:
                raise _unknown(delivery_id)
            attempts = [Attempt(*each) for each in await connection.execute(tried)]
        return Delivery(*row), attempts

    async def redeliver(self, actor: str, customer_id: str, delivery_id: str) -> None:
        """Let one be sent now, whatever became of it before. Raises UnknownDelivery."""
        change = Change.by(actor)
        statement = (
            update(outbox)
            .where(outbox.c.id == delivery_id, outbox.c.customer_id == customer_id)
            .values(due_us=change.at_us, is_delivered=None)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount == 0:
                raise _unknown(delivery_id)
            action, after = "webhook-delivery.redeliver", {"due_us": change.at_us}
            await record_change(connection, change, action, delivery_id, customer_id, after=after)


def _unknown(delivery_id: str) -> UnknownDelivery:
    return UnknownDelivery(f"there is no delivery {delivery_id} of this customer")
