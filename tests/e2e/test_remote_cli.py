"""`dillo --server`: a platform is managed from elsewhere, by customers and by the operator."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.node import Held, Node, behavior, say
from tests.e2e.telephones import place, plan
from typer.testing import CliRunner

from dillo.accounts import keys
from dillo.accounts.ports import Change, Registry
from dillo.accounts.roles import Role
from dillo.cli import app

NUMBER = "+442079489000"
Run = Callable[..., Any]


@pytest.fixture
def operator(node: Node) -> str:
    async def work(registry: Registry, change: Change) -> str:
        return (await keys.issue(registry, change, None, "remote", Role.OPERATOR)).secret

    return node.accounts(work)


def runner(node: Node, key: str) -> Run:
    def run(*arguments: str | Path, status: int = 0, environment: bool = False) -> Any:
        asked = [*map(str, arguments), "--server", node.http]
        variables = {"DILLO_KEY": key, "COLUMNS": "200"}
        if not environment:
            asked, variables = [*asked, f"--key={key}", "--json"], {}
        done = CliRunner().invoke(app, asked, env=variables)
        assert done.exit_code == status, done.output
        if status or environment:
            return done.output
        return json.loads(done.stdout, parse_float=Decimal) if done.stdout else None

    return run


def test_a_platform_is_managed_from_elsewhere(node: Node, operator: str, tmp_path: Path) -> None:
    provider = runner(node, operator)
    sheet = tmp_path / "numbers.csv"
    sheet.write_text(f"number,type\n{NUMBER},local\n")
    assert provider("number", "import", sheet) == {"imported": 1}
    account = provider("customer", "create", "Remote Ltd", "--opening-balance", "20")["id"]
    of_account = ("--customer", account)
    assert provider("balance", "add", "5.5", *of_account)["balance"] == Decimal("25.5")
    key = provider("key", "create", "laptop", "--role", "owner", *of_account)["api_key"]

    dillo = runner(node, key)
    (offer,) = dillo("number", "search", "--pattern", NUMBER)
    assert offer["monthly_fee"] == Decimal("1.5")
    assert dillo("number", "buy", NUMBER)["number"] == NUMBER
    file = tmp_path / "hello.json"
    file.write_text(json.dumps(behavior(say("Hello."))))
    assert dillo("app", "publish", "Hello", file)["version"]["number"] == 1
    assert dillo("app", "publish", "Hello", file)["version"]["number"] == 2
    (line,) = dillo("app", "list")
    assert (
        dillo("number", "assign", NUMBER, "--primary", "Hello")["primary_application_id"]
        == (line["id"])
    )
    called = Held(NUMBER, account, key)
    place(plan(node, called))
    node.records(called)
    (call,) = dillo("record", "list", "--number", NUMBER, "--is-answered")
    assert dillo("record", "list", "--no-is-answered") == []
    price = dillo("price", "explain", call["id"])
    assert (price["is_reproduced"], price["price"]) == (True, call["price"])
    left = dillo("balance", "show")["balance"]
    assert left == 24 - call["price"]
    assert [each["kind"] for each in dillo("ledger", "list", "--limit", "2")] == [
        "call",
        "number-month",
    ]
    export = dillo("export", "start")["id"]
    assert dillo("export", "wait", export)["rows"] == 1
    csv = tmp_path / "calls.csv"
    runner(node, key)("export", "download", export, "--out", csv, environment=True)
    assert call["id"] in csv.read_text()
    assert dillo("live", "list") == []
    assert [each["name"] for each in dillo("key", "list")] == ["laptop"]
    assert NUMBER in dillo("number", "list", environment=True)
    assert dillo("number", "assign", NUMBER, "--primary", "none")["primary_application_id"] is None
    dillo("number", "release", NUMBER)
    assert dillo("number", "list") == []


def test_what_is_refused_says_why(node: Node, operator: str, tmp_path: Path) -> None:
    provider = runner(node, operator)
    sheet = tmp_path / "numbers.csv"
    sheet.write_text("number,type\n12,local\nabc,local\n")
    told = provider("number", "import", sheet, status=1)
    assert "line 2" in told
    assert "line 3" in told
    assert "own machine" in provider("up", status=2)
    wrong = runner(node, "wrong")("number", "list", status=1)
    assert "error:" in wrong
    no_key = CliRunner().invoke(app, ["number", "list", "--server", node.http], env={})
    assert (no_key.exit_code, "DILLO_KEY" in no_key.output) == (2, True)
