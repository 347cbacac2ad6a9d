"""`dillo price explain`: every line of a call's price, from the version of the tariff on."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from dillo.accounts.ports import Change, Registry
from dillo.calls.explanation import ExplainedLine, ExplainedPrice, explain_price
from dillo.cli.options import Home, Json, console, print_json
from dillo.cli.records import with_stores
from dillo.model.money import MICROS_PER_UNIT, to_decimal
from dillo.store.database import Database
from dillo.store.prices import SqlPrices

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Why calls cost what they do.")


@app.callback()
def _price() -> None:
    """Why calls cost what they do."""


@app.command()
def explain(
    call_id: Annotated[str, typer.Argument(metavar="CALL_ID", help="A finished call.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Explain a call's price line by line, and work it out again from what is stored.

    The exit status is 2 where it does not come out the same.
    """

    async def work(_registry: Registry, database: Database, _change: Change) -> ExplainedPrice:
        return await explain_price(SqlPrices(database), call_id)

    price = with_stores(home, work)
    if json:
        print_json(_document(price))
    else:
        _print(price)
    if price.differences:
        raise typer.Exit(2)


# Longer names first: one is the beginning of another.
_FACTORS = (
    "connection_fee",
    "per_minute_month",
    "per_minute",
    "billed_s",
    "billed_min",
    "storage_period",
    "fee",
)


def _document(price: ExplainedPrice) -> dict[str, object]:
    return {
        "CallId": price.call_id,
        "CustomerCode": price.customer_id,
        "Price": to_decimal(price.price_micros),
        "Currency": price.currency,
        "IsReproduced": not price.differences,
        "Differences": list(price.differences),
        "Lines": [
            {
                "Kind": each.line.kind,
                "SubjectId": each.line.subject_id,
                "Amount": to_decimal(each.line.amount_micros),
                "Exact": _exact(each.exact_micros),
                "IsDefaultRate": each.line.is_default,
                "IsReproduced": each.is_reproduced,
                "Explanation": msgspec.to_builtins(each.explanation),
            }
            for each in price.lines
        ],
    }


def _print(price: ExplainedPrice) -> None:
    console.print(f"[bold]{to_decimal(price.price_micros)} {price.currency}[/bold]")
    for each in price.lines:
        console.print(_described(each))
    for difference in price.differences:
        console.print(f"[red]differs:[/red] {escape(difference)}")
    if not price.differences:
        console.print("Worked out again from what is stored: the same.")


def _described(each: ExplainedLine) -> str:
    facts: dict[str, Any] = msgspec.to_builtins(each.explanation)
    tariff = f"{facts['tariff']} v{facts['version']}" if facts["tariff"] else "the number's own fee"
    of = next((facts[key] for key in ("destination", "number") if facts.get(key)), "")
    lines = [f"\n[bold]{each.line.kind}[/bold] {escape(of or each.line.subject_id)}"]
    lines.append(f"  tariff      {escape(tariff)}, {facts['currency']}")
    if "matched" in facts:
        callers = f", callers of {facts['matched_caller']}" if facts.get("matched_caller") else ""
        flag = " [yellow](no rate of its own: flagged)[/yellow]" if each.line.is_default else ""
        lines.append(f"  rate        {escape(facts['matched'])}{callers}{flag}")
    if "duration_ms" in facts:
        lines.append(f"  duration    {Decimal(facts['duration_ms']) / 1000} s")
    if "increments" in facts:
        lines.append(f"  billed      {facts['billed_s']} s in {facts['increments']}")
    elif "billed_min" in facts:
        lines.append(f"  billed      {facts['billed_min']} started minutes")
    lines.append(f"  formula     {_formula(facts)} = {_exact(each.exact_micros)}")
    lines.append(f"  rounded     {to_decimal(each.line.amount_micros)}, half-up, once")
    return "\n".join(lines)


def _formula(facts: dict[str, Any]) -> str:
    """Return the formula with its values in place of their names."""
    formula = str(facts["formula"]).partition(",")[0]
    for name in (each for each in _FACTORS if each in facts):
        formula = formula.replace(name, str(facts[name]))
    return formula


def _exact(micros: Fraction) -> str:
    """Write an exact amount: with all its decimals where they end, else as far as 12."""
    scaled = micros / MICROS_PER_UNIT
    places = 12
    shown = Decimal(scaled.numerator * 10**places // scaled.denominator).scaleb(-places)
    text = f"{shown:f}".rstrip("0").rstrip(".") if shown else "0"
    return text if Fraction(shown) == scaled else f"{shown:f}…"
