"""The command line: `dillo`."""

import typer

from dillo.cli import application, customer, number, trunk
from dillo.cli.call import call
from dillo.cli.calls import calls
from dillo.cli.demo import demo
from dillo.cli.replay import replay
from dillo.cli.up import up

app = typer.Typer(
    name="dillo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help texts have [default: …] in them, which is no markup
    help="Self-hosted, programmable inbound voice.",
)
for command in (up, demo, call, calls, replay):
    app.command()(command)
app.add_typer(customer.app, name="customer")
app.add_typer(number.app, name="number")
app.add_typer(trunk.app, name="trunk")
app.add_typer(application.app, name="app")


def main() -> None:
    """Run the command line."""
    app()
