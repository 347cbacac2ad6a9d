"""Texts spoken by whichever engine can: the near end of the speech workers."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from dillo.files.keys import speech_key
from dillo.files.orders import SPEECH_WIRE, Made, MakeSpeech, NotMade, Reply
from dillo.model.prompts import Speech
from dillo.workers.crew import Crew, NotDone, Staffing

WORKER = (sys.executable, "-m", "dillo.speech_worker")

_REST_S = 30.0
"""An engine that failed is not waited for again for so long, while another one can speak."""

_FIRST_PACE = 18.0
"""Characters a second, of an engine that has not spoken yet: Kokoro's on two slow cores."""
_QUICK_PACE = 1000.0
"""The same of an engine that is always there, as espeak-ng is."""
_SMOOTHING = 0.3

_log = structlog.get_logger()


class Take(Protocol):
    """One way to speak a text: an engine and a voice of it."""

    @property
    def engine(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def voice(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


Cast = Callable[[str, str | None], Sequence[Take]]
"""Language and wanted voice to the ways to speak, the best first; never none."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """What came of a text, and which engines were asked in vain."""

    made: Made
    warnings: tuple[str, ...]


class Speakers:
    """The engines of a node, each in processes of its own, into one folder of ready prompts."""

    def __init__(
        self,
        folder: Path,
        cast: Cast,
        staffing: Mapping[str, Staffing],
        *,
        niceness: int = 0,
        patience_s: float | None = None,
        env: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`niceness` is that of the processes; `patience_s` how long a text may be overdue while
        another engine could speak."""
        self._cast = cast
        self._patience_s = patience_s
        self._clock = clock
        arguments = (str(folder.absolute()), str(niceness))
        self._crews: dict[str, Crew[MakeSpeech, Reply]] = {
            engine: Crew((*WORKER, engine, *arguments), env, staff, SPEECH_WIRE)
            for engine, staff in staffing.items()
        }
        self._resting: dict[str, tuple[float, str]] = {}
        self._paces = {
            engine: _QUICK_PACE if staff.idle_s is None else _FIRST_PACE
            for engine, staff in staffing.items()
        }

    async def run(self) -> None:
        """Keep the processes alive until cancelled."""
        async with asyncio.TaskGroup() as group:
            for crew in self._crews.values():
                group.create_task(crew.run())

    def key(self, speech: Speech) -> str:
        """Return the key of a text as the best engine would speak it."""
        return _key(speech, self._cast(speech.language, speech.voice)[0])

    def warnings(self, speech: Speech) -> tuple[str, ...]:
        """Return what is not as wanted even where the best engine speaks."""
        return self._cast(speech.language, speech.voice)[0].warnings

    def wake(self, language: str, voice: str | None) -> None:
        """Let a process of the engine that would speak be there for the next while."""
        self._crews[self._cast(language, voice)[0].engine].wake()

    def pace(self, speech: Speech) -> float:
        """Return how many characters a second are spoken, as it was lately, queue included."""
        (first, *_) = self._in_order(speech, [])
        return self._paces[first.engine]

    async def speak(self, speech: Speech, due_in_s: float = 0) -> Spoke | NotMade:
        """Have a text spoken by the first engine that can, and is not late."""
        failures: list[str] = []
        *others, last = self._in_order(speech, failures)
        patience_s = None if self._patience_s is None else due_in_s + self._patience_s
        for take in (*others, last):
            began_s = self._clock()
            reply = await self._ask(take, speech, None if take is last else patience_s)
            if isinstance(reply, Made):
                self._resting.pop(take.engine, None)
                self._note_pace(take.engine, len(speech.text), self._clock() - began_s)
                warnings = [f"{failure}: {take.engine} speaks instead" for failure in failures]
                return Spoke(reply, tuple(warnings))
            _log.warning("not spoken", engine=take.engine, error=reply.detail)
            failures.append(f"{take.engine}: {reply.detail}")
            if not reply.is_refused:
                self._resting[take.engine] = (self._clock() + _REST_S, failures[-1])
        return NotMade(0, "; ".join(failures))

    async def _ask(self, take: Take, speech: Speech, patience_s: float | None) -> Reply:
        """Have an engine speak; one that is late goes on loading, if that is what it does."""
        text, language = encodable(speech.text), encodable(take.language)
        order = MakeSpeech(0, _key(speech, take), text, language, take.voice)
        try:
            async with asyncio.timeout(patience_s):
                return await self._crews[take.engine].make(order)
        except TimeoutError:
            return NotMade(0, f"nothing within {patience_s:.1f} s")
        except NotDone as error:
            return NotMade(0, str(error))

    def _note_pace(self, engine: str, characters: int, taken_s: float) -> None:
        pace = self._paces[engine]
        self._paces[engine] += _SMOOTHING * (characters / max(taken_s, 0.001) - pace)

    def _in_order(self, speech: Speech, failures: list[str]) -> list[Take]:
        """Return who is to be asked; engines at rest are left out, unless all of them are."""
        takes = self._cast(speech.language, speech.voice)
        awake = []
        for take in takes:
            until_s, failure = self._resting.get(take.engine, (0.0, ""))
            if until_s > self._clock():
                failures.append(failure)
            else:
                awake.append(take)
        return awake or list(takes)


def _key(speech: Speech, take: Take) -> str:
    return speech_key(take.version, take.voice, take.language, speech.text)


def encodable(text: str) -> str:
    """Replace what UTF-8 cannot carry: half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
