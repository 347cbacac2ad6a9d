"""Makes prompts of texts: what an engine says becomes two files in the folder of ready prompts."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dillo.files.decode import to_telephone_rate
from dillo.files.folder import PromptFolder
from dillo.files.level import Signal, normalise, trim
from dillo.files.orders import Made, MakeSpeech, NotMade, Reply
from dillo.files.shelving import shelve
from dillo.model.errors import PeerError, Unavailable


class Spoken(Protocol):
    """A part of what an engine made of a text."""

    @property
    def samples(self) -> NDArray[np.int16]: ...
    @property
    def rate_hz(self) -> int: ...


Synthesize = Callable[[str, str, str], Iterable[Spoken]]
"""Text, voice and language to sound, by parts; raises PeerError or Unavailable."""


class Studio:
    """Performs orders of one engine, one at a time, on `bench`."""

    def __init__(self, folder: PromptFolder, synthesize: Synthesize, bench: Executor) -> None:
        self._folder = folder
        self._synthesize = synthesize
        self._bench = bench

    async def perform(self, order: MakeSpeech) -> Reply:
        """Speak a text. Never raises for what the text, the engine or the disk do wrong.

        Cancelled, it stops at the next part.
        """
        is_unwanted = threading.Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._bench, self._speak, order, is_unwanted)
        except asyncio.CancelledError:
            is_unwanted.set()
            raise

    def _speak(self, order: MakeSpeech, is_unwanted: threading.Event) -> Reply:
        there = self._folder.find(order.key)
        if there is not None:  # another process needed it, too, and was faster
            return Made(order.job, order.key, there.duration_ms)
        try:
            signals = []
            for part in self._synthesize(order.text, order.voice, order.language):
                signals.append(to_telephone_rate(part.samples, part.rate_hz))
                if is_unwanted.is_set():
                    return NotMade(order.job, "nobody waits for it any more")
            whole: Signal = np.concatenate(signals) if signals else np.zeros(0, np.float32)
            duration_ms = shelve(self._folder, order.key, normalise(trim(whole)))
        except PeerError as error:
            return NotMade(order.job, str(error), is_refused=True)
        except Unavailable as error:
            return NotMade(order.job, str(error))
        except OSError as error:
            return NotMade(order.job, f"the prompt cannot be stored: {error.strerror}")
        except Exception as error:  # the boundary of an engine, which may be a stranger's
            return NotMade(order.job, f"{type(error).__name__}: {error}")
        return Made(order.job, order.key, duration_ms)
