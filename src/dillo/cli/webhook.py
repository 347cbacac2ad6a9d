"""`dillo webhook`: what customers' systems were told, and how that went."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts.ports import Change, Registry
from dillo.cli.options import Home, Json, console, print_json
from dillo.cli.records import with_registry
from dillo.model.moments import iso_ms
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.outbox import SqlOutbox, Told

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Status callbacks of calls.")


@app.callback()
def _webhook() -> None:
    """Status callbacks of calls."""


@app.command("list")
def list_(
    call_id: Annotated[str, typer.Argument(metavar="CALL_ID", help="Id of a call.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """List the status callbacks of a call, with every attempt to deliver them."""

    async def work(_registry: Registry, _change: Change, settings: Settings) -> Sequence[Told]:
        database = Database.open(settings.database_url)
        try:
            return await SqlOutbox(database).of_call(call_id)
        finally:
            await database.close()

    told = with_registry(home, work)
    if json:
        print_json(list(map(_fields, told)))
    else:
        console.print(_table(told))


def _fields(told: Told) -> dict[str, object]:
    return {
        "EventId": told.id,
        "Event": told.topic,
        "Method": told.method,
        "Url": told.url,
        "Status": _status(told),
        "DueOnUtc": None if told.due_us is None else iso_ms(told.due_us),
        "Attempts": [
            {
                "AtUtc": iso_ms(attempt.at_us),
                "Milliseconds": attempt.duration_ms,
                "HttpStatus": attempt.status,
                "Error": attempt.error,
            }
            for attempt in told.attempts
        ],
    }


def _status(told: Told) -> str:
    if told.due_us is not None:
        return "Waiting"
    return "Delivered" if told.is_delivered else "GivenUp"


def _table(every: Sequence[Told]) -> Table:
    table = Table("Event", "Url", "Status", "Attempt (UTC)", "Answer", box=None, header_style="dim")
    for told in every:
        table.add_row(told.topic, f"{told.method} {told.url}", _status(told), "", "")
        for attempt in told.attempts:
            answer = attempt.error or f"HTTP status {attempt.status}"
            shown = f"{answer}, {attempt.duration_ms} ms"
            table.add_row("", "", "", iso_ms(attempt.at_us), shown)
    return table
