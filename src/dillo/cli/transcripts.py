"""`dillo transcripts`: what was heard in recordings, and how far those under way have come."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from dillo.calls.transcribed import Transcribed
from dillo.cli.options import Home, Json, command, console, print_json
from dillo.cli.records import with_database
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.transcribed import SqlTranscriptionBook

Subject = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="A call, recording or transcription [default: pending]."),
]


def transcripts(subject: Subject = None, home: Home = None, json: Json = False) -> None:
    """Show transcriptions, earlier ones of a recording included, and their progress."""

    async def work(database: Database, _settings: Settings) -> Sequence[Transcribed]:
        book = SqlTranscriptionBook(database)
        return await book.pending() if subject is None else await book.of(subject)

    found = with_database(home, work)
    if json:
        print_json([described(each) for each in found])
        return
    console.print(_table(found))
    for each in found:
        if each.text or each.error:
            console.print(f"\n[dim]{each.id}[/dim]")
            console.print(each.text or each.error, markup=False)


def described(each: Transcribed) -> dict[str, object]:
    """Return a transcription as JSON shows it."""
    return {
        "id": each.id,
        "recording_id": each.recording_id,
        "call_id": each.call_id,
        "created_at": iso_ms(each.created_us),
        "status": each.status,
        "progress": each.progress,
        "language": each.language,
        "engine": each.engine,
        "text": each.text,
        "confidence": each.confidence,
        "price": None if each.price_micros is None else to_decimal(each.price_micros),
        "finished_at": None if each.finished_us is None else iso_ms(each.finished_us),
        "error": each.error,
        "segments": each.said,
    }


def _table(found: Sequence[Transcribed]) -> Table:
    table = Table(box=None, header_style="dim")
    for heading in ("Id", "Recording", "Language", "Engine", "Status", "Done"):
        table.add_column(heading)
    for each in found:
        table.add_row(
            each.id,
            each.recording_id,
            each.language,
            each.engine or "",
            each.status,
            "waiting" if each.progress is None else f"{each.progress:.0%}",
        )
    return table


app = command(transcripts)
