"""The command line: `dillo`.

A command's module is imported when the command is named: `dillo up` must be ready within three
seconds, and the libraries of all commands together take one.
"""

from collections.abc import Sequence
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
    """Finds a command, or a group of them, in the module it is defined in, by the name `app`.

    With `--server` it is one that asks a platform over its API.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if _names_server(args):
            from dillo.cli.remote import taken

            ctx.obj, args = taken(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if ctx.obj is not None:
            command = ctx.obj.command(ctx, cmd_name)
            command.name = cmd_name
            return command
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        command = typer.main.get_command(import_module(f"{__name__}.{module}").app)
        command.name = cmd_name
        return command


def _names_server(args: Sequence[str]) -> bool:
    return any(each.partition("=")[0] == "--server" for each in args)


app = typer.Typer(
    name="dillo",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help texts have [default: …] in them, which is no markup
    help="Self-hosted, programmable inbound voice. With --server URL, and a key in DILLO_KEY, "
    "commands ask a platform elsewhere.",
)


@app.callback()
def _dillo() -> None:
    """Take no options: what commands have in common is in `options.py`."""


def main() -> None:
    """Run the command line."""
    app()
