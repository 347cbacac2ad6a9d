"""`dillo calls`: the records of a number's calls, as the statistics API lists them."""

from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from dillo.accounts.errors import NumberNotHeld
from dillo.accounts.ports import Change, Registry
from dillo.cli.number import E164
from dillo.cli.options import Home, Json, command, console, print_raw_json
from dillo.cli.records import with_registry
from dillo.model.errors import PeerError
from dillo.model.phone import PhoneNumber
from dillo.settings import Settings
from dillo.store.reading import open_reading
from dillo.store.statistics import CallPage

Day = Annotated[str, typer.Argument(metavar="yyyy-MM-dd", help="A UTC day.")]


def calls(
    number: E164,
    start: Day,
    end: Day,
    page: Annotated[str, typer.Option(help="Page number from 1 up.")] = "1",
    customer: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Whose calls [default: the number's holder's]."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """List the calls that a number received in a period of at most 31 days, newest first."""

    async def work(registry: Registry, _change: Change, settings: Settings) -> CallPage:
        e164 = str(PhoneNumber.parse(number))
        holder = customer or (await registry.numbers.get(e164)).customer_id
        if holder is None:
            raise NumberNotHeld(f"nobody holds {e164} now: name a customer with --customer")
        return await _read(settings, holder, e164, start, end, page)

    found = with_registry(home, work)
    if json:
        print_raw_json(f"[{','.join(found.documents)}]")
        return
    console.print(_table([msgspec.json.decode(text, type=_Listed) for text in found.documents]))
    console.print(f"{found.total} calls", style="dim")


class _Listed(msgspec.Struct, rename="pascal"):
    """What the table shows of an InboundVoiceCall."""

    created_on_utc: str
    telephone_number: str
    call_duration: float
    is_fallback_executed: bool
    price: msgspec.Raw
    recordings: list[Any]
    collected_digits: list[dict[str, Any]]


async def _read(
    settings: Settings, customer_id: str, number: str, start: str, end: str, page: str
) -> CallPage:
    # FastAPI takes a quarter of a second to import, which no other command should wait for.
    from dillo.web.parameters import parse_page, parse_period
    from dillo.web.problems import Refused
    from dillo.web.statistics import PAGE_SIZE

    try:
        start_us, end_us = parse_period(start, end)
        skip = (parse_page(page) - 1) * PAGE_SIZE
    except Refused as error:
        raise PeerError(f"{error.problem.title}. {error.detail}") from error
    reading = open_reading(settings.database_url)
    try:
        found = await reading.page(
            customer_id,
            number,
            start_us=start_us,
            end_us=end_us,
            skip=skip,
            take=PAGE_SIZE,
            as_of_us=None,
        )
    finally:
        await reading.close()
    if found is None:
        raise NumberNotHeld(f"{number} was never held by this customer")
    return found


def _table(listed: list[_Listed]) -> Table:
    table = Table(box=None, header_style="dim")
    for heading in ("Received (UTC)", "Caller", "Seconds", "Digits", "Recordings", "Price"):
        is_number = heading in {"Seconds", "Recordings", "Price"}
        table.add_column(heading, justify="right" if is_number else "left")
    for call in listed:
        table.add_row(
            call.created_on_utc,
            call.telephone_number,
            f"{call.call_duration:.3f}",
            " ".join(each["Digits"] for each in call.collected_digits),
            str(len(call.recordings)),
            bytes(call.price).decode(),
        )
    return table


app = command(calls)
