"""Measure whole calls: all of Dillo on one core, the load on the other; prints JSON.

The call: answer, a prompt in which one RFC 4733 key is pressed after 7 s, 3 s of recording, a 2 s
prompt, hang-up by the platform: about 12 s, 50 packets a second each way. Then bare set-ups with
sipp: INVITE, 200, ACK, BYE.

    python -m bench.calls --concurrent 700 --calls 2100 --rate 300
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from bench.processes import ProcessTimes, descendants, memory_kb
from tests.e2e.node import Held, Node, behavior

from dillo.caller import write_wav
from dillo.files.uploads import store_upload
from dillo.rtp.pcm import Samples

PLATFORM_CORE, LOAD_CORE = 0, 1
KEY_AT_S = 7.0
FIRST_PROMPT_S, RECORDING_S, LAST_PROMPT_S = 8, 3, 2
RAMP_S = 12
PUT_OFF_S = 60
"""A minute after its start `jobs` loads DBOS, once: more CPU than a hundred calls need."""
_HERE = Path(__file__).parent


def main() -> None:
    """Run both loads and print what they cost."""
    parser = argparse.ArgumentParser(description="Measure whole calls.")
    parser.add_argument("--concurrent", type=int, default=700, help="calls at once")
    parser.add_argument("--calls", type=int, default=2100, help="calls in all")
    parser.add_argument("--rate", type=int, default=300, help="bare set-ups a second")
    parser.add_argument("--setups", type=int, default=6000, help="bare set-ups in all; 0: none")
    parser.add_argument("--media-workers", type=int, default=1)
    options = parser.parse_args()
    with platform(options.media_workers) as node:
        measured = {"calls": measure_calls(node, options.concurrent, options.calls)}
    if options.setups:
        with platform(options.media_workers) as node:
            measured["setups"] = measure_setups(node, options.rate, options.setups)
    print(json.dumps(measured, indent=2))


@contextmanager
def platform(media_workers: int) -> Iterator[Node]:
    """Run a platform on its core; what this process starts inside the block is on the other."""
    with tempfile.TemporaryDirectory(prefix="dillo-bench-") as folder:
        node = Node(Path(folder), {"DILLO_MEDIA_WORKERS": str(media_workers)})
        os.sched_setaffinity(0, {PLATFORM_CORE})
        node.start()
        os.sched_setaffinity(0, {LOAD_CORE})
        try:
            yield node
        finally:
            node.stop(60)


def measure_calls(node: Node, concurrent: int, calls: int) -> dict[str, Any]:
    """Place whole calls and tell what they cost."""
    held = hold_number(node)
    finish(place(node, held, calls=2, concurrent=2))  # prompts are cached, modules loaded
    supervisor = pid_of(node)
    time.sleep(PUT_OFF_S)
    before = ProcessTimes.of(supervisor)
    with reference() as bare:
        placed = measure_load(
            lambda: place(node, held, calls=calls, concurrent=concurrent),
            concurrent,
            lambda: memory_kb(descendants(supervisor)),
        )
    count = wait_for_records(node, calls + 2)
    spent = ProcessTimes.of(supervisor).per_call_ms(before, calls)
    return {
        **placed,
        "cpu_ms_per_call": spent,
        **bare,
        # What the call costs beside what its packets alone would: one pair every 20 ms.
        "cpu_per_bare_packets": round(
            spent["all"] / (placed["load"]["call_s"]["p50"] * 50 * bare["bare_pair_us"] / 1000), 2
        ),
        "records_missing": calls + 2 - count,
        **check_records(node),
    }


def measure_setups(node: Node, rate: int, setups: int) -> dict[str, Any]:
    """Place bare calls with sipp and tell how long their set-up took."""
    pause = {"ActionType": "Pause", "ChannelBehaviorAction": {"Seconds": 60}}
    held = node.hold(behavior(pause))
    run_sipp(node, held, rate=50, calls=50)
    before = ProcessTimes.of(pid_of(node))
    result = run_sipp(node, held, rate=rate, calls=setups)
    count = wait_for_records(node, setups + 50)
    spent = ProcessTimes.of(pid_of(node)).per_call_ms(before, setups)
    return {
        "per_second": rate,
        **result,
        "cpu_ms_per_call": spent,
        "records_missing": setups + 50 - count,
    }


@contextmanager
def reference() -> Iterator[dict[str, float]]:
    """Measure a bare packet pair on the platform's core; the result is there after the block."""
    command = ["taskset", "-c", str(PLATFORM_CORE), sys.executable, "-m", "bench.reference"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    result: dict[str, float] = {}
    yield result
    process.terminate()
    output, _ = process.communicate()
    result |= json.loads(output)


def hold_number(node: Node) -> Held:
    """Return a number that runs the application of the benchmark."""
    held = node.hold(None)
    folder = node.home / "prompts"
    first, last = (
        store_upload(folder, held.customer_code, speech_like(node.home, seconds))
        for seconds in (FIRST_PROMPT_S, LAST_PROMPT_S)
    )
    node.publish(
        held,
        behavior(
            {
                "ActionType": "Menu",
                "ChannelBehaviorAction": {
                    "Intro": {"PromptId": first},
                    "Digits": {"1": {"NextNode": 1}},
                    "StorageKey": "Key",
                },
                "NextNode": 2,
            },
            {
                "ActionType": "Record",
                "ChannelBehaviorAction": {"MaxLength": RECORDING_S, "PlayBeep": False},
                "NextNode": 2,
            },
            {"ActionType": "Play", "ChannelBehaviorAction": {"PromptId": last}},
        ),
        prompt_ids=(first, last),
    )
    return held


def speech_like(folder: Path, seconds: float) -> bytes:
    """Return a WAV of noise in syllables."""
    path = folder / "prompt.wav"
    write_wav(path, sound_like_speech(seconds))
    return path.read_bytes()


def sound_like_speech(seconds: float) -> Samples:
    """Return noise in syllables."""
    random = np.random.default_rng(1)
    time_s = np.arange(int(8000 * seconds)) / 8000
    sound = random.normal(0, 3000, time_s.size) * (1.1 + np.sin(2 * np.pi * 4 * time_s))
    return sound.astype(np.int16)


def place(
    node: Node, held: Held, *, calls: int, concurrent: int, rate: float | None = None
) -> subprocess.Popen[str]:
    """Start the load towards a number of a node; `rate` is new calls a second."""
    host, port = node.sip
    extra = [] if rate is None else ["--rate", str(rate)]
    return place_load(f"{host}:{port}", held.number, calls, concurrent, *extra)


def place_load(
    target: str, number: str, calls: int, concurrent: int, *extra: str
) -> subprocess.Popen[str]:
    """Start the RTP load generator."""
    command = [sys.executable, "-m", "bench.rtp_load", "--target", target, "--to", number]
    command += ["--calls", str(calls), "--concurrent", str(concurrent)]
    command += ["--key", "1", "--key-at", str(KEY_AT_S), *extra]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def measure_load(
    start: Callable[[], subprocess.Popen[str]], concurrent: int, used_kb: Callable[[], int]
) -> dict[str, Any]:
    """Run a load; return what it tells in the end, and the memory of a call."""
    idle_kb = used_kb()
    load = start()
    time.sleep(RAMP_S)  # now as many are up as there will be
    busy_kb = used_kb()
    return {
        "load": finish(load),
        "memory_kb_per_call": round((busy_kb - idle_kb) / concurrent, 1),
    }


def finish(load: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what the load generator prints when it is done."""
    output, _ = load.communicate()
    return dict(json.loads(output))


def run_sipp(node: Node, held: Held, *, rate: int, calls: int) -> dict[str, Any]:
    """Run sipp; returns failed calls and the percentiles of the set-up time."""
    host, port = node.sip
    with tempfile.TemporaryDirectory() as folder:
        command = ["sipp", f"{host}:{port}", "-sf", str(_HERE / "bare_call.xml")]
        command += ["-s", held.number, "-i", "127.0.0.1", "-r", str(rate), "-m", str(calls)]
        command += ["-l", "5000", "-nostdin", "-trace_rtt", "-rtt_freq", "1"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        rows = [
            line.split(";")
            for file in Path(folder).glob("*_rtt.csv")
            for line in file.read_text().splitlines()[1:]
        ]
    times = np.array([float(row[1].replace(",", ".")) for row in rows])
    return {
        "set_up": len(rows),
        "sipp_status": done.returncode,
        "setup_ms": {
            "p50": round(float(np.percentile(times, 50)), 2),
            "p99": round(float(np.percentile(times, 99)), 2),
        },
    }


def pid_of(node: Node) -> int:
    """Return the supervisor's pid."""
    assert node.process is not None
    return node.process.pid


def wait_for_records(node: Node, count: int) -> int:
    """Return how many records there are, waiting a while for so many."""
    found = 0
    for _ in range(300):
        with sqlite3.connect(node.home / "dillo.db") as database:
            found = database.execute("SELECT count(*) FROM calls").fetchone()[0]
        if found >= count:
            break
        time.sleep(0.1)
    return int(found)


def check_records(node: Node) -> dict[str, Any]:
    """Return what the records say of digits, recordings and packets."""
    with sqlite3.connect(node.home / "dillo.db") as database:
        rows = database.execute("SELECT events FROM calls").fetchall()
    events = [event for (text,) in rows for event in json.loads(text)]
    recorded = [each["duration_ms"] for each in events if each["kind"] == "RecordingFinished"]
    media = [each for each in events if each["kind"] == "MediaMeasured"]
    return {
        "digits_missed": len(rows)
        - sum(each["is_success"] for each in events if each["kind"] == "DigitsCollected"),
        "recordings_ms": {"count": len(recorded), "min": min(recorded), "max": max(recorded)},
        "packets_sent": sum(each["packets_sent"] for each in media),
        "packets_sent_over_20_ms_late": sum(each["packets_late"] for each in media),
        "packets_received": sum(each["packets_received"] for each in media),
    }


if __name__ == "__main__":
    main()
