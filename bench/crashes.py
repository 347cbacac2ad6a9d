"""Kills processes of a platform at random moments under load, many times; prints JSON.

    python -m bench.crashes [ROUNDS] [--callers 30] [--seed N]

Each round kills `signal`, `media-0`, `web`, `jobs`, the supervisor or everything. Afterwards every
answered call must have one record, priced once: the first that has not ends this with its trace.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.crash_rounds import VICTIMS, CrashRounds
from tests.e2e.node import Node


def main() -> None:
    """Crash, check and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=50)
    parser.add_argument("--callers", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", file=sys.stderr)
    chance = random.Random(arguments.seed)
    victims = chance.choices(VICTIMS, k=arguments.rounds)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dillo-crashes-") as home:
        node = Node(Path(home))
        rounds = CrashRounds(node, chance, arguments.callers)
        try:
            ended = asyncio.run(rounds.run(victims))
        finally:
            status = node.stop() if node.process is not None else None
    report = {
        "seed": arguments.seed,
        "rounds": len(victims),
        "killed": Counter(victims),
        "seconds": round(time.monotonic() - began_s),
        "answered": sum(call.is_answered for call in rounds.seen),
        "ended": ended,
        "exit_status": status,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
