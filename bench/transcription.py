"""Transcribe what callers said over real calls; prints JSON.

Kokoro speaks twenty sentences a language (bench.utterances); each is a call through G.711 to a
Record node of a platform of its own, and what the statistics API tells is compared word by word.
Calls go on while earlier recordings are transcribed, so late packets tell whether that slowed any.
The first run takes minutes to speak; later ones find the audio in the temporary folder.

    python -m bench.transcription --at-once 2
"""

import argparse
import json
import os
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.spoken import RATE_HZ, utterances
from bench.utterances import UTTERANCES
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, place, plan

from dillo.caller import write_wav
from dillo.rtp.pcm import Samples

Said = Sequence[tuple[str, Samples]]
"""Sentences and how they sound."""

_POLL_S, _PATIENCE_S = 0.2, 900
_TICKS = os.sysconf("SC_CLK_TCK")


def words(text: str) -> list[str]:
    """Return what counts: letters and digits in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words were put in, left out or taken for others (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, start=1):
        before, row[0] = row[0], count
        for index, other in enumerate(heard, start=1):
            least = min(row[index] + 1, row[index - 1] + 1, before + (word != other))
            before, row[index] = row[index], least
    return row[-1]


@dataclass
class Watch:
    """Processor time and memory of the processes that transcribe, seen from outside."""

    jobs: int
    cpu_s: dict[int, float] = field(default_factory=dict)
    peak_mb: dict[int, float] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look until it is over."""
        while not self.is_over.wait(_POLL_S):
            for stat in Path("/proc").glob("[0-9]*/cmdline"):
                self._look(stat.parent)

    def _look(self, process: Path) -> None:
        try:
            if b"transcription_worker" not in (process / "cmdline").read_bytes():
                return
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
            status = (process / "status").read_text()
        except OSError:
            return
        if int(fields[1]) != self.jobs:
            return
        pid = int(process.name)
        self.cpu_s[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        self.peak_mb[pid] = int(peak[1]) / 1024 if peak else 0.0


def main() -> None:
    """Place the calls, wait for the texts, and print the table."""
    parser = argparse.ArgumentParser(description="Transcribe calls.")
    parser.add_argument("--at-once", type=int, default=2, help="calls, and transcriptions")
    options = parser.parse_args()
    spoken = {language: utterances(language) for language in UTTERANCES}
    with tempfile.TemporaryDirectory(prefix="dillo-bench-") as folder:
        node = Node(Path(folder), {"DILLO_TRANSCRIPTION_WORKERS": str(options.at_once)})
        node.start()
        try:
            print(json.dumps(_measure(node, spoken, options.at_once), indent=2))
        finally:
            node.stop()


def _measure(node: Node, spoken: Mapping[str, Said], at_once: int) -> dict[str, object]:
    watch = Watch(node.children()["jobs"])
    watching = threading.Thread(target=watch.run)
    watching.start()
    began = time.monotonic()
    tables = {}
    audio_s = 0.0
    for language, said in spoken.items():
        helds = _call_all(node, language, said, at_once)
        tables[language] = _compare(node, helds, said)
        audio_s += sum(len(samples) for _, samples in said) / RATE_HZ
    took_s = time.monotonic() - began
    watch.is_over.set()
    watching.join()
    cpu_s = sum(watch.cpu_s.values())
    return {
        "languages": tables,
        "speech_s": round(audio_s, 1),
        "took_s": round(took_s, 1),
        "transcriptions_at_once": at_once,
        "cpu_s": round(cpu_s, 1),
        "cpu_s_per_second_of_speech": round(cpu_s / audio_s, 2),
        "peak_memory_mb_of_each_process": [round(each) for each in watch.peak_mb.values()],
        "packets": _packets(node),
    }


def _call_all(node: Node, language: str, said: Said, at_once: int) -> list[Held]:
    """Let each sentence be a call of its own, to a number of its own."""
    record = act("Record", SilenceTimeout=2, Transcribe=True, LanguageCode=language)
    helds = [node.hold(behavior(record)) for _ in said]
    for start in range(0, len(said), at_once):
        plans = []
        for number in range(start, min(start + at_once, len(said))):
            path = node.home / f"{language}-{number}.wav"
            write_wav(path, said[number][1])
            plans.append(plan(node, helds[number], "w1000,a,w12000", audio=path))
        place(*plans)
    return helds


def _compare(node: Node, helds: Sequence[Held], said: Said) -> dict[str, object]:
    wrong, total, misheard = 0, 0, []
    for held, (text, _) in zip(helds, said, strict=True):
        heard = _text(node, held)
        missed = errors(words(text), words(heard))
        wrong, total = wrong + missed, total + len(words(text))
        if missed:
            misheard.append({"said": text, "heard": heard, "errors": missed})
    return {
        "utterances": len(said),
        "words": total,
        "wrong": wrong,
        "word_error_rate_percent": round(100 * wrong / total, 2),
        "misheard": misheard,
    }


def _text(node: Node, held: Held) -> str:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        (record,) = node.records(held)
        shown = record["Recordings"][0]["Transcription"]
        if shown["Status"] != "Pending":
            return str(shown["Text"] or "")
        time.sleep(_POLL_S)
    return ""


def _packets(node: Node) -> dict[str, int]:
    with closing(sqlite3.connect(node.home / "dillo.db")) as file:
        rows = file.execute("SELECT events FROM calls").fetchall()
    measured = [
        event for (text,) in rows for event in json.loads(text) if event["kind"] == "MediaMeasured"
    ]
    return {
        "sent": sum(event["packets_sent"] for event in measured),
        "over_20_ms_late": sum(event["packets_late"] for event in measured),
    }


if __name__ == "__main__":
    main()
