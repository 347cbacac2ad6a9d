"""Transcription by whichever engine can: the near end of the workers that do it."""

import asyncio
import sys
import tempfile
import wave
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

import structlog

from dillo.speech.engines import EngineFailed, Sound, SpeechRefused, Transcript
from dillo.speech.options import Ranked, speech_environment
from dillo.speech.transcription_orders import WIRE, NotTranscribed, Reply, Transcribe
from dillo.workers.crew import Crew, NotDone, Staffing

WORKER = (sys.executable, "-m", "dillo.speech.transcription_worker")

_IDLE_S = 120.0

_KEEP_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
}
"""Lets glibc keep what an engine frees (mallopt(3)). Whisper takes and frees 600 MB for 15 s of
speech: 165,000 page faults, in the kernel, where nothing that is more urgent goes in between."""

_log = structlog.get_logger()


class Transcription:
    """Engines in order of preference, each in processes of its own, started when needed.

    Use it as an asynchronous context manager; any number of tasks may transcribe at once, and
    wait their turn.
    """

    def __init__(
        self,
        engines: Sequence[Ranked],
        *,
        processes: int = 1,
        threads: int = 1,
        env: Mapping[str, str] | None = None,
    ) -> None:
        env = {
            **(speech_environment() if env is None else env),
            "DILLO_SPEECH_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": "1",
            **_KEEP_MEMORY,
        }
        self._crews: dict[str, Crew[Transcribe, Reply]] = {
            engine.name: Crew(
                (*WORKER, engine.name),
                env,
                Staffing(processes, 1, engine.timeout_s, _IDLE_S),
                WIRE,
            )
            for engine in engines
        }
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        group = await self._stack.enter_async_context(asyncio.TaskGroup())
        for crew in self._crews.values():
            keeper = group.create_task(crew.run())
            self._stack.callback(keeper.cancel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said, in a language (BCP 47).

        The next engine is asked where one is missing, dies, fails or takes too long. Raises
        SpeechRefused for what no engine will take, EngineFailed where none delivered: the latter
        may be tried again later.
        """
        with tempfile.TemporaryDirectory(prefix="dillo-audio-") as folder:
            path = Path(folder) / "audio.wav"
            await asyncio.to_thread(write_wav, path, audio)
            return await self._ask_all(Transcribe(0, str(path), language))

    async def _ask_all(self, order: Transcribe) -> Transcript:
        failures = []
        for name, crew in self._crews.items():
            try:
                reply = await crew.make(order)
            except NotDone as error:
                reply = NotTranscribed(0, str(error), is_refused=False)
            if not isinstance(reply, NotTranscribed):
                return reply.transcript
            _log.warning("not transcribed", engine=name, error=reply.detail)
            failures.append((f"{name}: {reply.detail}", reply.is_refused))
        detail = "; ".join(words for words, _ in failures) or "no transcription engine is set"
        if failures and all(is_refused for _, is_refused in failures):
            raise SpeechRefused(detail)
        raise EngineFailed(detail)


def write_wav(path: Path, audio: Sound) -> None:
    """Write mono samples of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, audio.rate_hz, 0, "NONE", ""))
        file.writeframes(audio.samples.astype("<i2").tobytes())
