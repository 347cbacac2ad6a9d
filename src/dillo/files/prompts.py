"""Prompts, made once and found again: what `calls.ports.Prompts` promises."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

import structlog

from dillo.calls.ports import PreparedPrompt, PromptFailed
from dillo.files.folder import PromptFolder
from dillo.files.keys import prompt_key
from dillo.files.orders import (
    WIRE,
    MakeFetched,
    MakeFile,
    MakeSilence,
    MakeTone,
    NotMade,
    Order,
    Remembered,
    Reply,
)
from dillo.files.speakers import Speakers, encodable
from dillo.files.sweep import Sweeper
from dillo.files.uploads import upload_path
from dillo.model.clock import now_us
from dillo.model.prompts import Audio, Beep, Prompt, RingingTone, Silence, Sound, Speech
from dillo.workers.crew import Crew, NotDone, Staffing

WORKER = (sys.executable, "-m", "dillo.prompt_worker")

# Fetching is mostly waiting, so many share a process; ten minutes of sound take up to 2.3 s to
# decode, and sixteen of them queue for well under a minute.
_FILES = Staffing(processes=1, orders=16, timeout_s=60.0)

# What an engine said in place of a better one is used for so long: then that one is asked again.
_STAND_IN_US = 60_000_000

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


@dataclass(slots=True)
class _Flight:
    """A prompt in the making."""

    landing: asyncio.Future[_Entry | NotMade]
    task: asyncio.Task[None] | None = None
    waiting: int = 0


class PromptCache:
    """Makes prompts ready to send in processes of its own, each prompt once.

    `folder` holds the ready prompts and may be deleted while the platform is down; `uploads` the
    customers' files. `speakers` speak into the same folder. `allowed_networks` may be fetched
    from though they are not public. Given `idle_s`, the processes that fetch and decode are ended
    after so long without work.
    """

    def __init__(
        self,
        folder: Path,
        uploads: Path,
        speakers: Speakers,
        *,
        command: Sequence[str] = WORKER,
        env: Mapping[str, str] | None = None,
        allowed_networks: Sequence[str] = (),
        max_bytes: int = 2_000_000_000,
        idle_s: float | None = None,
        clock: Callable[[], int] = now_us,
    ) -> None:
        self._folder = PromptFolder(folder.absolute())
        self._uploads = uploads.absolute()
        self._speakers = speakers
        self._clock = clock
        command = (*command, str(self._folder.root), *allowed_networks)
        env = {**(_inherited() if env is None else env), "OPENBLAS_NUM_THREADS": "1"}
        self._files: Crew[Order, Reply] = Crew(command, env, replace(_FILES, idle_s=idle_s), WIRE)
        self._entries: dict[str, _Entry] = {}
        self._flights: dict[str, _Flight] = {}
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
            for work in (self._speakers.run(), self._files.run(), self._sweeper.run()):
                self._group.create_task(work)
            started.set()

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt | None:
        """Return the prompt if it is ready now, without waiting; the disk is asked only once."""
        key = self._key(prompt, customer_id)
        entry = self._entries.get(key) or self._find(key, prompt)
        if entry is None or entry.fresh_until_us <= self._clock():
            return None
        self._sweeper.used.add(entry.audio_key)
        return self._described(entry.prompt, prompt)

    async def prepare(
        self, prompt: Prompt, customer_id: str, due_in_s: float = 0
    ) -> PreparedPrompt:
        """Return the prompt, made if need be. Raises PromptFailed.

        A text that shall be heard in `due_in_s` is spoken by the next engine where the best one
        keeps whoever waits for it in silence. Whoever asks while it is being made gets the same
        one. A text that nobody waits for any more is spoken no further; what is fetched is worth
        keeping.
        """
        ready = self.cached(prompt, customer_id)
        if ready is not None:
            return ready
        key = self._key(prompt, customer_id)
        flight = self._flights.get(key) or self._take_off(key, prompt, customer_id, due_in_s)
        flight.waiting += 1
        try:
            landed = await asyncio.shield(flight.landing)
        finally:
            flight.waiting -= 1
            if not flight.waiting and isinstance(prompt, Speech):
                self._abort(key, flight)
        if isinstance(landed, NotMade):
            raise PromptFailed(f"{prompt}: {landed.detail}")
        return self._described(landed.prompt, prompt)

    def pace(self, speech: Speech) -> float:
        """Return how many characters a second such a text is spoken at, while a caller waits."""
        return self._speakers.pace(speech)

    def expect(self, language: str, voice: str | None) -> None:
        """Let the engine that would speak get ready: a text for it may come soon."""
        self._speakers.wake(language, voice)

    def _key(self, prompt: Prompt, customer_id: str) -> str:
        if isinstance(prompt, Speech):
            return self._speakers.key(prompt)
        return prompt_key(prompt, customer_id)

    def warnings(self, speech: Speech) -> tuple[str, ...]:
        """Return what is not as wanted even where the best engine speaks."""
        return self._speakers.warnings(speech)

    def _described(self, ready: PreparedPrompt, prompt: Prompt) -> PreparedPrompt:
        """Return a prompt with what its owner should know, beside how it was made."""
        warnings = self.warnings(prompt) if isinstance(prompt, Speech) else ()
        return replace(ready, warnings=(*warnings, *ready.warnings)) if warnings else ready

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

    def _take_off(self, key: str, prompt: Prompt, customer_id: str, due_in_s: float) -> _Flight:
        if self._group is None:
            raise PromptFailed(f"{prompt}: prompts are not being made just now")
        if isinstance(prompt, Speech):
            if len(prompt.text) > _LONGEST_TEXT:
                raise PromptFailed(f"{prompt}: longer than {_LONGEST_TEXT:,} characters")
            making = self._speak(key, prompt, due_in_s)
        else:
            making = self._make(key, self._order(key, prompt, customer_id))
        flight = self._flights[key] = _Flight(asyncio.get_running_loop().create_future())
        flight.task = self._group.create_task(self._fly(key, flight, making))
        return flight

    def _abort(self, key: str, flight: _Flight) -> None:
        if flight.task is not None and not flight.landing.done():
            flight.task.cancel()
            if self._flights.get(key) is flight:
                del self._flights[key]

    async def _fly(
        self, key: str, flight: _Flight, making: Coroutine[None, None, _Entry | NotMade]
    ) -> None:
        landed: _Entry | NotMade = NotMade(0, "the platform is stopping")
        try:
            landed = await making
        finally:
            making.close()
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.landing.set_result(landed)

    async def _speak(self, key: str, speech: Speech, due_in_s: float) -> _Entry | NotMade:
        spoken = await self._speakers.speak(speech, due_in_s)
        if isinstance(spoken, NotMade):
            return spoken
        self._sweeper.grow(spoken.made.duration_ms)
        prompt = replace(
            self._folder.prepared(spoken.made.key, spoken.made.duration_ms),
            warnings=spoken.warnings,
        )
        is_stand_in = spoken.made.key != key
        fresh_until_us = self._clock() + _STAND_IN_US if is_stand_in else _FOR_EVER
        return self._add(key, _Entry(prompt, spoken.made.key, fresh_until_us))

    async def _make(self, key: str, order: Order) -> _Entry | NotMade:
        try:
            reply = await self._files.make(order)
        except NotDone as error:
            return NotMade(0, str(error))
        if isinstance(reply, NotMade):
            return reply
        self._sweeper.grow(reply.duration_ms)
        fresh_until_us = reply.remembered.fresh_until_us if reply.remembered else _FOR_EVER
        prompt = self._folder.prepared(reply.key, reply.duration_ms)
        return self._add(key, _Entry(prompt, reply.key, fresh_until_us))

    def _order(self, key: str, prompt: Sound, customer_id: str) -> Order:
        match prompt:
            case Audio(url=str(url)):
                return MakeFetched(0, encodable(url), self._known(key))
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

    def _add(self, key: str, entry: _Entry) -> _Entry:
        if len(self._entries) >= _MOST_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = entry
        self._sweeper.used.add(entry.audio_key)
        return entry

    def _forget(self, audio_keys: set[str]) -> None:
        gone = [key for key, entry in self._entries.items() if entry.audio_key in audio_keys]
        for key in gone:
            del self._entries[key]


def _inherited() -> dict[str, str]:
    """Return our environment without our settings: workers open strangers' files."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DILLO_")}
