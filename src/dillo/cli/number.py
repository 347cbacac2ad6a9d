"""`dillo number`: the inventory, and what customers hold of it."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from dillo.accounts import inventory, numbers, renewals
from dillo.accounts.ports import Change, Number, NumberLimits, Registry
from dillo.cli.customer import Customer
from dillo.cli.options import Home, Json, console, load_settings, print_json, show
from dillo.cli.records import with_registry, with_stores
from dillo.cli.sheets import SheetFile, read_sheet
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.model.phone import PhoneNumber
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.inventory import SqlInventory
from dillo.store.renewals import SqlRenewals

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
def release(
    number: E164,
    quarantine: Annotated[
        float | None,
        typer.Option(
            metavar="DAYS",
            help="How long nobody can buy it [default: $DILLO_NUMBER_QUARANTINE_DAYS or 30].",
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Take a number back into the inventory; its calls stay readable to who held it."""

    async def work(registry: Registry, change: Change, settings: Settings) -> Number:
        days = settings.number_quarantine_days if quarantine is None else quarantine
        await numbers.release(registry, change, number, quarantine_days=days)
        return await registry.numbers.get(str(PhoneNumber.parse(number)))

    show(_fields(with_registry(home, work)), json)


@app.command("import")
def import_(file: SheetFile, home: Home = None, json: Json = False) -> None:
    """Put the numbers of a CSV into the inventory, all or none (operator).

    Columns: number; country, type, area, trunk, set_up_fee, monthly_fee, currency. Whatever is
    wrong is named with line and column, all at once.
    """

    async def work(_registry: Registry, database: Database, change: Change) -> int:
        with read_sheet(file) as text:
            return len(await inventory.load(SqlInventory(database), change, text))

    show({"Imported": with_stores(home, work)}, json)


@app.command()
def change(
    number: E164,
    type: Annotated[str | None, typer.Option(help="local, national, mobile …")] = None,
    area: Annotated[str | None, typer.Option(help="City or region; '' for none.")] = None,
    trunk: Annotated[
        str | None, typer.Option(help="That its calls come over; '' for any way.")
    ] = None,
    monthly_fee: Annotated[str | None, typer.Option(help="Its own.")] = None,
    set_up_fee: Annotated[str, typer.Option(help="With a monthly fee.")] = "0",
    currency: Annotated[str, typer.Option(help="Of both fees.")] = "EUR",
    own_fees: Annotated[
        bool, typer.Option("--own-fees/--no-own-fees", help="Or those of its type.")
    ] = True,
    home: Home = None,
    json: Json = False,
) -> None:
    """Change an entry of the inventory; what is not given stays (operator)."""

    async def work(registry: Registry, database: Database, by: Change) -> Number:
        known = await registry.numbers.get(str(PhoneNumber.parse(number)))
        fees = known.own_fees if own_fees else None
        if monthly_fee is not None:
            fees = inventory.own_fees(currency, set_up_fee, monthly_fee)
        return await inventory.change(
            SqlInventory(database),
            by,
            known,
            number_type=type or known.number_type,
            area=known.area if area is None else area,
            trunk=known.trunk if trunk is None else trunk or None,
            own_fees=fees,
        )

    changed = with_stores(home, work)
    fees = changed.own_fees
    shown = {
        "Area": changed.area,
        "Trunk": changed.trunk,
        "SetUpFee": fees and fees.set_up_fee,
        "MonthlyFee": fees and fees.monthly_fee,
        "Currency": fees and fees.currency,
    }
    show(_fields(changed) | shown, json)


@app.command()
def search(
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code: GB.")] = None,
    type: Annotated[str | None, typer.Option(help="local, national, mobile …")] = None,
    area: Annotated[str | None, typer.Option(help="A part of its name: lond.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="Digits or letters, ? for one and * for any: +4420*77.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="CODE", help="Who asks, for prices in their currency.")
    ] = None,
    after: Annotated[str | None, typer.Option(help="Go on after this number.")] = None,
    limit: Annotated[int, typer.Option(help="How many, at most 500.")] = 50,
    home: Home = None,
    json: Json = False,
) -> None:
    """Print numbers that can be bought, with their fees."""
    wanted = inventory.Wanted(country, type, area, pattern, after, limit)

    async def work(
        registry: Registry, database: Database, change: Change
    ) -> Sequence[inventory.Offer]:
        currency = "EUR"
        if customer is not None:
            currency = (await registry.customers.get(customer)).currency
        return await inventory.search(registry, SqlInventory(database), change, wanted, currency)

    rows = [_offer(each) for each in with_stores(home, work)]
    _print_rows(rows, ("Number", "Country", "Type", "Area", "SetUp", "Month", "Currency"), json)


@app.command()
def history(number: E164, home: Home = None, json: Json = False) -> None:
    """Print who held a number, latest first."""

    async def work(
        _registry: Registry, database: Database, _change: Change
    ) -> Sequence[inventory.Holder]:
        return await SqlInventory(database).holders(str(PhoneNumber.parse(number)))

    rows = [_holder(each) for each in with_stores(home, work)]
    _print_rows(rows, ("CustomerCode", "Name", "From", "Until", "PaidUntil", "GraceUntil"), json)


@app.command()
def limit(
    number: E164,
    calls: Annotated[int | None, typer.Option(help="Calls at once.")] = None,
    per_second: Annotated[float | None, typer.Option(help="New calls a second.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Length of a call.")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Bound the calls to a number; what is not given is bounded by its holder's limits only."""
    limits = NumberLimits(calls, per_second, seconds)

    async def work(registry: Registry, change: Change, _settings: Settings) -> Number:
        await numbers.limit(registry, change, number, limits)
        return await registry.numbers.get(str(PhoneNumber.parse(number)))

    found = with_registry(home, work)
    shown = {"Calls": calls, "CallsPerSecond": per_second, "Seconds": seconds}
    show(_fields(found) | shown, json)


@app.command()
def renew(home: Home = None, json: Json = False) -> None:
    """Charge the months of numbers that have begun; the platform does so every hour."""

    settings = load_settings(home)
    terms = renewals.Terms(settings.number_grace_days, settings.number_quarantine_days)

    async def work(registry: Registry, database: Database, change: Change) -> dict[str, object]:
        outcomes = await renewals.renew_due(registry, SqlRenewals(database), change, terms)
        return {each.value.capitalize(): outcomes[each] for each in renewals.Renewed}

    show(with_stores(home, work), json)


def _print_rows(rows: Sequence[dict[str, object]], headings: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


def _offer(offer: inventory.Offer) -> dict[str, object]:
    number = offer.number
    return {
        "Number": number.e164,
        "Country": number.country,
        "Type": number.number_type,
        "Area": number.area,
        "SetUpFee": to_decimal(offer.set_up_micros),
        "MonthlyFee": to_decimal(offer.month_micros),
        "Currency": offer.currency,
    }


def _holder(holder: inventory.Holder) -> dict[str, object]:
    moments = (holder.from_us, holder.until_us, holder.paid_until_us, holder.grace_until_us)
    names = ("FromUtc", "UntilUtc", "PaidUntilUtc", "GraceUntilUtc")
    shown = (None if moment is None else iso_ms(moment) for moment in moments)
    return {
        "CustomerCode": holder.customer_id,
        "Name": holder.name,
        **dict(zip(names, shown, strict=True)),
    }


def _fields(number: Number) -> dict[str, object]:
    return {
        "Number": number.e164,
        "Id": number.id,
        "Type": number.number_type,
        "Country": number.country,
        "CustomerCode": number.customer_id,
    }
