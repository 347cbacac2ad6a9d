"""`dillo db`: the main database, brought to the newest schema or copied to PostgreSQL."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dillo.cli.options import Home, Json, console, errors, load_settings, plain_errors, print_json
from dillo.model.money import to_decimal
from dillo.store.address import postgresql_dsn, shown, sqlite_path
from dillo.store.migrations import Migrated
from dillo.store.migrations import migrate as migrate_database

if TYPE_CHECKING:
    from dillo.store.copying import CopiedTable

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The main database.",
)


@app.command()
def migrate(home: Home = None, json: Json = False) -> None:
    """Bring the database to the newest schema while the platform, old or new, goes on."""
    with plain_errors():
        settings = load_settings(home)
        settings.home.mkdir(parents=True, exist_ok=True)
        done = migrate_database(settings.database_url)
    url = shown(settings.database_url)
    if json:
        print_json({"database": url, "before": done.before, "after": done.after})
    else:
        console.print(f"{url}: {_told(done)}")


def _told(done: Migrated) -> str:
    if not done.did_something:
        return f"nothing to do, the schema is {done.after}"
    return f"migrated from {done.before or 'nothing'} to {done.after}"


@app.command()
def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="sqlite:///PATH")],
    target: Annotated[
        str, typer.Option("--to", metavar="URL", help="postgresql://…, a database of its own")
    ],
    json: Json = False,
) -> None:
    """Copy all records from SQLite to an empty PostgreSQL database and check every count and cent.

    Stop the platform first. It is one transaction: where it breaks off the target stays empty.
    """
    with plain_errors():
        copied = _copy(source, target, is_quiet=json)
    if json:
        print_json(
            {
                "tables": [
                    {
                        "name": each.name,
                        "rows": each.rows,
                        "sums": {
                            name.removesuffix("_micros"): to_decimal(amount)
                            for name, amount in each.sums_micros.items()
                        },
                    }
                    for each in copied
                ],
                "rows": sum(each.rows for each in copied),
            }
        )
        return
    console.print(_table(copied))
    rows = sum(each.rows for each in copied)
    console.print(f"{rows} rows copied; every count and every sum of money is the same")


def _copy(source: str, target: str, *, is_quiet: bool) -> "Sequence[CopiedTable]":
    path, dsn = sqlite_path(source), postgresql_dsn(target)
    from dillo.store.copying import copy as copy_database

    migrate_database(target)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=is_quiet) as progress:
        tasks = {}

        def show(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = progress.add_task(table, total=total)
            progress.update(tasks[table], completed=done)

        return asyncio.run(copy_database(path, dsn, show))


def _table(copied: "Sequence[CopiedTable]") -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    table.add_column("Money")
    for each in copied:
        sums = (
            f"{name.removesuffix('_micros')} {to_decimal(amount)}"
            for name, amount in each.sums_micros.items()
        )
        table.add_row(each.name, str(each.rows), "  ".join(sums))
    return table
