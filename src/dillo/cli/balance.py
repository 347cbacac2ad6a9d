"""`dillo balance`: what customers have left, what moved it, and when they want to know."""

from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts import alerts, customers
from dillo.accounts.ports import Change, LedgerEntry, Registry
from dillo.cli.amounts import read_amount
from dillo.cli.customer import Customer
from dillo.cli.options import Home, Json, console, print_json, show
from dillo.cli.records import with_registry, with_stores
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.settings import Settings
from dillo.store.alerts import SqlAlerts
from dillo.store.database import Database

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Balances and their ledgers.")

Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="In the account's currency: 12.50.")]


@app.command()
def add(amount: Amount, customer: Customer, home: Home = None, json: Json = False) -> None:
    """Add to a customer's balance (operator)."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, object]:
        await customers.top_up(registry, change, customer, read_amount(amount))
        return await _balance(registry, customer)

    show(with_registry(home, work), json)


@app.command()
def credit(amount: Amount, customer: Customer, home: Home = None, json: Json = False) -> None:
    """Let a prepaid balance fall so far below zero (operator)."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, object]:
        await customers.lend(registry, change, customer, read_amount(amount))
        return await _balance(registry, customer)

    show(with_registry(home, work), json)


@app.command("show")
def show_(
    customer: Customer,
    last: Annotated[int, typer.Option(min=0, help="How many movements to show.")] = 20,
    home: Home = None,
    json: Json = False,
) -> None:
    """Print a customer's balance and its last movements, newest first."""

    async def work(
        registry: Registry, _change: Change, _settings: Settings
    ) -> tuple[dict[str, object], list[LedgerEntry]]:
        entries = await registry.customers.ledger(customer)
        newest = list(reversed(entries))[:last]
        return await _balance(registry, customer), newest

    balance, entries = with_registry(home, work)
    rows = [_entry(each) for each in entries]
    if json:
        print_json({**balance, "Movements": rows})
        return
    show(balance, as_json=False)
    table = Table("CreatedOnUtc", "Kind", "Amount", "Balance", "Reference", box=None)
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


@app.command()
def alert(
    customer: Customer,
    below: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Tell of a balance below; none: no more.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="Gets a signed POST.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Gets a mail.")] = "",
    home: Home = None,
    json: Json = False,
) -> None:
    """Tell a customer when the balance falls below an amount."""
    wanted = None
    if below is not None:
        wanted = (below, url, email)

    async def work(registry: Registry, database: Database, change: Change) -> dict[str, object]:
        chosen = wanted and alerts.Alert(read_amount(wanted[0]), *wanted[1:])
        await alerts.set_alert(registry, SqlAlerts(database), change, customer, chosen or None)
        return {"CustomerCode": customer, "Below": below, "Url": url, "Email": email}

    show(with_stores(home, work), json)


async def _balance(registry: Registry, customer_id: str) -> dict[str, object]:
    now = await registry.customers.get(customer_id)
    return {
        "CustomerCode": now.id,
        "Balance": to_decimal(now.balance_micros),
        "Credit": to_decimal(now.credit_micros),
        "Currency": now.currency,
        "IsPrepaid": now.is_prepaid,
    }


def _entry(entry: LedgerEntry) -> dict[str, object]:
    return {
        "CreatedOnUtc": iso_ms(entry.at_us),
        "Kind": entry.kind,
        "Amount": to_decimal(entry.amount_micros),
        "Balance": to_decimal(entry.balance_micros),
        "Reference": entry.reference,
    }
