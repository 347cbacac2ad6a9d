"""`dillo key`: API keys of customers, and of operators."""

from typing import Annotated

import typer

from dillo.accounts import keys
from dillo.accounts.ports import ApiKey, Change, Registry
from dillo.accounts.roles import Role
from dillo.cli.options import Home, Json, show, show_rows
from dillo.cli.records import with_registry
from dillo.model.clock import now_us
from dillo.model.moments import iso_ms
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="API keys.")

Owner = Annotated[
    str | None,
    typer.Option("--customer", metavar="CODE", help="The CustomerCode [default: operators]."),
]
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="Its id, as `dillo key list` shows.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    customer: Owner = None,
    role: Annotated[
        Role | None, typer.Option(help="What it may do [default: developer, or operator].")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Make an API key, which is shown this once."""
    given = role or (Role.OPERATOR if customer is None else Role.DEVELOPER)
    if (given is Role.OPERATOR) != (customer is None):
        raise typer.BadParameter("operators' keys have no --customer, all others need one")

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, object]:
        issued = await keys.issue(registry, change, customer, name, given)
        return _fields(issued.key) | {"ApiKey": issued.secret}

    show(with_registry(home, work), json)


@app.command("list")
def list_keys(customer: Owner = None, home: Home = None, json: Json = False) -> None:
    """List API keys, oldest first, revoked ones too."""

    async def work(registry: Registry, _change: Change, _settings: Settings) -> list[ApiKey]:
        return list(await registry.keys.of(customer))

    show_rows([_fields(key) for key in with_registry(home, work)], json)


@app.command()
def rotate(
    key_id: KeyId,
    customer: Owner = None,
    overlap: Annotated[
        int, typer.Option(min=0, help="Seconds for which the old key still works.")
    ] = 86_400,
    home: Home = None,
    json: Json = False,
) -> None:
    """Make another key in place of one, which works for a while beside it."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, object]:
        issued = await keys.rotate(registry, change, customer, key_id, overlap)
        return _fields(issued.key) | {"ApiKey": issued.secret}

    show(with_registry(home, work), json)


@app.command()
def revoke(key_id: KeyId, customer: Owner = None, home: Home = None, json: Json = False) -> None:
    """Make an API key worthless from now on."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, object]:
        await keys.revoke(registry, change, customer, key_id)
        return _fields(await registry.keys.get(customer, key_id))

    show(with_registry(home, work), json)


def _fields(key: ApiKey) -> dict[str, object]:
    return {
        "KeyId": key.id,
        "Name": key.name,
        "Role": key.role.value,
        "Status": key.status(now_us()),
        "CreatedOnUtc": iso_ms(key.created_us),
        "LastUsedOnUtc": iso_ms(key.last_used_us) if key.last_used_us else None,
        "ExpiresOnUtc": iso_ms(key.expires_us) if key.expires_us else None,
    }
