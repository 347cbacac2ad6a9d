"""How soon speech is heard and how much it costs, by engine; and transcription.

`python -m bench.speech_engines [--texts N]` prints one JSON object. `first_piece_ms` is what a
caller waits for the first piece of a text with values of the call, `real_time` how much of what is
heard it takes to make it (below 1 is faster), `fixed_us` how long a fixed prompt takes to be found.
Transcription hears the last text that Kokoro spoke.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from dillo.app.prompts import make_prompts
from dillo.app.transcription import make_transcription
from dillo.behavior.sentences import pieces
from dillo.calls.ports import PreparedPrompt
from dillo.files.prompts import PromptCache
from dillo.model.prompts import Silence, Speech
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode
from dillo.settings import Settings
from dillo.speech.engines import Sound

_TEXTS = {
    "en-GB": "Your order number {} is on its way. It will arrive tomorrow before noon.",
    "it-IT": "Il suo ordine numero {} è in viaggio. Arriverà domani prima di mezzogiorno.",
}
_LOOKUPS = 10_000


def _peak_mb(home: Path) -> int:
    """Return the most memory that one of our speech workers took."""
    peaks = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(home).encode() in (process / "cmdline").read_bytes():
                status = (process / "status").read_text()
                peaks.append(int(status.partition("VmHWM:")[2].split()[0]))
        except (OSError, IndexError):
            continue
    return round(max(peaks) / 1024)


async def _speak(cache: PromptCache, texts: int) -> tuple[dict[str, object], PreparedPrompt]:
    firsts, taken_s, heard_ms = [], 0.0, 0
    ready = await cache.prepare(Speech("Hello.", "en-GB"), "bench")  # the engine is loaded now
    for number in range(texts):
        for language, text in _TEXTS.items():
            start = time.perf_counter()
            for count, piece in enumerate(pieces(Speech(text.format(4270 + number), language))):
                if isinstance(piece, Silence):
                    continue
                ready = await cache.prepare(piece, "bench")
                heard_ms += ready.duration_ms
                if not count:
                    firsts.append((time.perf_counter() - start) * 1000)
            taken_s += time.perf_counter() - start
    spoken: dict[str, object] = {
        "first_piece_ms": round(statistics.median(firsts)),
        "worst_first_piece_ms": round(max(firsts)),
        "real_time": round(taken_s * 1000 / heard_ms, 3),
    }
    return spoken, ready


async def _measure(engine: str, texts: int, home: Path) -> dict[str, object]:
    settings = Settings(home=home, speech_engines=[f"{engine}:120"])
    cache = make_prompts(settings)
    await cache.start()
    start = time.perf_counter()
    await cache.prepare(Speech("Good morning.", "en-GB"), "bench")
    cold_ms = (time.perf_counter() - start) * 1000
    spoken, ready = await _speak(cache, texts)
    start = time.perf_counter()
    for _ in range(_LOOKUPS):
        cache.cached(Speech("Good morning.", "en-GB"), "bench")
    fixed_us = (time.perf_counter() - start) * 1e6 / _LOOKUPS
    found: dict[str, object] = {"cold_ms": round(cold_ms), **spoken, "fixed_us": round(fixed_us, 1)}
    found["peak_mb"] = await asyncio.to_thread(_peak_mb, home)
    await cache.close()
    if engine == "kokoro":
        found["transcription"] = await _transcribe(settings, ready)
    return found


async def _transcribe(settings: Settings, ready: PreparedPrompt) -> dict[str, object]:
    octets = await asyncio.to_thread(Path(ready.ulaw_path).read_bytes)
    audio = Sound(np.asarray(decode(octets, Law.ULAW)), 8000)
    async with make_transcription(settings) as transcription:
        await transcription.transcribe(audio, "it-IT")
        start = time.perf_counter()
        transcript = await transcription.transcribe(audio, "it-IT")
        taken_s = time.perf_counter() - start
    return {
        "engine": transcript.engine,
        "text": transcript.text,
        "real_time": round(taken_s / audio.duration_s, 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5)
    texts = parser.parse_args().texts
    found = {}
    for engine in ("espeak", "kokoro"):
        with tempfile.TemporaryDirectory() as home:
            found[engine] = asyncio.run(_measure(engine, texts, Path(home)))
    print(json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
