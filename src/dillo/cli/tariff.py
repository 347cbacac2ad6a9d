"""`dillo tariff`: price lists, loaded from CSV."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts import tariffs
from dillo.accounts.errors import InvalidEntry
from dillo.accounts.numbers import DAY_US
from dillo.accounts.ports import Change, Registry, TariffVersion
from dillo.cli.options import Home, Json, console, print_json, show
from dillo.cli.records import with_registry, with_stores
from dillo.cli.sheets import SheetFile, read_sheet
from dillo.model.moments import from_datetime, iso_ms
from dillo.rating import Tariff
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.prices import Gap, gaps

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Tariffs and rate decks.")


@app.command()
def load(
    file: SheetFile,
    effective: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="When it takes effect, UTC: 2026-12-01 or 2026-12-01T06:00 [default: now].",
        ),
    ] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its prices.")] = "EUR",
    name: Annotated[str, typer.Option(help="Name of the tariff.")] = tariffs.NAME,
    home: Home = None,
    json: Json = False,
) -> None:
    """Load a tariff or a rate deck as the next version (operator).

    A row that is wrong is named with line and column, and then nothing is loaded.
    """

    async def work(registry: Registry, change: Change, _settings: Settings) -> TariffVersion:
        at_us = change.at_us if effective is None else _moment_us(effective)
        with read_sheet(file) as text:
            tariff = await tariffs.load(
                registry, change, text, effective_us=at_us, currency=currency, name=name
            )
        return _version(tariff, at_us)

    show(_fields(with_registry(home, work)), json)


@app.command("list")
def list_(home: Home = None, json: Json = False) -> None:
    """Print every version of every tariff, latest in effect first."""

    async def work(registry: Registry, _change: Change, _settings: Settings) -> list[TariffVersion]:
        return list(await registry.tariffs.all())

    rows = [_fields(version) for version in with_registry(home, work)]
    if json:
        print_json(rows)
        return
    table = Table("Tariff", "Version", "Currency", "EffectiveOnUtc", "Prefixes", box=None)
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


@app.command("gaps")
def list_gaps(
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 30,
    home: Home = None,
    json: Json = False,
) -> None:
    """Print what was charged at a default rate, because the tariff had none of its own."""

    async def work(_registry: Registry, database: Database, change: Change) -> Sequence[Gap]:
        return await gaps(database, change.at_us - days * DAY_US)

    rows = [
        {
            "Tariff": each.tariff,
            "Kind": each.kind,
            "Of": each.what,
            "Lines": each.lines,
            "LastOnUtc": iso_ms(each.last_us),
        }
        for each in with_stores(home, work)
    ]
    if json:
        print_json(rows)
        return
    table = Table("Tariff", "Kind", "Of", "Lines", "LastOnUtc", box=None)
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


def _version(tariff: Tariff, effective_us: int) -> TariffVersion:
    prefixes = len(tariff.calls) + len(tariff.dials)
    return TariffVersion(tariff.name, tariff.version, tariff.currency, effective_us, prefixes)


def _fields(version: TariffVersion) -> dict[str, object]:
    return {
        "Tariff": version.name,
        "Version": version.version,
        "Currency": version.currency,
        "EffectiveOnUtc": iso_ms(version.effective_us),
        "Prefixes": version.prefixes,
    }


def _moment_us(text: str) -> int:
    """Read a moment; raises InvalidEntry."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidEntry(f"--effective {text!r} is no moment such as 2026-12-01") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return from_datetime(moment)
