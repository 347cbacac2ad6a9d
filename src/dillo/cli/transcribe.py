"""`dillo transcribe`: have a recording transcribed, again if need be; earlier texts stay."""

from collections.abc import Sequence
from typing import Annotated

import typer

from dillo.cli.options import Home, Json, command, console, print_json
from dillo.cli.records import with_database
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.transcripts import SqlTranscripts


def transcribe(
    subject: Annotated[str, typer.Argument(metavar="ID", help="A call or a recording.")],
    engine: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Engine [default: those of the settings, in order]."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Have a recording, or all recordings of a call, transcribed by the running platform.

    The new text takes the old one's place in the record; `dillo transcripts ID` shows all.
    """

    async def work(database: Database, _settings: Settings) -> Sequence[str]:
        return await SqlTranscripts(database).ask_again(subject, engine)

    asked = with_database(home, work)
    if json:
        print_json(asked)
        return
    for transcription_id in asked:
        console.print(transcription_id)


app = command(transcribe)
