"""Measure everything and print one JSON document; `make bench`.

Each part runs in a process of its own, one after the other: they share the cores. Name parts to
run only those: `python -m bench calls sip_core`.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

PARTS = (
    "sip_core",
    "interpreter",
    "prompts",
    "speech_engines",
    "beside_calls",
    "transcription",
    "inband",
    "rating",
    "settlement",
    "statistics_pages",
    "databases",
    "copying",
    "media_loop",
    "media_bridge",
    "calls",
    "loss",
    "portal",
)


def main() -> None:
    """Run the parts and print what each of them measured, under its name."""
    wanted = sys.argv[1:] or PARTS
    unknown = set(wanted) - set(PARTS)
    if unknown:
        raise SystemExit(
            f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    print(json.dumps(measure(wanted), indent=2))


def measure(parts: Iterable[str]) -> dict[str, Any]:
    """Return what each part measured."""
    measured = {}
    for part in parts:
        print(f"measuring {part} …", file=sys.stderr)
        command = [sys.executable, "-m", f"bench.{part}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"{part} failed")
        measured[part] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    main()
