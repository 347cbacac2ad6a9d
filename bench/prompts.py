"""How long a prompt takes that nobody asked for before, and one that somebody did.

`python -m bench.prompts [--texts N]` prints one JSON object. Times are milliseconds as the
signal process sees them: asked for until ready in both laws, one after the other and in a burst.
"""

import argparse
import asyncio
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from dillo.app.prompts import make_prompts
from dillo.files.prompts import PromptCache
from dillo.model.prompts import Beep, Prompt, Speech
from dillo.settings import Settings

_TEXT = "You have {} new messages. To listen to them press one, to go on hold the line."
_LANGUAGES = ("en-GB", "it-IT", "ro-RO", "fr-FR", "de-DE", "es-ES")
_LOOKUPS = 20_000


async def _timed_ms(cache: PromptCache, prompt: Prompt) -> float:
    start = time.perf_counter()
    await cache.prepare(prompt, "bench")
    return (time.perf_counter() - start) * 1000


def _lookup_us(cache: PromptCache, prompt: Prompt) -> float:
    start = time.perf_counter()
    for _ in range(_LOOKUPS):
        cache.cached(prompt, "bench")
    return (time.perf_counter() - start) * 1e6 / _LOOKUPS


def _spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[len(ordered) * 99 // 100], 1),
        "max": round(ordered[-1], 1),
    }


async def _measure(folder: Path, texts: int) -> dict[str, object]:
    cache = make_prompts(Settings(home=folder, speech_engines=["espeak"], prompt_workers=1))
    await cache.start()
    started_ms = await _timed_ms(cache, Beep())
    first_speech_ms = await _timed_ms(cache, Speech("Hello.", "en-GB"))
    ones = [
        await _timed_ms(cache, Speech(_TEXT.format(number), _LANGUAGES[number % 6]))
        for number in range(texts)
    ]
    burst = [Speech(_TEXT.format(number), "en-GB") for number in range(texts, 2 * texts)]
    before = time.perf_counter()
    burst_ms = await asyncio.gather(*(_timed_ms(cache, prompt) for prompt in burst))
    burst_s = time.perf_counter() - before
    lookup_us = _lookup_us(cache, burst[-1])
    await cache.close()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "texts": texts,
        "worker_start_ms": round(started_ms, 1),
        "first_speech_ms": round(first_speech_ms, 1),
        "one_by_one_ms": _spread(ones),
        "burst_ms": _spread(burst_ms),
        "burst_per_second": round(texts / burst_s),
        "cached_us": round(lookup_us, 2),
        "worker_peak_mb": round(workers.ru_maxrss / 1024),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=200)
    texts = parser.parse_args().texts
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(uvloop.run(_measure(Path(folder), texts)), indent=2))


if __name__ == "__main__":
    main()
