"""`dillo customer`: accounts."""

from typing import Annotated

import typer

from dillo.accounts import customers, keys, webhook_secrets
from dillo.accounts.ports import Change, Registry
from dillo.cli.amounts import read_amount
from dillo.cli.options import Home, Json, show
from dillo.cli.records import opened_vault, with_registry
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Customers.")

Customer = Annotated[str, typer.Option("--customer", metavar="CODE", help="The CustomerCode.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the customer.")],
    currency: Annotated[
        str, typer.Option(help="ISO 4217 code; a tariff in it must exist.")
    ] = "EUR",
    balance: Annotated[
        str | None,
        typer.Option(help="Opening balance of a prepaid account [default: billed later]."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Create a customer with a first API key, which is shown this once."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> dict[str, str]:
        opening = None if balance is None else read_amount(balance)
        customer = await customers.create(
            registry, change, name, currency=currency, opening_micros=opening
        )
        issued = await keys.issue(registry, change, customer.id)
        return {"CustomerCode": customer.id, "ApiKey": issued.secret}

    show(with_registry(home, work), json)


@app.command("webhook-secret")
def webhook_secret(
    customer: Customer,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Make another one, which counts from now on.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Show the secret that a customer's webhooks are signed with."""

    async def work(registry: Registry, change: Change, settings: Settings) -> dict[str, str]:
        act = webhook_secrets.rotate if rotate else webhook_secrets.reveal
        secret = await act(registry.webhook_secrets, change, opened_vault(settings), customer)
        return {"CustomerCode": customer, "WebhookSecret": secret}

    show(with_registry(home, work), json)
