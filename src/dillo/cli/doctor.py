"""`dillo doctor`: what this machine lacks, before callers notice."""

import asyncio
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from dillo.app.process import bind
from dillo.app.prompts import make_casting
from dillo.app.running import find_running
from dillo.cli.options import Home, Json, command, console, load_settings, plain_errors, print_json
from dillo.model.errors import DilloError, Unavailable
from dillo.settings import Settings
from dillo.speech.model_files import ModelMissing
from dillo.speech.models import DEFAULT_MODELS
from dillo.speech.options import Ranked, read_model_store, read_options
from dillo.speech.registry import make_transcriber
from dillo.store.database import Database

_LEAST_FREE_GB = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is as it should be, and what there is to know."""

    name: str
    is_fine: bool
    detail: str
    is_needed: bool = True
    """Whether the platform cannot do without it."""


def doctor(home: Home = None, json: Json = False) -> None:
    """Check settings, database, ports, disk space, speech engines and their model files.

    The status is 1 where something is wrong that the platform needs.
    """
    with plain_errors():
        settings = load_settings(home)
        found = list(_examine(settings))
    if json:
        print_json(found)
    else:
        for finding in found:
            mark = "[green]ok[/green]     " if finding.is_fine else "[red]wrong[/red]  "
            if not finding.is_fine and not finding.is_needed:
                mark = "[yellow]missing[/yellow]"
            console.print(f"{mark}  {finding.name}: {finding.detail}", soft_wrap=True)
    if any(finding.is_needed and not finding.is_fine for finding in found):
        raise typer.Exit(1)


def _examine(settings: Settings) -> Iterator[Finding]:
    yield Finding("settings", True, f"home is {settings.home}")
    yield from _disk(settings.home)
    yield _database(settings)
    yield from _ports(settings)
    yield from _models(settings)
    yield from _engines(settings)


def _disk(home: Path) -> Iterator[Finding]:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    yield Finding("disk", free_gb >= _LEAST_FREE_GB, f"{free_gb:.1f} GB are free at {there}")
    yield Finding("folder", os.access(there, os.W_OK), f"{there} can be written")


def _database(settings: Settings) -> Finding:
    async def ask() -> None:
        database = Database.open(settings.database_url)
        try:
            async with database.reading():
                pass
        finally:
            await database.close()

    if not settings.home.exists() and settings.database_url.startswith("sqlite"):
        return Finding("database", True, "is made at the first start")
    try:
        asyncio.run(ask())
    except (Unavailable, OSError) as error:
        return Finding("database", False, str(error))
    return Finding("database", True, "answers")


def _ports(settings: Settings) -> Iterator[Finding]:
    running = find_running(settings.home)
    for name, address, kind in (
        ("SIP", settings.sip, socket.SOCK_DGRAM),
        ("HTTP", settings.http, socket.SOCK_STREAM),
    ):
        if running is not None:
            yield Finding(f"{name} port", True, f"{address} is this home's own")
            continue
        try:
            bind(address, kind).close()
        except OSError as error:
            yield Finding(f"{name} port", False, f"cannot listen at {address}: {error.strerror}")
        else:
            yield Finding(f"{name} port", True, f"{address} is free")


def _models(settings: Settings) -> Iterator[Finding]:
    store = read_model_store(os.environ | settings.as_environment())
    for model in DEFAULT_MODELS:
        try:
            folder = store.require(model)
        except ModelMissing as error:
            yield Finding(f"model {model.name}", False, str(error), is_needed=False)
        else:
            yield Finding(f"model {model.name}", True, f"{folder}, hashes checked")


def _engines(settings: Settings) -> Iterator[Finding]:
    casting = make_casting(settings)
    lacks = casting.lacks
    for name in dict.fromkeys(each.engine for each in casting.speakers()):
        yield Finding(f"engine {name}", True, "speaks")
    for name, lack in lacks.items():
        yield Finding(f"engine {name}", False, lack, is_needed=False)
    environment = os.environ | settings.as_environment()
    for text in settings.transcription_engines:
        name = Ranked.parse(text, 1).name
        try:
            engine = make_transcriber(name, read_options(name, environment))
        except DilloError as error:
            yield Finding(f"engine {name}", False, str(error), is_needed=False)
        else:
            yield Finding(f"engine {name}", True, f"transcribes: {engine.version}")


app = command(doctor)
