"""`dillo replay`: a past call, run again by the same or another version of its application."""

from typing import Annotated

import msgspec
import typer

from dillo.accounts.ports import Change, Registry
from dillo.behavior import Behavior, InvalidBehavior, load
from dillo.behavior.replay import Parting, Replay
from dillo.behavior.replay import replay as replay_events
from dillo.cli.options import Home, Json, command, console, print_json
from dillo.cli.records import with_registry
from dillo.model.events import CallEvent
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.past_calls import PastCall, past_call


def replay(
    call_id: Annotated[str, typer.Argument(metavar="CALL_ID", help="Id of a finished call.")],
    version: Annotated[
        int | None,
        typer.Option(metavar="N", help="Version of the application [default: the one that ran]."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Run a past call again, and show where it and the application part; exit status 1 if they do.

    Nobody is called: keys, prompts and recordings come from the call's record.
    """

    async def work(_registry: Registry, _change: Change, settings: Settings) -> PastCall:
        database = Database.open(settings.database_url)
        try:
            return await past_call(database, call_id, version)
        finally:
            await database.close()

    call = with_registry(home, work)
    replayed = replay_events(call.events, _load(call.primary), _load(call.fallback))
    if json:
        print_json(_document(call, replayed))
    else:
        _print(call, replayed)
    raise typer.Exit(replayed.parting is not None)


def _load(behavior: str | None) -> Behavior | None:
    """Return a behavior; None where this release refuses it, as a call would do without it too."""
    try:
        return None if behavior is None else load(behavior)
    except InvalidBehavior:
        return None


def _document(call: PastCall, replayed: Replay) -> dict[str, object]:
    parting = replayed.parting
    return {
        "Version": call.version,
        "FactsAgreed": len(replayed.facts),
        "Parting": parting
        and {
            "Node": parting.node,
            "Recorded": parting.recorded,
            "Replayed": parting.replayed,
        },
        "Reworded": [
            {"Node": new.node, "Recorded": old.summary, "Replayed": new.summary}
            for old, new in replayed.reworded
        ],
        "HasMaskedDigits": replayed.is_masked,
    }


def _print(call: PastCall, replayed: Replay) -> None:
    began_us = call.events[0].at_us
    for fact in replayed.facts:
        console.print(_row(fact, began_us), style="dim", markup=False, soft_wrap=True)
    for old, new in replayed.reworded:
        console.print(f"node {new.node} says now: {new.summary}", markup=False, soft_wrap=True)
        console.print(f"           it said: {old.summary}", markup=False, soft_wrap=True)
    if replayed.parting is None:
        console.print(f"[green]{call.title} does the same[/green]")
    else:
        _print_parting(call, replayed.parting, began_us)
    if replayed.is_masked:
        note = "sensitive keys are not in the record: what depends on them was guessed"
        console.print(f"[yellow]{note}[/yellow]", soft_wrap=True)


def _print_parting(call: PastCall, parting: Parting, began_us: int) -> None:
    console.print("[red]here they part[/red]")
    console.print(f"- {_row(parting.recorded, began_us)}", markup=False, soft_wrap=True)
    if parting.replayed is not None:
        told = _row(parting.replayed, began_us)
        console.print(f"+ {told}", markup=False, soft_wrap=True)
    else:
        where = f" in node {parting.node}" if parting.node else ""
        console.print(f"+ {call.title} still waits{where}", soft_wrap=True)


def _row(fact: CallEvent, began_us: int) -> str:
    """Return a fact in one line: seconds into the call, kind and fields."""
    fields = msgspec.structs.asdict(fact)
    seconds = (fields.pop("at_us") - began_us) / 1_000_000
    shown = " ".join(f"{name}={value}" for name, value in fields.items() if value not in (None, ""))
    return f"{seconds:9.3f}  {type(fact).__name__}  {shown}".rstrip()


app = command(replay)
