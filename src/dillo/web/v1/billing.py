"""`/api/v1/billing`: balance, ledger, credit and alerts of a customer."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts import alerts, customers
from dillo.accounts.alerts import Alert, AlertStore
from dillo.accounts.books import Books, LedgerRow, Reconciled
from dillo.accounts.ports import Customer, Registry
from dillo.web.v1.documents import (
    Document,
    Entry,
    Identifier,
    Moment,
    Money,
    Page,
    micros,
    moment,
    money,
)
from dillo.web.v1.gate import Operator, Owner, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.retries import Retries

_TAGS: list[Any] = ["Billing"]
_LIST = "ledger"


class Balance(Document):
    """What a customer has."""

    customer_id: Identifier
    balance: Money
    credit: Annotated[Money, Field(description="How far below zero the balance may fall")]
    currency: Annotated[str, Field(examples=["EUR"])]
    is_prepaid: Annotated[
        bool, Field(description="Whether calls and purchases stop when both are used up")
    ]


class Movement(Document):
    """A movement of a balance."""

    id: Identifier
    created_at: Moment
    kind: Annotated[
        str,
        Field(
            description="`opening`, `top-up`, `call`, `transcription`, `number-set-up` or "
            "`number-month`",
            examples=["call"],
        ),
    ]
    amount: Annotated[Money, Field(description="Negative where something was charged")]
    balance: Annotated[Money, Field(description="What was left")]
    reference: Annotated[str, Field(description="Such as the id of the call")]


class TopUp(Entry):
    """What is added to a balance."""

    amount: Money


class Credit(Entry):
    """How far below zero a balance may fall."""

    credit: Money


class BalanceAlert(Document):
    """Who is told when the balance falls below an amount; all is null where nobody is."""

    below: Money | None
    url: Annotated[str | None, Field(description="Gets a signed POST")]
    email: str | None


class NewBalanceAlert(Entry):
    """Who is to be told when the balance falls below an amount."""

    below: Money
    url: Annotated[str | None, Field(max_length=2000)] = None
    email: Annotated[str | None, Field(max_length=254)] = None


class BookCheck(Document):
    """What the books say of a customer; each pair should be the same."""

    customer_id: Identifier
    currency: str
    balance: Money
    ledger: Money
    call_lines: Money
    calls_charged: Money
    number_lines: Money
    numbers_charged: Money
    agrees: bool


def add_billing(router: APIRouter, registry: Registry, books: Books, notices: AlertStore) -> None:
    """Add the routes of balances."""

    @router.get("/billing/balance", tags=_TAGS)
    async def get_balance(asker: Viewer) -> Balance:
        """Show the customer's balance."""
        return _balance(await registry.customers.get(asker.customer_id))

    @router.get("/billing/ledger", tags=_TAGS)
    async def list_ledger(asker: Viewer, asked: Paging) -> Page[Movement]:
        """List what moved the balance, newest first."""
        after = asked.after(_LIST, 2)
        place = (_whole(after[0]), after[1]) if after else None
        rows = await books.ledger(asker.customer_id, place, asked.take)
        return asked.page(_LIST, rows, _movement, lambda row: (str(row.entry.at_us), row.id))

    @router.post("/billing/top-ups", tags=_TAGS, status_code=201)
    async def top_up(asker: Operator, entry: TopUp, retry: Retries) -> Balance:
        """Add to a customer's balance."""

        async def work() -> Balance:
            amount = micros(entry.amount)
            await customers.top_up(registry, asker.change(), asker.customer_id, amount)
            return _balance(await registry.customers.get(asker.customer_id))

        return await retry.answer(asker, 201, work)  # type: ignore[return-value]

    @router.put("/billing/credit", tags=_TAGS)
    async def set_credit(asker: Operator, entry: Credit) -> Balance:
        """Let a customer's balance fall so far below zero."""
        amount = micros(entry.credit)
        await customers.lend(registry, asker.change(), asker.customer_id, amount)
        return _balance(await registry.customers.get(asker.customer_id))

    @router.get("/billing/alert", tags=_TAGS)
    async def get_alert(asker: Viewer) -> BalanceAlert:
        """Show who is told of a low balance."""
        return _alert(await notices.get(asker.customer_id))

    @router.put("/billing/alert", tags=_TAGS)
    async def set_alert(asker: Owner, entry: NewBalanceAlert) -> BalanceAlert:
        """Tell somebody from now on, once each time, that the balance fell below an amount."""
        alert = Alert(micros(entry.below), entry.url or "", entry.email or "")
        await alerts.set_alert(registry, notices, asker.change(), asker.customer_id, alert)
        return _alert(alert)

    @router.delete("/billing/alert", tags=_TAGS, status_code=204)
    async def remove_alert(asker: Owner) -> Response:
        """Tell nobody any more."""
        await alerts.set_alert(registry, notices, asker.change(), asker.customer_id, None)
        return Response(status_code=204)

    @router.get("/billing/check", tags=_TAGS)
    async def check_books(asker: Operator) -> Page[BookCheck]:
        """Compare balances, ledger and charge lines, of one customer or of all."""
        found = await books.reconcile(asker.customer)
        return Page(items=[_check(each) for each in found], next_cursor=None)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _balance(customer: Customer) -> Balance:
    return Balance(
        customer_id=customer.id,
        balance=money(customer.balance_micros),
        credit=money(customer.credit_micros),
        currency=customer.currency,
        is_prepaid=customer.is_prepaid,
    )


def _movement(row: LedgerRow) -> Movement:
    entry = row.entry
    return Movement(
        id=row.id,
        created_at=moment(entry.at_us),
        kind=entry.kind,
        amount=money(entry.amount_micros),
        balance=money(entry.balance_micros),
        reference=entry.reference,
    )


def _alert(alert: Alert | None) -> BalanceAlert:
    if alert is None:
        return BalanceAlert(below=None, url=None, email=None)
    return BalanceAlert(
        below=money(alert.threshold_micros), url=alert.url or None, email=alert.email or None
    )


def _check(each: Reconciled) -> BookCheck:
    return BookCheck(
        customer_id=each.customer_id,
        currency=each.currency,
        balance=money(each.balance_micros),
        ledger=money(each.ledger_micros),
        call_lines=money(each.call_lines_micros),
        calls_charged=money(each.calls_charged_micros),
        number_lines=money(each.number_lines_micros),
        numbers_charged=money(each.numbers_charged_micros),
        agrees=each.agrees,
    )
