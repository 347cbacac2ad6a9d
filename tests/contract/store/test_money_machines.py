"""Ledger and inventory as state machines: whatever is done, in any order, the books agree."""

import asyncio
import shutil
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dillo.accounts import Change, customers, inventory, numbers
from dillo.accounts.errors import (
    InsufficientBalance,
    NumberNotHeld,
    NumberQuarantined,
    NumberTaken,
)
from dillo.accounts.ports import Fees
from dillo.accounts.renewals import Terms, renew_due
from dillo.calls.explanation import explain_price
from dillo.calls.settlement import price
from dillo.model.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegStatus,
)
from dillo.model.ids import new_id
from dillo.rating import default_tariff, rate_number
from dillo.store.accounting import SqlAccounting
from dillo.store.database import Database
from dillo.store.inventory import SqlInventory
from dillo.store.prices import SqlPrices
from dillo.store.registry import sql_registry
from dillo.store.renewals import SqlRenewals
from dillo.store.settlement import SqlBooks

T = TypeVar("T")
DAY_US = 86_400_000_000
S = 1_000_000
NUMBERS = tuple(f"+4420794600{last:02}" for last in range(6))
amounts = st.integers(1, 20_000_000)
who = st.integers(0, 3)
which = st.sampled_from(NUMBERS)


@dataclass
class Account:
    """What the machine knows of a customer."""

    id: str
    is_prepaid: bool
    balance: int
    credit: int = 0

    @property
    def spendable(self) -> int:
        return self.balance + self.credit


@dataclass
class Line:
    """What the machine knows of a number."""

    holder: Account | None = None
    free_from_us: int = 0
    history: list[str] = field(default_factory=list)


class Books(RuleBasedStateMachine):
    """Customers who buy, call, pay and let go, against a model of a few lines."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(mkdtemp())
        shutil.copy(self.template, self.folder / "dillo.db")
        self.database = Database.open(f"sqlite:///{self.folder}/dillo.db")
        self.registry = sql_registry(self.database)
        self.books, self.prices = SqlBooks(self.database), SqlPrices(self.database)
        self.inventory = SqlInventory(self.database)
        self.at_us = 1_800_000_000 * S
        self.accounts: list[Account] = []
        self.lines: dict[str, Line] = {}

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.do(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    @property
    def change(self) -> Change:
        return Change("machine", self.at_us)

    @initialize(openings=st.tuples(amounts, amounts))
    def open_accounts(self, openings: tuple[int, int]) -> None:
        for opening in (*openings, None, None):
            customer = self.do(
                customers.create(self.registry, self.change, "Acme", opening_micros=opening)
            )
            self.accounts.append(Account(customer.id, opening is not None, opening or 0))
        sheet = "number\n" + "\n".join(NUMBERS)
        self.do(inventory.load(self.inventory, self.change, sheet))
        self.lines = {e164: Line() for e164 in NUMBERS}

    @rule(days=st.integers(0, 45))
    def wait(self, days: int) -> None:
        self.at_us += days * DAY_US + 1

    @rule(index=who, amount=amounts)
    def top_up(self, index: int, amount: int) -> None:
        account = self.accounts[index]
        self.do(customers.top_up(self.registry, self.change, account.id, amount))
        account.balance += amount

    @rule(index=st.integers(0, 1), amount=st.integers(0, 5_000_000))
    def lend(self, index: int, amount: int) -> None:
        account = self.accounts[index]
        self.do(customers.lend(self.registry, self.change, account.id, amount))
        account.credit = amount

    @rule(index=who, e164=which)
    def buy(self, index: int, e164: str) -> None:
        account, line = self.accounts[index], self.lines[e164]
        fee = Fees(*rate_number(default_tariff(), "local")).total_micros
        expected: type[Exception] | None = None
        if line.holder is not None:
            expected = NumberTaken
        elif line.free_from_us > self.at_us:
            expected = NumberQuarantined
        elif account.is_prepaid and account.spendable < fee:
            expected = InsufficientBalance
        buying = numbers.buy(self.registry, self.change, e164, account.id)
        if expected is not None:
            with pytest.raises(expected):
                self.do(buying)
            return
        self.do(buying)
        line.holder = account
        line.history.append(account.id)
        account.balance -= fee

    @rule(index=who, e164=which)
    def release(self, index: int, e164: str) -> None:
        account, line = self.accounts[index], self.lines[e164]
        releasing = numbers.release(self.registry, self.change, e164, customer_id=account.id)
        if line.holder is not account:
            with pytest.raises(NumberNotHeld):
                self.do(releasing)
            return
        self.do(releasing)
        line.holder, line.free_from_us = None, self.at_us + 30 * DAY_US

    @rule(e164=which, length_ms=st.integers(0, 400_000), leg_ms=st.none() | st.integers(0, 300_000))
    def call(self, e164: str, length_ms: int, leg_ms: int | None) -> None:
        line = self.lines[e164]
        if line.holder is None:
            return
        number = self.do(self.registry.numbers.get(e164))
        events: list[CallEvent] = [
            CallReceived(
                self.at_us, new_id(), "a", line.holder.id, number.id, e164, "local", "+39370", "EUR"
            ),
            CallAnswered(self.at_us),
        ]
        if leg_ms is not None:
            leg, ended = new_id(), self.at_us + min(leg_ms, length_ms) * 1000
            events.append(LegDialed(self.at_us, leg, "0", "+447700900123", "+39370"))
            events.append(LegAnswered(self.at_us, leg))
            events.append(LegEnded(ended, leg, LegStatus.ANSWERED, 200))
        events.append(CallEnded(self.at_us + length_ms * 1000, EndReason.CALLER_HUNG_UP))
        settled = self.do(price(self.books, events, msgspec.json.encode(events).decode()))
        for expected in (1, 0):  # settled again after a crash: nothing is charged twice
            assert self.do(self.books.settle([settled])) == expected
        line.holder.balance -= settled.price_micros
        explained = self.do(explain_price(self.prices, settled.record.call_id))
        assert explained.differences == ()

    @rule(again=st.booleans())
    def renew(self, again: bool) -> None:
        store = SqlRenewals(self.database)
        for _ in range(2 if again else 1):
            self.do(renew_due(self.registry, store, self.change, Terms()))
        # What was charged is the job's business; here it must only add up.
        for account in self.accounts:
            now = self.do(self.registry.customers.get(account.id))
            assert now.balance_micros <= account.balance
            if account.is_prepaid and now.balance_micros < account.balance:
                assert now.spendable_micros >= 0
            account.balance = now.balance_micros
        for e164, line in self.lines.items():
            number = self.do(self.registry.numbers.get(e164))
            if number.customer_id is None and line.holder is not None:
                assert line.holder.is_prepaid
                line.holder, line.free_from_us = None, number.free_from_us

    @invariant()
    @precondition(lambda self: self.accounts)
    def the_books_agree(self) -> None:
        by_id = {
            each.customer_id: each for each in self.do(SqlAccounting(self.database).reconcile())
        }
        for account in self.accounts:
            assert by_id[account.id].agrees, by_id[account.id]
            assert by_id[account.id].balance_micros == account.balance

    @invariant()
    @precondition(lambda self: self.lines)
    def every_number_has_the_holder_it_should(self) -> None:
        for e164, line in self.lines.items():
            number = self.do(self.registry.numbers.get(e164))
            assert number.customer_id == (line.holder and line.holder.id)
            held = self.do(self.inventory.holders(e164))
            assert [each.customer_id for each in reversed(held)] == line.history
            open_ones = [each for each in held if each.until_us is None]
            assert len(open_ones) == (0 if line.holder is None else 1)


def test_whatever_is_done_the_books_agree(migrated: Path) -> None:
    machine: Any = type("Machine", (Books,), {"template": migrated})
    machine.TestCase.settings = settings(
        max_examples=8,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase("runTest").runTest()
