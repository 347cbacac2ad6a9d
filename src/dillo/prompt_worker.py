"""A prompt worker: decoding and guarded fetching, wired together in a process of its own.

`python -m dillo.prompt_worker FOLDER [NETWORK ...]` talks over the socket that is its standard
input. FOLDER takes the ready prompts; addresses in a NETWORK may be fetched from though they are
not public.
"""

import asyncio
import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dillo.files.folder import PromptFolder
from dillo.files.orders import WIRE
from dillo.files.workshop import Workshop
from dillo.hooks.fetch import Fetcher
from dillo.hooks.guard import Guard
from dillo.workers.serving import serve, step_aside


async def _work(folder: Path, networks: Sequence[str]) -> None:
    fetcher = Fetcher(Guard.allowing(networks))
    # One thread: decoding is bound by the processor.
    with ThreadPoolExecutor(1) as bench, socket.socket(fileno=0) as connection:
        workshop = Workshop(PromptFolder(folder), fetcher.fetch, bench)
        await serve(connection, WIRE, workshop.perform)
    await fetcher.close()


def main() -> None:
    """Run until standard input ends."""
    step_aside()
    folder, *networks = sys.argv[1:]
    asyncio.run(_work(Path(folder), networks))


if __name__ == "__main__":
    main()
