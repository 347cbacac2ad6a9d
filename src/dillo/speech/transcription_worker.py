"""A transcription worker: one engine in a process of its own.

`python -m dillo.speech.transcription_worker ENGINE` talks over the socket that is its standard
input. It computes at the lowest priority: neither media nor prompts wait for it.
"""

import asyncio
import functools
import socket
import sys
import wave
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dillo.model.errors import Unavailable
from dillo.speech.engines import Sound, SpeechRefused, Transcriber
from dillo.speech.registry import make_transcriber
from dillo.speech.transcription_orders import WIRE, NotTranscribed, Reply, Transcribe, Transcribed
from dillo.workers.serving import serve, step_aside

_NICENESS = 19


def read_wav(path: str) -> Sound:
    """Read a WAV file of 16-bit mono samples. Raises SpeechRefused."""
    try:
        with wave.open(path) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise SpeechRefused("not mono of 16 bits")
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            return Sound(samples, file.getframerate())
    except (OSError, EOFError, wave.Error) as error:
        raise SpeechRefused(f"not a WAV file that can be read: {error}") from error


def _perform(engine: Callable[[], Transcriber], order: Transcribe) -> Reply:
    try:
        audio = read_wav(order.path)
        return Transcribed(order.job, engine().transcribe(audio, order.language))
    except SpeechRefused as error:
        return NotTranscribed(order.job, str(error), is_refused=True)
    except Unavailable as error:
        return NotTranscribed(order.job, str(error), is_refused=False)
    except Exception as error:  # the boundary of an engine, which may be a stranger's
        return NotTranscribed(order.job, f"{type(error).__name__}: {error}", is_refused=False)


async def _work(name: str) -> None:
    engine = functools.cache(lambda: make_transcriber(name))
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as bench, socket.socket(fileno=0) as connection:

        def perform(order: Transcribe) -> Awaitable[Reply]:
            return loop.run_in_executor(bench, _perform, engine, order)

        await serve(connection, WIRE, perform)


def main() -> None:
    """Run until standard input ends."""
    step_aside(_NICENESS)
    asyncio.run(_work(sys.argv[1]))


if __name__ == "__main__":
    main()
