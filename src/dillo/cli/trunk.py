"""`dillo trunk`: the carriers that dialled calls leave through."""

from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts import trunks
from dillo.accounts.ports import Change, Registry, Trunk
from dillo.cli.options import Home, Json, console, print_json, show
from dillo.cli.records import opened_vault, with_registry
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Trunks to carriers.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the trunk is called.")]

Password = Annotated[
    str | None, typer.Option(help="Digest password; stored encrypted. - asks for it.")
]


@app.command()
def add(
    name: Name,
    host: Annotated[
        list[str], typer.Option(metavar="HOST[:PORT]", help="Again for others to fail over to.")
    ],
    user: Annotated[str | None, typer.Option(help="Digest user name.")] = None,
    password: Password = None,
    prefix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PREFIX",
            help="Numbers that go this way: +44; again for more [default: all others]",
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Let dialled calls leave through a carrier, over UDP (operator)."""
    secret = _asked(password)

    async def work(registry: Registry, change: Change, settings: Settings) -> Trunk:
        return await trunks.add(
            registry,
            change,
            name,
            host,
            username=user,
            sealed_password=_sealed(settings, secret),
            prefixes=prefix or (),
        )

    show(_fields(with_registry(home, work)), json)


@app.command()
def change(
    name: Name,
    new_name: Annotated[
        str | None, typer.Option(help="What it is to be called; numbers that name it follow.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(metavar="HOST[:PORT]", help="In place of those there are.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Digest user name; '' for neither name nor password.")
    ] = None,
    password: Password = None,
    prefix: Annotated[
        list[str] | None, typer.Option(metavar="PREFIX", help="In place of those there are.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Name a trunk anew, or reach its carrier differently, from the next call on (operator)."""
    secret = _asked(password)

    async def work(registry: Registry, by: Change, settings: Settings) -> Trunk:
        return await trunks.change(
            registry,
            by,
            await registry.trunks.get(name),
            name=new_name,
            hosts=host,
            username=user,
            sealed_password=_sealed(settings, secret),
            prefixes=prefix,
        )

    show(_fields(with_registry(home, work)), json)


@app.command("list")
def list_(home: Home = None, json: Json = False) -> None:
    """Print the trunks."""

    async def work(registry: Registry, _change: Change, _settings: Settings) -> list[Trunk]:
        return list(await registry.trunks.all())

    rows = [_fields(trunk) for trunk in with_registry(home, work)]
    if json:
        print_json(rows)
        return
    table = Table("Name", "Hosts", "Prefixes", "User", box=None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


@app.command()
def remove(name: Name, home: Home = None) -> None:
    """Let no further call leave through a trunk (operator); refused while numbers name it."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> None:
        await trunks.remove(registry, change, name)

    with_registry(home, work)


def _asked(password: str | None) -> str | None:
    return typer.prompt("Password", hide_input=True) if password == "-" else password  # noqa: S105


def _sealed(settings: Settings, password: str | None) -> str | None:
    return None if password is None else opened_vault(settings).seal(password)


def _fields(trunk: Trunk) -> dict[str, object]:
    return {
        "Name": trunk.name,
        "Hosts": " ".join(trunk.hosts),
        "Prefixes": " ".join(
            f"+{prefix}" if prefix else trunks.ANY_NUMBER for prefix in trunk.prefixes
        ),
        "User": trunk.username,
    }
