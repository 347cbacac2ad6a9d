"""Alerts: what customers want to know of their balance, owed in the transaction that moves it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.alerts import Alert
from dillo.accounts.ports import Change
from dillo.calls.callbacks import Callback
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.model.jobs import JobRequest
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.job_requests import ask
from dillo.store.outbox import owe
from dillo.store.tables import balance_alerts, customers

LOW = "balance.low"
SUBJECTS = {
    LOW: "Your balance at Dillo is low",
    "number.unpaid": "The month of a number at Dillo could not be paid",
    "number.released": "A number at Dillo was not paid and is released",
}

_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell a customer who has named an address for alerts."""

    customer_id: str
    event: str
    reference: str
    """What makes it, with the event, the only one of its kind."""
    state: Mapping[str, object]


class SqlAlerts:
    """Who wants to be told of what (accounts.alerts.AlertStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, customer_id: str) -> Alert | None:
        """Return a customer's alert, None where there is none."""
        async with self._database.reading() as connection:
            return (await _alerts(connection, [customer_id])).get(customer_id)

    async def put(self, customer_id: str, alert: Alert | None, change: Change) -> None:
        """Set a customer's alert, or take it away."""
        row = balance_alerts.c.customer_id == customer_id
        async with self._database.writing() as connection:
            known = (await _alerts(connection, [customer_id])).get(customer_id)
            await connection.execute(delete(balance_alerts).where(row))
            if alert is not None:
                values = {
                    "customer_id": customer_id,
                    "threshold_micros": alert.threshold_micros,
                    "url": alert.url,
                    "email": alert.email,
                }
                await connection.execute(insert(balance_alerts), values)
            subject = "none" if alert is None else str(to_decimal(alert.threshold_micros))
            await record_change(
                connection,
                change,
                "customer.alert",
                subject,
                customer_id,
                before=None if known is None else asdict(known),
                after=None if alert is None else asdict(alert),
            )


async def note_falls(
    connection: AsyncConnection,
    falls: Mapping[str, tuple[int, int]],
    references: Mapping[str, str],
) -> None:
    """Owe an alert to each customer whose balance fell below what they named.

    `falls` has the balances before and after, `references` the ledger entry that did it.
    """
    fallen = {each: falls[each] for each in falls if falls[each][1] < falls[each][0]}
    alerts = await _alerts(connection, list(fallen))
    low = [
        each
        for each, alert in alerts.items()
        if fallen[each][0] >= alert.threshold_micros > fallen[each][1]
    ]
    if not low:
        return
    query = select(customers.c.id, customers.c.currency).where(customers.c.id.in_(low))
    currencies = {row.id: row.currency for row in await connection.execute(query)}
    await tell(
        connection,
        [
            Notice(
                each,
                LOW,
                references[each],
                {
                    "Balance": to_decimal(fallen[each][1]),
                    "Threshold": to_decimal(alerts[each].threshold_micros),
                    "Currency": currencies[each],
                },
            )
            for each in low
        ],
    )


async def tell(connection: AsyncConnection, notices: Sequence[Notice]) -> None:
    """Owe notices to customers who named an address, in a transaction of the caller's."""
    alerts = await _alerts(connection, [each.customer_id for each in notices])
    told = [(each, alerts[each.customer_id]) for each in notices if each.customer_id in alerts]
    await owe(connection, [_callback(notice, alert) for notice, alert in told if alert.url])
    await ask(connection, [_mail(notice, alert) for notice, alert in told if alert.email])


def _mail(notice: Notice, alert: Alert) -> JobRequest:
    """Return the request of an e-mail; it is sealed by the process that has the key."""
    facts = "".join(f"{name}: {value}\n" for name, value in notice.state.items())
    return JobRequest(
        job="alert-mail",
        id=f"{notice.event}/{notice.reference}",
        arguments={
            "recipient": alert.email,
            "subject": SUBJECTS[notice.event],
            "text": f"{SUBJECTS[notice.event]}.\n\n{facts}Customer: {notice.customer_id}\n",
        },
    )


def _callback(notice: Notice, alert: Alert) -> Callback:
    event_id = new_id()
    state = {
        "EventId": event_id,
        "Event": notice.event,
        "Timestamp": iso_ms(now_us()),
        "CustomerCode": notice.customer_id,
        **notice.state,
    }
    return Callback(
        id=event_id,
        topic=notice.event,
        reference=notice.reference,
        call_id="",
        customer_id=notice.customer_id,
        url=alert.url,
        method="POST",
        payload=_encode(state).decode(),
    )


async def _alerts(connection: AsyncConnection, customer_ids: Sequence[str]) -> dict[str, Alert]:
    if not customer_ids:
        return {}
    columns = balance_alerts.c
    query = select(columns.customer_id, columns.threshold_micros, columns.url, columns.email)
    rows = await connection.execute(query.where(columns.customer_id.in_(customer_ids)))
    return {customer_id: Alert(*rest) for customer_id, *rest in rows}
