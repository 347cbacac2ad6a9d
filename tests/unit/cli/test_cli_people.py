"""Keys, users and operators at the command line, on a database of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dillo.cli import app


class Shell:
    """Runs commands in a home folder."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def run(self, *arguments: str, status: int = 0) -> Any:
        result = CliRunner().invoke(app, [*arguments, "--home", str(self._home), "--json"])
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if status == 0 else result.output


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_keys_are_made_replaced_and_revoked(shell: Shell) -> None:
    code = shell.run("customer", "create", "Acme")["CustomerCode"]
    theirs = ("--customer", code)
    made = shell.run("key", "create", "server", *theirs, "--role", "viewer")
    assert len(made["ApiKey"]) >= 43
    replaced = shell.run("key", "rotate", made["KeyId"], *theirs, "--overlap", "60")
    shell.run("key", "revoke", replaced["KeyId"], *theirs)
    listed = {key["KeyId"]: key for key in shell.run("key", "list", *theirs)}
    assert listed[made["KeyId"]]["ExpiresOnUtc"] is not None
    assert listed[replaced["KeyId"]]["Status"] == "revoked"
    assert listed[replaced["KeyId"]]["Role"] == "viewer"
    assert shell.run("key", "list") == []
    shell.run("key", "revoke", replaced["KeyId"], *theirs, status=1)
    shell.run("key", "create", "x", "--role", "owner", status=2)


def test_operators_and_users_are_invited(shell: Shell) -> None:
    invited = shell.run("operator", "create", "Eve@example.com")
    assert (invited["Email"], invited["Role"]) == ("eve@example.com", "operator")
    assert invited["Link"].startswith("http://127.0.0.1:8080/accept-invitation#token=")
    assert shell.run("operator", "list") == []
    code = shell.run("customer", "create", "Acme")["CustomerCode"]
    theirs = ("--customer", code)
    assert shell.run("user", "invite", "anna@example.com", *theirs)["Role"] == "owner"
    shell.run("user", "invite", "anna@example.com", *theirs, "--role", "operator", status=1)
    shell.run("user", "invite", "nobody", *theirs, status=1)
    shell.run("user", "remove", "anna@example.com", *theirs, status=1)
    assert shell.run("user", "list", *theirs) == []
