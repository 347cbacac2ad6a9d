"""Lose SIP packets both ways and count calls and records; prints JSON.

sipp calls a platform of its own and drops packets that it sends or receives. No call may fail, and
each must leave exactly one record.

    python -m bench.loss --calls 1500 --rate 100 --lost 5
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.e2e.node import Held, Node, behavior
from tests.e2e.sipp import SCENARIOS, Sipp

_SETTLED_S = 60


def main() -> None:
    """Run the load and print what became of the calls."""
    parser = argparse.ArgumentParser(description="Lose SIP packets.")
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--rate", type=int, default=100, help="calls a second")
    parser.add_argument("--lost", type=int, default=5, help="percent of packets lost each way")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dillo-bench-") as folder:
        node = Node(Path(folder))
        node.start()
        print(json.dumps(measure(node, options.calls, options.rate, options.lost), indent=2))


def measure(node: Node, calls: int, rate: int, lost_percent: int) -> dict[str, object]:
    """Call, stop the platform, and read its books."""
    pause = {"ActionType": "Pause", "ChannelBehaviorAction": {"Seconds": 300}}
    held = node.hold(behavior(pause))
    load = ["-sf", str(SCENARIOS / "caller_repeats.xml"), "-r", str(rate), "-m", str(calls)]
    failure = ""
    try:
        Sipp(node, node.home).call(held.number, *load, "-lost", str(lost_percent), timeout_s=300)
    except AssertionError as error:
        failure = str(error)[-2000:]
    settled_s = wait_for_records(node, held, calls)
    status = node.stop(60)
    reasons, sip_calls = read_books(node)
    return {
        "calls": calls,
        "rate": rate,
        "lost_percent": lost_percent,
        "sipp_failure": failure,
        "records": sum(reasons.values()),
        "sip_calls_recorded": len(sip_calls),
        "recorded_twice": sum(count > 1 for count in sip_calls.values()),
        "end_reasons": dict(reasons),
        "last_record_after_s": settled_s,
        "exit_status": status,
    }


def wait_for_records(node: Node, held: Held, calls: int) -> float | None:
    """Wait until every call is listed; None where that does not happen."""
    started = time.monotonic()
    while time.monotonic() - started < _SETTLED_S:
        if int(node.fetch(held).headers["X-Total-Count"]) >= calls:
            return round(time.monotonic() - started, 1)
        time.sleep(0.1)
    return None


def read_books(node: Node) -> tuple[Counter[str], Counter[str]]:
    """Count the records by end reason, and by the SIP call that they are of."""
    with closing(sqlite3.connect(node.home / "dillo.db")) as connection:
        rows = connection.execute("SELECT end_reason, events FROM calls").fetchall()
    reasons = Counter(reason for reason, _ in rows)
    return reasons, Counter(json.loads(events)[0]["sip_call_id"] for _, events in rows)


if __name__ == "__main__":
    main()
