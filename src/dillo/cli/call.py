"""`dillo call`: a test caller, real SIP and real RTP."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from dillo.app.running import find_running
from dillo.cli.options import Home, Json, command, load_settings, plain_errors, show
from dillo.model.addresses import HostPort


def call(
    to: Annotated[str, typer.Argument(metavar="NUMBER", help="Number or SIP URI to call.")],
    from_: Annotated[str, typer.Option("--from", help="Calling number.")] = "anonymous",
    digits: Annotated[
        str,
        typer.Option(help="Keys to press, `w500` to wait 500 ms, `a` to speak: `1,w500,2,a`."),
    ] = "",
    audio: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Sound to speak [default: silence]."),
    ] = None,
    to_sip: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where to [default: this platform].")
    ] = None,
    hang_up_after: Annotated[
        float | None, typer.Option(help="Hang up so many seconds after the answer.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write what was heard as a WAV file.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Place a test call and say what became of it; exit status 1 where it was not answered."""
    # numpy and av take a quarter of a second to import, which no other command should wait for.
    from dillo.caller import CallPlan, DigitScript, place_call, write_wav

    with plain_errors():
        target = HostPort.parse(to_sip) if to_sip else _own_address(home)
        plan = CallPlan(
            to=to,
            target=(target.host, target.port),
            from_=from_,
            script=DigitScript.parse(digits),
            audio=audio,
            hang_up_after_s=hang_up_after,
        )
        outcome = asyncio.run(place_call(plan))
        if save is not None:
            write_wav(save, outcome.heard)
    show(outcome.document(), json)
    raise typer.Exit(not outcome.is_answered)


def _own_address(home: Path | None) -> HostPort:
    settings = load_settings(home)
    running = find_running(settings.home)
    return HostPort.parse(running.sip) if running else settings.sip


app = command(call)
