"""`dillo number`: the inventory, and what customers hold of it."""

from typing import Annotated

import typer

from dillo.accounts import numbers
from dillo.accounts.ports import Change, Number, Registry
from dillo.cli.customer import Customer
from dillo.cli.options import Home, Json, show
from dillo.cli.records import with_registry
from dillo.model.phone import PhoneNumber
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Phone numbers.")

E164 = Annotated[
    str, typer.Argument(metavar="NUMBER", help="With country dial code: +442079460000.")
]


@app.command()
def add(
    number: E164,
    type: Annotated[str, typer.Option(help="local, national, mobile, toll-free …")] = "local",
    country: Annotated[
        str | None, typer.Option(help="ISO 3166-1 code [default: the number's own].")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Put a number into the inventory (operator)."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> Number:
        return await numbers.add(registry, change, number, number_type=type, country=country)

    show(_fields(with_registry(home, work)), json)


@app.command()
def buy(number: E164, customer: Customer, home: Home = None, json: Json = False) -> None:
    """Give a number of the inventory to a customer and charge its fees."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> Number:
        return await numbers.buy(registry, change, number, customer)

    show(_fields(with_registry(home, work)), json)


@app.command()
def assign(
    number: E164,
    primary: Annotated[str | None, typer.Option(metavar="APP", help="Primary application.")] = None,
    fallback: Annotated[
        str | None, typer.Option(metavar="APP", help="Runs where the primary fails.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Let calls to a number run these applications, from the next call on."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> Number:
        await numbers.assign(registry, change, number, primary, fallback)
        return await registry.numbers.get(str(PhoneNumber.parse(number)))

    assigned = _fields(with_registry(home, work))
    show(assigned | {"Primary": primary, "Fallback": fallback}, json)


@app.command()
def release(number: E164, home: Home = None, json: Json = False) -> None:
    """Take a number back into the inventory; its calls stay readable to who held it."""

    async def work(registry: Registry, change: Change, _settings: Settings) -> Number:
        await numbers.release(registry, change, number)
        return await registry.numbers.get(str(PhoneNumber.parse(number)))

    show(_fields(with_registry(home, work)), json)


def _fields(number: Number) -> dict[str, object]:
    return {
        "Number": number.e164,
        "Id": number.id,
        "Type": number.number_type,
        "Country": number.country,
        "CustomerCode": number.customer_id,
    }
