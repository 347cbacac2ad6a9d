"""`dillo ledger check`: whether balances, ledger and charge lines say the same."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts.books import Reconciled
from dillo.accounts.ports import Change, Registry
from dillo.cli.options import Home, Json, console, print_json
from dillo.cli.records import with_stores
from dillo.model.money import to_decimal
from dillo.store.accounting import SqlAccounting
from dillo.store.database import Database

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The books of all accounts.")


@app.callback()
def _ledger() -> None:
    """The books of all accounts."""


@app.command()
def check(
    customer: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this customer [default: all].")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Compare balances, ledger and charge lines to the last millionth; status 2 if they differ."""

    async def work(
        _registry: Registry, database: Database, _change: Change
    ) -> Sequence[Reconciled]:
        return await SqlAccounting(database).reconcile(customer)

    found = with_stores(home, work)
    rows = [_fields(each) for each in found]
    if json:
        print_json(rows)
    else:
        table = Table("Customer", "Currency", "Balance", "Ledger", "Calls", "Numbers", "", box=None)
        for each in found:
            table.add_row(
                each.name,
                each.currency,
                *(str(to_decimal(amount)) for amount in (each.balance_micros, each.ledger_micros)),
                f"{to_decimal(each.calls_charged_micros)}/{to_decimal(each.call_lines_micros)}",
                f"{to_decimal(each.numbers_charged_micros)}/{to_decimal(each.number_lines_micros)}",
                "agrees" if each.agrees else "[red]differs[/red]",
            )
        console.print(table)
    if not all(each.agrees for each in found):
        raise typer.Exit(2)


def _fields(each: Reconciled) -> dict[str, object]:
    return {
        "CustomerCode": each.customer_id,
        "Currency": each.currency,
        "Balance": to_decimal(each.balance_micros),
        "Ledger": to_decimal(each.ledger_micros),
        "CallLines": to_decimal(each.call_lines_micros),
        "CallsCharged": to_decimal(each.calls_charged_micros),
        "NumberLines": to_decimal(each.number_lines_micros),
        "NumbersCharged": to_decimal(each.numbers_charged_micros),
        "BrokenAt": each.broken_at,
        "Agrees": each.agrees,
    }
