"""Prompts, made once and found again: what `calls.ports.Prompts` promises."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import structlog

from dillo.calls.ports import PreparedPrompt, PromptFailed
from dillo.files.folder import PromptFolder
from dillo.files.keys import prompt_key
from dillo.files.orders import (
    WIRE,
    Made,
    MakeFetched,
    MakeFile,
    MakeSilence,
    MakeSpeech,
    MakeTone,
    NotMade,
    Order,
    Remembered,
    Reply,
)
from dillo.files.sweep import Sweeper
from dillo.files.uploads import upload_path
from dillo.model.clock import now_us
from dillo.model.prompts import Audio, Beep, Prompt, RingingTone, Silence, Speech
from dillo.workers.crew import Crew, NotDone, Staffing

WORKER = (sys.executable, "-m", "dillo.prompt_worker")

# Speech has processes of its own, one text each at a time: neither a slow server nor a file that
# upsets its decoder keeps a text waiting. Fetching is mostly waiting, so many share a process; ten
# minutes of sound take up to 2.3 s to decode, and sixteen of them queue for well under a minute.
_SPEECH_TIMEOUT_S = 20.0
_FILES = Staffing(processes=1, orders=16, timeout_s=60.0)

_BEEP_HZ, _BEEP_MS = 1000, 250
_RINGING_HZ, _RINGING_MS = 425, 1000
_LONGEST_TEXT = 20_000
_LONGEST_SILENCE_MS = 600_000
_MOST_ENTRIES = 20_000  # in memory; what drops out is found on disk again
_FOR_EVER = sys.maxsize

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Entry:
    prompt: PreparedPrompt
    audio_key: str
    fresh_until_us: int


class PromptCache:
    """Makes prompts ready to send in processes of its own, each prompt once.

    `folder` holds the ready prompts and may be deleted while the platform is down; `uploads` the
    customers' files. `engine` names the speech engine and its version: speech by another is not
    reused. `allowed_networks` may be fetched from though they are not public.
    """

    def __init__(
        self,
        folder: Path,
        uploads: Path,
        *,
        engine: str,
        command: Sequence[str] = WORKER,
        env: Mapping[str, str] | None = None,
        allowed_networks: Sequence[str] = (),
        speech_workers: int = 1,
        max_bytes: int = 2_000_000_000,
        clock: Callable[[], int] = now_us,
    ) -> None:
        self._folder = PromptFolder(folder.absolute())
        self._uploads = uploads.absolute()
        self._engine = engine
        self._clock = clock
        command = (*command, str(self._folder.root), *allowed_networks)
        env = {**(_inherited() if env is None else env), "OPENBLAS_NUM_THREADS": "1"}
        staffing = Staffing(speech_workers, 1, _SPEECH_TIMEOUT_S)
        self._speech = Crew(command, env, staffing, WIRE)
        self._files = Crew(command, env, _FILES, WIRE)
        self._entries: dict[str, _Entry] = {}
        self._flights: dict[str, asyncio.Future[Reply]] = {}
        self._sweeper = Sweeper(self._folder, max_bytes, self._forget)
        self._group: asyncio.TaskGroup | None = None
        self._owner: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers; they take orders at once, and answer half a second later."""
        self._folder.root.mkdir(parents=True, exist_ok=True)
        started = asyncio.Event()
        self._owner = asyncio.create_task(self._run(started), name="prompts")
        await started.wait()

    async def close(self) -> None:
        """Stop the workers; whoever still waits for a prompt gets PromptFailed."""
        if self._owner is not None:
            self._owner.cancel()
            await asyncio.wait([self._owner])
            self._group = None

    async def _run(self, started: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as self._group:
            for work in (self._speech.run(), self._files.run(), self._sweeper.run()):
                self._group.create_task(work)
            started.set()

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt | None:
        """Return the prompt if it is ready now, without waiting; the disk is asked only once."""
        key = prompt_key(prompt, customer_id, self._engine)
        entry = self._entries.get(key) or self._find(key, prompt)
        if entry is None or entry.fresh_until_us <= self._clock():
            return None
        self._sweeper.used.add(entry.audio_key)
        return entry.prompt

    async def prepare(self, prompt: Prompt, customer_id: str) -> PreparedPrompt:
        """Return the prompt, made if need be. Raises PromptFailed.

        Whoever asks while it is being made gets the same one, and no one's going away stops it.
        """
        ready = self.cached(prompt, customer_id)
        if ready is not None:
            return ready
        key = prompt_key(prompt, customer_id, self._engine)
        flight = self._flights.get(key) or self._take_off(key, prompt, customer_id)
        reply = await asyncio.shield(flight)
        if isinstance(reply, NotMade):
            raise PromptFailed(f"{prompt}: {reply.detail}")
        return self._keep(key, reply).prompt

    async def warm(self, prompts: Iterable[Prompt], customer_id: str) -> dict[Prompt, str]:
        """Make prompts ahead of the first call; returns why, for those that failed."""
        distinct = tuple(dict.fromkeys(prompts))
        failures = await asyncio.gather(*(self._failure(each, customer_id) for each in distinct))
        return {prompt: why for prompt, why in zip(distinct, failures, strict=True) if why}

    async def _failure(self, prompt: Prompt, customer_id: str) -> str | None:
        try:
            await self.prepare(prompt, customer_id)
        except PromptFailed as error:
            return str(error)
        return None

    def _take_off(self, key: str, prompt: Prompt, customer_id: str) -> asyncio.Future[Reply]:
        if self._group is None:
            raise PromptFailed(f"{prompt}: prompts are not being made just now")
        order = self._order(key, prompt, customer_id)
        flight: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._flights[key] = flight
        self._group.create_task(self._fly(key, order, flight))
        return flight

    async def _fly(self, key: str, order: Order, flight: asyncio.Future[Reply]) -> None:
        crew = self._files if isinstance(order, MakeFetched | MakeFile) else self._speech
        reply: Reply = NotMade(0, "the platform is stopping")
        try:
            reply = await crew.make(order)
        except NotDone as error:
            reply = NotMade(0, str(error))
        finally:
            del self._flights[key]
            flight.set_result(reply)
        if isinstance(reply, Made):
            self._sweeper.grow(reply.duration_ms)
            for warning in reply.warnings:
                _log.warning("prompt_warning", key=key, warning=warning)

    def _order(self, key: str, prompt: Prompt, customer_id: str) -> Order:
        match prompt:
            case Speech(text, language, voice):
                if len(text) > _LONGEST_TEXT:
                    raise PromptFailed(f"{prompt}: longer than {_LONGEST_TEXT:,} characters")
                voice = None if voice is None else _encodable(voice)
                return MakeSpeech(0, key, _encodable(text), _encodable(language), voice)
            case Audio(url=str(url)):
                return MakeFetched(0, _encodable(url), self._known(key))
            case Audio(prompt_id=prompt_id):
                path = upload_path(self._uploads, customer_id, prompt_id or "")
                if path is None or not path.is_file():
                    raise PromptFailed(f"{prompt} does not exist")
                return MakeFile(0, key, str(path))
            case Beep():
                return MakeTone(0, key, _BEEP_HZ, _BEEP_MS)
            case RingingTone():
                return MakeTone(0, key, _RINGING_HZ, _RINGING_MS)
            case Silence(duration_ms):
                return MakeSilence(0, key, min(duration_ms, _LONGEST_SILENCE_MS))
            case _:
                assert_never(prompt)

    def _find(self, key: str, prompt: Prompt) -> _Entry | None:
        """Look on disk for what an earlier run made."""
        if not (isinstance(prompt, Audio) and prompt.url):
            found = self._folder.find(key)
            return self._add(key, _Entry(found, key, _FOR_EVER)) if found else None
        known = self._folder.recall(key)
        found = self._folder.find(known.audio_key) if known else None
        if known is None or found is None:
            return None
        return self._add(key, _Entry(found, known.audio_key, known.fresh_until_us))

    def _known(self, key: str) -> Remembered | None:
        """Return what the server of an address may be asked to confirm."""
        known = self._folder.recall(key)
        if known is None or self._folder.find(known.audio_key) is None:
            return None
        self._sweeper.used.add(known.audio_key)
        return known

    def _keep(self, key: str, made: Made) -> _Entry:
        fresh_until_us = made.remembered.fresh_until_us if made.remembered else _FOR_EVER
        prompt = self._folder.prepared(made.key, made.duration_ms)
        self._sweeper.used.add(made.key)
        return self._add(key, _Entry(prompt, made.key, fresh_until_us))

    def _add(self, key: str, entry: _Entry) -> _Entry:
        if len(self._entries) >= _MOST_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = entry
        return entry

    def _forget(self, audio_keys: set[str]) -> None:
        gone = [key for key, entry in self._entries.items() if entry.audio_key in audio_keys]
        for key in gone:
            del self._entries[key]


def _inherited() -> dict[str, str]:
    """Return our environment without our settings: workers open strangers' files."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DILLO_")}


def _encodable(text: str) -> str:
    """Replace what UTF-8 cannot carry: half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
