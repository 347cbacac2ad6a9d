"""`dillo up`: run the platform."""

import asyncio
from typing import Annotated

import typer

from dillo.app.process import configure_logging
from dillo.app.running import Running
from dillo.app.supervisor import supervise
from dillo.cli.options import Home, Json, command, console, load_settings, plain_errors, print_json


def up(
    home: Home = None,
    http: Annotated[
        str | None, typer.Option(help="Where the API listens [default: 127.0.0.1:8080]")
    ] = None,
    sip: Annotated[
        str | None, typer.Option(help="Where SIP over UDP listens [default: 127.0.0.1:5060]")
    ] = None,
    media_workers: Annotated[
        int | None, typer.Option(min=1, help="Media processes [default: half the cores]")
    ] = None,
    json: Json = False,
) -> None:
    """Run the platform until SIGTERM or Ctrl-C."""
    with plain_errors():
        settings = load_settings(home, http=http, sip=sip, media_workers=media_workers)
        configure_logging(settings.log_level, "up")
        asyncio.run(supervise(settings, lambda running: _announce(running, as_json=json)))


def _announce(running: Running, *, as_json: bool) -> None:
    if as_json:
        print_json(running)
        return
    console.print("[bold]Dillo is ready[/bold]")
    console.print(f"  SIP over UDP  {running.sip}")
    console.print(f"  HTTP          {running.http}")
    console.print("  stop with Ctrl-C", style="dim")


app = command(up)
