"""Makes prompts of files and tones: two files each in the folder of ready prompts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol, TypeVar, assert_never

import numpy as np

from dillo.files import freshness
from dillo.files.decode import decode
from dillo.files.folder import PromptFolder
from dillo.files.keys import fetched_key, url_key
from dillo.files.level import Signal, normalise, tone, trim
from dillo.files.orders import (
    Made,
    MakeFetched,
    MakeFile,
    MakeSilence,
    MakeTone,
    NotMade,
    Order,
    Remembered,
    Reply,
)
from dillo.files.shelving import shelve
from dillo.model.clock import now_us
from dillo.model.errors import PeerError, Unavailable

_FILE_TRIM_MS = 250  # a file's pauses may be meant: only what encoders pad is cut off

T = TypeVar("T")


class Fetched(Protocol):
    """An HTTP answer in full; header names are lower-case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


Fetch = Callable[[str, Mapping[str, str]], Awaitable[Fetched]]
"""URL and headers to the answer; raises PeerError or Unavailable."""


class CannotFetch(PeerError):
    """The server answered, but not with the prompt."""


class Workshop:
    """Performs orders; what takes processor time runs on `bench`, one order at a time."""

    def __init__(self, folder: PromptFolder, fetch: Fetch, bench: Executor) -> None:
        self._folder = folder
        self._fetch = fetch
        self._bench = bench

    async def perform(self, order: Order) -> Reply:
        """Make what is ordered. Never raises for what the order, the net or the disk do wrong."""
        try:
            if isinstance(order, MakeFetched):
                return await self._make_fetched(order)
            return await self._on_bench(lambda: self._make(order))
        except (PeerError, Unavailable) as error:
            return NotMade(order.job, str(error))
        except OSError as error:
            return NotMade(order.job, f"the prompt cannot be stored: {error.strerror}")

    async def _on_bench(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._bench, work)

    def _make(self, order: MakeTone | MakeSilence | MakeFile) -> Made:
        match order:
            case MakeTone():
                signal = tone(order.frequency_hz, order.duration_ms)
            case MakeSilence():
                signal = np.zeros(order.duration_ms * 8, np.float32)
            case MakeFile():
                signal = _from_file(Path(order.path).read_bytes())
            case _:
                assert_never(order)
        return Made(order.job, order.key, shelve(self._folder, order.key, signal))

    async def _make_fetched(self, order: MakeFetched) -> Made:
        remembered = await self._ask_server(order.url, order.known)
        await self._on_bench(lambda: self._folder.remember(url_key(order.url), remembered))
        found = self._folder.find(remembered.audio_key)
        if found is None:
            raise Unavailable("the prompt vanished from the folder while it was made")
        return Made(order.job, remembered.audio_key, found.duration_ms, remembered)

    async def _ask_server(self, url: str, known: Remembered | None) -> Remembered:
        try:
            answer = await self._fetch(url, freshness.conditions(known))
            if answer.status >= 500:
                raise Unavailable(f"the server answered {answer.status}")
        except Unavailable:
            kept = freshness.put_off(known, now_us()) if known else None
            if kept is None:
                raise
            return kept
        if answer.status == 304 and known is not None:
            return freshness.confirmed(known, answer.headers, now_us())
        if answer.status != 200:
            raise CannotFetch(f"the server answered {answer.status}")
        return await self._on_bench(lambda: self._take_in(url, answer))

    def _take_in(self, url: str, answer: Fetched) -> Remembered:
        key = fetched_key(url, answer.body)
        if self._folder.find(key) is None:
            shelve(self._folder, key, _from_file(answer.body))
        return freshness.learned(url, key, answer.headers, now_us())


def _from_file(data: bytes) -> Signal:
    return normalise(trim(decode(data), _FILE_TRIM_MS))
