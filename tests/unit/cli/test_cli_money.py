"""`dillo tariff`, `balance`, `number`, `price` and `ledger`: the operator's side of money."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dillo.cli import app

Run = Callable[..., Result]


@pytest.fixture
def dillo(tmp_path: Path) -> Run:
    """Return a function that runs a command in a home of its own, and checks its exit status."""

    def run(*arguments: str | Path, status: int = 0) -> Result:
        home = {"DILLO_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
        result = CliRunner().invoke(app, list(map(str, arguments)), env=home)
        assert result.exit_code == status, result.output
        return result

    return run


def document(result: Result) -> Any:
    return json.loads(result.stdout, parse_float=str)


def test_numbers_are_sold_by_the_command_line(dillo: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "numbers.csv"
    sheet.write_text("number,type,area\n+442079460000,local,London\n+442079460001,mobile,\n")
    assert document(dillo("number", "import", sheet, "--json")) == {"Imported": 2}
    found = document(dillo("number", "search", "--area", "london", "--json"))
    assert [(each["Number"], each["MonthlyFee"]) for each in found] == [("+442079460000", "1.5")]
    customer = document(dillo("customer", "create", "Acme", "--balance", "1", "--json"))
    code = customer["CustomerCode"]
    poor = dillo("number", "buy", "+442079460000", "--customer", code, status=1)
    assert "costs 1.5 EUR, the balance is 1" in poor.output
    balance = document(dillo("balance", "add", "0.5", "--customer", code, "--json"))
    assert balance["Balance"] == "1.5"
    dillo("number", "buy", "+442079460000", "--customer", code)
    shown = document(dillo("balance", "show", "--customer", code, "--json"))
    kinds = [(each["Kind"], each["Amount"]) for each in shown["Movements"]]
    assert kinds == [("number-month", "-1.5"), ("top-up", "0.5"), ("opening", 1)]
    (books,) = document(dillo("ledger", "check", "--json"))
    assert books["Agrees"]
    dillo("number", "limit", "+442079460000", "--calls", "2")
    dillo("number", "release", "+442079460000", "--quarantine", "1")
    (holder,) = document(dillo("number", "history", "+442079460000", "--json"))
    assert holder["Name"] == "Acme"
    assert holder["UntilUtc"] is not None
    assert document(dillo("number", "search", "--area", "london", "--json")) == []


def test_what_is_wrong_with_a_file_is_told_by_its_name(dillo: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "numbers.csv"
    sheet.write_text("number,country\n+442079460000,IT\nx,GB\n")
    told = dillo("number", "import", sheet, status=1).output
    assert "numbers.csv, line 2, country: +442079460000 is no number of IT" in told
    assert "numbers.csv, line 3, number: 'x' is not a telephone number" in told
    assert document(dillo("number", "search", "--json")) == []


def test_a_tariff_is_loaded_as_the_next_version(dillo: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "deck.csv"
    sheet.write_text("prefix,per_minute,first,next\n44,0.01,1,1\n")
    loaded = document(dillo("tariff", "load", sheet, "--effective", "2099-12-01", "--json"))
    assert (loaded["Tariff"], loaded["Version"], loaded["Prefixes"]) == ("standard", 2, 3)
    assert loaded["EffectiveOnUtc"] == "2099-12-01T00:00:00.000Z"
    versions = document(dillo("tariff", "list", "--json"))
    assert [each["Version"] for each in versions] == [2, 1]
    assert "today" in dillo("tariff", "load", sheet, "--effective", "2020-01-01", status=1).output


def test_there_is_no_price_of_an_unknown_call(dillo: Run) -> None:
    assert "no finished call" in dillo("price", "explain", "nonsense", status=1).output
