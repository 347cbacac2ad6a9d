"""`dillo --server URL`: the same words, answered by a platform elsewhere over its API."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import typer
from msgspec import UNSET, UnsetType

from dillo.cli.operations import Operation, as_command
from dillo.client import Client
from dillo.client.models.applications import Application, Release
from dillo.client.models.inventory import OwnFees, StockedNumber
from dillo.client.models.numbers import Number

KEY: str = "DILLO_KEY"
"""The variable that holds the API key where `--key` is not given."""
NONE = "none"
"""How an application is taken off a number."""


@dataclass(frozen=True, slots=True)
class Server:
    """Which platform is asked, by whom, and for which customer where an operator asks."""

    url: str
    key: str
    customer: str | None

    def command(self, context: typer.Context, name: str) -> Any:
        """Return a command, or a group of them, that asks this platform."""
        if name not in COMMANDS:
            raise typer.BadParameter(
                f"`dillo {name}` works on the platform's own machine; with --server there are: "
                + ", ".join(COMMANDS)
            )
        client = Client(self.url, self.key, customer=self.customer)
        context.call_on_close(client.close)
        return commands(client, name)


def taken(arguments: Sequence[str]) -> tuple[Server, list[str]]:
    """Return what `--server`, `--key` and `--customer` say, and all other arguments.

    They may stand anywhere.
    """
    found: dict[str, str] = {}
    others: list[str] = []
    remaining = iter(arguments)
    for each in remaining:
        name, equals, value = each.partition("=")
        if name in ("--server", "--key", "--customer"):
            found[name] = value if equals else next(remaining, "")
        else:
            others.append(each)
    key = found.get("--key") or os.environ.get(KEY, "")
    if not key:
        raise typer.BadParameter(f"--server needs an API key: set {KEY}, or give --key")
    return Server(found["--server"], key, found.get("--customer")), others


def commands(client: Client, name: str) -> Any:
    """Return a command, or a group of them, that asks by a client."""
    wanted = COMMANDS[name]
    single = isinstance(wanted, str)
    app = typer.Typer(no_args_is_help=not single, add_completion=False, rich_markup_mode=None)
    if isinstance(wanted, str):
        app.command()(_command(client, wanted))
    else:
        app.callback()(lambda: None)
        for each, operation in wanted.items():
            app.command(each)(_command(client, operation))
    return typer.main.get_command(app)


def _command(client: Client, wanted: "str | Operation") -> Any:
    if isinstance(wanted, str):
        found: Operation = attrgetter(wanted)(client)
        return as_command(found, found.__wrapped__)  # type: ignore[attr-defined]
    return as_command(partial(wanted, client), wanted)


def _publish(dillo: Client, name: str, file: Path) -> Release:
    """Publish a channel behavior as the next version of an application, made where there is none.

    Audio files beside it are not uploaded: upload them as prompts.
    """
    found = _find(dillo, name) or dillo.applications.create(name)
    return dillo.applications.publish(found.id, json.loads(file.read_text("utf-8")))


def _assign(
    dillo: Client, number: str, *, primary: str | None = None, fallback: str | None = None
) -> Number:
    """Let calls to a number run these applications; `none` takes one off."""
    given: dict[str, Any] = {
        f"{role}_application_id": None if name == NONE else _named(dillo, name).id
        for role, name in (("primary", primary), ("fallback", fallback))
        if name is not None
    }
    return dillo.numbers.assign(number, **given)


def _change(
    dillo: Client,
    number: str,
    *,
    type: str | UnsetType = UNSET,
    area: str | UnsetType = UNSET,
    trunk: str | UnsetType = UNSET,
    monthly_fee: Decimal | None = None,
    set_up_fee: Decimal | None = None,
    currency: str = "EUR",
    own_fees: bool = True,
) -> StockedNumber:
    """Change an entry of the inventory; an empty area or trunk is none."""
    fees: OwnFees | UnsetType | None = UNSET if own_fees else None
    if monthly_fee is not None:
        fees = OwnFees(
            currency=currency, set_up_fee=set_up_fee or Decimal(0), monthly_fee=monthly_fee
        )
    return dillo.inventory.change(number, type=type, area=area, trunk=trunk or None, fees=fees)


def _find(dillo: Client, name: str) -> Application | None:
    return next((each for each in dillo.applications.list() if each.name == name), None)


def _named(dillo: Client, name: str) -> Application:
    found = _find(dillo, name)
    if found is None:
        raise typer.BadParameter(f"there is no application {name!r}")
    return found


COMMANDS: Mapping[str, "str | Mapping[str, str | Operation]"] = {
    "calls": "calls.statistics",
    "record": {"list": "calls.search", "show": "calls.get", "sum": "calls.aggregates"},
    "live": {"list": "calls.live", "follow": "calls.follow", "hang-up": "calls.hang_up"},
    "recording": {
        "list": "recordings.list",
        "show": "recordings.get",
        "download": "recordings.download",
        "delete": "recordings.delete",
    },
    "transcripts": {"list": "recordings.transcriptions", "show": "recordings.transcription"},
    "export": {
        "list": "exports.list",
        "start": "exports.start",
        "wait": "exports.wait",
        "download": "exports.download",
        "delete": "exports.delete",
    },
    "app": {"list": "applications.list", "publish": _publish, "versions": "applications.versions"},
    "number": {
        "list": "numbers.list",
        "search": "numbers.available",
        "buy": "numbers.buy",
        "assign": _assign,
        "limit": "numbers.limit",
        "release": "numbers.release",
        "import": "inventory.load",
        "stock": "inventory.list",
        "change": _change,
        "history": "inventory.history",
    },
    "balance": {
        "show": "billing.balance",
        "add": "billing.top_up",
        "credit": "billing.lend",
        "alert": "billing.set_alert",
    },
    "ledger": {"list": "billing.ledger", "check": "billing.check"},
    "price": {"explain": "calls.price"},
    "tariff": {"list": "tariffs.list", "load": "tariffs.load", "rates": "tariffs.rates"},
    "trunk": {
        "list": "trunks.list",
        "show": "trunks.get",
        "add": "trunks.add",
        "change": "trunks.change",
        "remove": "trunks.remove",
    },
    "customer": {
        "list": "customers.list",
        "show": "customers.own",
        "create": "customers.open",
        "limit": "customers.limit",
        "suspend": "customers.suspend",
        "resume": "customers.resume",
        "close": "customers.close",
        "changes": "customers.changes",
    },
    "user": {
        "list": "users.list",
        "invite": "users.invite",
        "role": "users.change_role",
        "remove": "users.remove",
    },
    "key": {
        "list": "keys.list",
        "create": "keys.create",
        "rotate": "keys.rotate",
        "revoke": "keys.revoke",
    },
    "webhook": {
        "list": "webhooks.deliveries",
        "show": "webhooks.delivery",
        "send": "webhooks.redeliver",
        "addresses": "webhooks.addresses",
    },
    "prompt": {
        "list": "prompts.list",
        "upload": "prompts.upload",
        "download": "prompts.download",
        "say": "prompts.preview",
        "delete": "prompts.delete",
    },
    "voices": "voices.list",
}
"""Commands with --server, each an operation of the client."""
