"""Options that every command takes, and how it prints: for people, or one JSON document."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dillo.model.errors import DilloError, PeerError
from dillo.settings import Settings

Home = Annotated[
    Path | None,
    typer.Option(help="Folder of the platform's data [default: $DILLO_HOME or ~/.dillo]"),
]
File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.json", help="Channel behavior.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
_VERY_WIDE = 10_000


def load_settings(home: Path | None, **overrides: Any) -> Settings:
    """Return the settings of the environment, with what was given on the command line."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given) if home is None else Settings(home=home, **given)
    except ValidationError as error:
        raise InvalidSetting("; ".join(map(_describe, error.errors()))) from error


class InvalidSetting(PeerError):
    """A setting has a value that it cannot have."""


def _describe(problem: ErrorDetails) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    return f"DILLO_{name.upper()} or --{name.replace('_', '-')}: {problem['msg']}"


def command(function: Callable[..., None]) -> typer.Typer:
    """Return the application of a module that is one command."""
    single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command()(function)
    return single


def print_json(value: object) -> None:
    """Print one JSON document, indented, with money as exact decimal numbers."""
    print_raw_json(msgspec.json.Encoder(decimal_format="number").encode(value).decode())


def print_raw_json(text: str) -> None:
    """Print a JSON document that is text already, indented; its numbers keep their digits."""
    sys.stdout.write(msgspec.json.format(text, indent=2) + "\n")
    sys.stdout.flush()


def show(fields: Mapping[str, object], as_json: bool) -> None:
    """Print the fields of one object: as JSON, or one a line."""
    if as_json:
        print_json(fields)
    else:
        console.print(_grid(fields))


def show_rows(rows: Sequence[Mapping[str, object]], as_json: bool) -> None:
    """Print objects of one kind: as a JSON array, one a line, or below each other."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("none", style="dim")
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(_text, row.values()))
    wide = console.options.update(width=_VERY_WIDE)
    if console.measure(table, options=wide).maximum <= console.width:
        console.print(table)
        return
    for row in rows:
        console.print(_grid(row))
        console.print()


def _grid(fields: Mapping[str, object]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")  # links and keys are copied: nothing of them may be missing
    for name, value in fields.items():
        table.add_row(f"[dim]{name}[/dim]", _text(value))
    return table


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors that a person can mend into one line on standard error and exit status 1."""
    try:
        yield
    except DilloError as error:
        errors.print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from error
