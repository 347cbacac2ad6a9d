"""`dillo voices`: who can speak, and how it sounds."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dillo.app.prompts import make_casting, make_prompts
from dillo.behavior.sentences import pieces
from dillo.calls.ports import PromptFailed
from dillo.cli.options import (
    Home,
    InvalidSetting,
    Json,
    command,
    console,
    errors,
    load_settings,
    plain_errors,
    print_json,
)
from dillo.media.wav import wav_header
from dillo.model.prompts import Speech
from dillo.rtp.g711 import Law
from dillo.settings import Settings


def voices(
    language: Annotated[str | None, typer.Option(help="Only voices of a language.")] = None,
    voice: Annotated[str | None, typer.Option(help="The voice to be heard with --say.")] = None,
    say: Annotated[str | None, typer.Option(metavar="TEXT", help="Speak this.")] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE.wav", help="Where it goes, as callers hear it.")
    ] = Path("voice.wav"),
    home: Home = None,
    json: Json = False,
) -> None:
    """List voices with language and engine, the preferred first; with --say, hear one."""
    with plain_errors():
        settings = load_settings(home)
        if say is not None:
            for warning in asyncio.run(
                _record(settings, Speech(say, language or "en-GB", voice), out)
            ):
                errors.print(f"[yellow]warning:[/yellow] {warning}", soft_wrap=True)
            console.print(f"{out}")
            return
        casting = make_casting(settings)
        listed = [
            {"Voice": each.voice, "Languages": list(each.languages), "Engine": each.engine}
            for each in casting.speakers(language)
        ]
        for lack in casting.lacks.values():
            errors.print(f"[yellow]missing:[/yellow] {lack}", soft_wrap=True)
        if json:
            print_json(listed)
            return
        table = Table.grid(padding=(0, 2))
        for row in listed:
            table.add_row(
                str(row["Voice"]), ", ".join(row["Languages"]) or "any", str(row["Engine"])
            )
        console.print(table)
        console.print("hear one: dillo voices --say TEXT --voice VOICE --out FILE.wav", style="dim")


async def _record(settings: Settings, speech: Speech, out: Path) -> list[str]:
    """Speak into a WAV file; returns warnings. Raises InvalidSetting where nobody can."""
    prompts = make_prompts(settings)
    await prompts.start()
    try:
        ready = [await prompts.prepare(piece, "") for piece in pieces(speech)]
    except PromptFailed as error:
        raise InvalidSetting(str(error)) from error
    finally:
        await prompts.close()
    octets = b"".join([await asyncio.to_thread(Path(each.ulaw_path).read_bytes) for each in ready])
    content = wav_header(Law.ULAW, len(octets)) + octets + b"\0" * (len(octets) % 2)
    await asyncio.to_thread(out.write_bytes, content)
    return list(dict.fromkeys(warning for each in ready for warning in each.warnings))


app = command(voices)
