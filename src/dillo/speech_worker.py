"""A speech worker: one engine in a process of its own, what it says put among the ready prompts.

`python -m dillo.speech_worker ENGINE FOLDER NICENESS` talks over the socket that is its standard
input. The engine reads its settings from `DILLO_SPEECH_*` variables.
"""

import asyncio
import contextlib
import functools
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dillo.files.folder import PromptFolder
from dillo.files.orders import SPEECH_WIRE
from dillo.files.studio import Studio
from dillo.speech.engines import Sound, Synthesizer
from dillo.speech.registry import make_synthesizer
from dillo.workers.serving import serve, step_aside


async def _work(name: str, folder: Path) -> None:
    @functools.cache
    def engine() -> Synthesizer:
        return make_synthesizer(name)

    def synthesize(text: str, voice: str, language: str) -> Iterator[Sound]:
        return engine().synthesize(text, voice, language)

    with ThreadPoolExecutor(1) as bench, socket.socket(fileno=0) as connection:
        loading = asyncio.get_running_loop().run_in_executor(bench, _load, engine)
        studio = Studio(PromptFolder(folder), synthesize, bench)
        await serve(connection, SPEECH_WIRE, studio.perform, loading)


def _load(engine: Callable[[], Synthesizer]) -> None:
    """Get ready; what goes wrong now goes wrong again, and is told, when there is an order."""
    with contextlib.suppress(Exception):
        engine().load()


def main() -> None:
    """Run until standard input ends."""
    name, folder, niceness = sys.argv[1:]
    step_aside(int(niceness))
    asyncio.run(_work(name, Path(folder)))


if __name__ == "__main__":
    main()
