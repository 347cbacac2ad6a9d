"""The books of accounts: a balance's movements page by page, and whether all books agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.ports import LedgerEntry

Place = tuple[int, str]
"""Moment and id of a movement: what a page goes on after."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A movement with its id."""

    id: str
    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the books say of one customer, in micros; each pair should be the same."""

    customer_id: str
    name: str
    currency: str
    balance_micros: int
    ledger_micros: int
    """The sum of all movements: the balance."""
    call_lines_micros: int
    calls_charged_micros: int
    """What the ledger took for calls: the sum of their charge lines."""
    number_lines_micros: int
    numbers_charged_micros: int
    """What the ledger took for numbers: the sum of their charges."""
    broken_at: str | None
    """The first movement whose balance is not the sum of all up to it."""

    @property
    def agrees(self) -> bool:
        """Whether all books say the same, to the last millionth."""
        return (
            self.balance_micros == self.ledger_micros
            and self.call_lines_micros == self.calls_charged_micros
            and self.number_lines_micros == self.numbers_charged_micros
            and self.broken_at is None
        )


class Books(Protocol):
    """What was charged and paid."""

    async def ledger(
        self, customer_id: str, after: Place | None, limit: int
    ) -> Sequence[LedgerRow]:
        """Return movements of a customer's balance, newest first."""

    async def reconcile(self, customer_id: str | None = None) -> Sequence[Reconciled]:
        """Compare the books of every customer, or of one, in one snapshot."""
