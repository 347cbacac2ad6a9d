"""The command line: `dillo`.

A command's module is imported when the command is named: `dillo up` must be ready within three
seconds, and the libraries of all commands together take one.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_MODULES = {
    "up": "up",
    "demo": "demo",
    "call": "call",
    "calls": "calls",
    "replay": "replay",
    "transcribe": "transcribe",
    "transcripts": "transcripts",
    "customer": "customer",
    "key": "key",
    "user": "user",
    "operator": "operator",
    "number": "number",
    "tariff": "tariff",
    "balance": "balance",
    "price": "price",
    "ledger": "ledger",
    "trunk": "trunk",
    "app": "application",
    "webhook": "webhook",
    "db": "db",
    "models": "models",
    "voices": "voices",
    "doctor": "doctor",
}
"""Where each command is, in the order in which help lists them."""


class _Commands(TyperGroup):
    """Finds a command, or a group of them, in the module it is defined in, by the name `app`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        command = typer.main.get_command(import_module(f"{__name__}.{module}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="dillo",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help texts have [default: …] in them, which is no markup
    help="Self-hosted, programmable inbound voice.",
)


@app.callback()
def _dillo() -> None:
    """Self-hosted, programmable inbound voice."""


def main() -> None:
    """Run the command line."""
    app()
