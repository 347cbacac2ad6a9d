"""The ledger: every movement of a customer's balance, each written once with what it left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.store.alerts import note_falls
from dillo.store.bulk import insert_rows
from dillo.store.tables import customers, ledger_entries


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount that comes in (positive) or goes out (negative); kind and reference make it one."""

    customer_id: str
    kind: str
    """`opening`, `call`, `number-set-up` or `number-month`."""
    reference: str
    amount_micros: int


_SET_BALANCE = (
    update(customers)
    .where(customers.c.id == bindparam("customer"))
    .values(balance_micros=bindparam("balance"))
)


async def post(connection: AsyncConnection, movements: Sequence[Movement]) -> None:
    """Write movements and the balances they leave, inside the caller's writing transaction.

    Each is stamped a microsecond after the one before it, once the balances are locked, so that a
    ledger read by time shows the balances one after the other.
    """
    moving = [movement for movement in movements if movement.amount_micros]
    if not moving:
        return
    balances = await _lock_balances(connection, {movement.customer_id for movement in moving})
    before = dict(balances)
    rows: list[dict[str, Any]] = []
    for at_us, movement in enumerate(moving, start=now_us()):
        balances[movement.customer_id] += movement.amount_micros
        row = {
            "id": new_id(),
            "customer_id": movement.customer_id,
            "at_us": at_us,
            "kind": movement.kind,
            "reference": movement.reference,
            "amount_micros": movement.amount_micros,
            "balance_micros": balances[movement.customer_id],
        }
        rows.append(row)
    await insert_rows(connection, ledger_entries, rows)
    await connection.execute(
        _SET_BALANCE,
        [{"customer": customer, "balance": balance} for customer, balance in balances.items()],
    )
    falls = {each: (before[each], balances[each]) for each in balances}
    await note_falls(connection, falls, {row["customer_id"]: row["id"] for row in rows})


async def _lock_balances(connection: AsyncConnection, customer_ids: set[str]) -> dict[str, int]:
    # Sorted, so that two transactions lock the same rows in the same order where rows have locks.
    query = (
        select(customers.c.id, customers.c.balance_micros)
        .where(customers.c.id.in_(customer_ids))
        .order_by(customers.c.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.balance_micros for row in await connection.execute(query)}
