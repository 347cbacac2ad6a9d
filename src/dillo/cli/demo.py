"""`dillo demo`: see it work."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from dillo.app.process import configure_logging
from dillo.cli.options import Home, Json, command, load_settings, plain_errors

_INTERRUPTED = 130  # as a shell reports SIGINT


def demo(
    home: Home = None,
    stay: Annotated[bool, typer.Option(help="Keep the platform running afterwards.")] = False,
    json: Json = False,
) -> None:
    """Run a platform on free ports, place a real call on it and print the call's record."""
    # Only this command needs the test caller, whose libraries take a while to import.
    from dillo.cli.demonstration import demonstrate

    with plain_errors(), tempfile.TemporaryDirectory(prefix="dillo-demo-") as folder:
        settings = load_settings(
            home or Path(folder),
            http="127.0.0.1:0",
            sip="127.0.0.1:0",
            database_url="",
            log_level="warning",
            speech_engines=["espeak"],  # it speaks at once: nobody waits for a model to load
        )
        configure_logging(settings.log_level, "demo")
        try:
            asyncio.run(demonstrate(settings, stay=stay, as_json=json))
        except asyncio.CancelledError:  # Ctrl-C before the record was there
            raise typer.Exit(_INTERRUPTED) from None


app = command(demo)
