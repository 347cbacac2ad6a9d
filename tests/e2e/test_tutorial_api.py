"""The tutorial of the API is run word for word: what it shows is what comes out."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.node import Node

PAGE = Path(__file__).parents[2] / "docs" / "tutorial-api.md"
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- {} ---"
LOOK = """until TOKEN=$(grep anna@example.com {log} | grep -om1 'token=[A-Za-z0-9_-]*'); do
  sleep 0.2; done; TOKEN=${{TOKEN#token=}}"""
"""What a reader does: look into the log, and copy what stands there."""
PATIENCE_S = 120


def script(blocks: list[tuple[str, str]], node: Node, folder: Path) -> str:
    """Return the tutorial as one script that says where each of its blocks begins."""
    lines = ["set -euo pipefail"]
    for index, (language, text) in enumerate(blocks):
        if language == "text":
            continue
        lines.append(f"echo; echo '{MARK.format(index)}'")
        if language == "python":
            program = folder / "tutorial.py"
            program.write_text(text)
            text = f"{sys.executable} {program}\n"
        text = text.replace("http://127.0.0.1:8080", node.http)
        lines.append(text.replace("TOKEN=paste-it-here", LOOK.format(log=node.home / "log")))
    return "\n".join(lines)


def outputs(printed: str) -> dict[int, str]:
    parts = re.split(r"^--- (\d+) ---$", printed, flags=re.MULTILINE)
    return {int(number): text for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_tutorial_does_what_it_says(own_node: Node, tmp_path: Path) -> None:
    """On a node of its own: tests of the whole API take its examples' addresses, too."""
    node = own_node
    node.start()
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert {language for language, _ in blocks} == {"sh", "python", "text"}
    environment = os.environ | {
        "DILLO_HOME": str(node.home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", script(blocks, node, tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}after {time.monotonic() - began:.0f} s"
    said = outputs(done.stdout)
    for index, (language, text) in enumerate(blocks):
        for line in text.splitlines() if language == "text" else ():
            pattern = re.escape(line).replace("…", ".*")
            assert re.search(pattern, said[index - 1]), f"{line}\n\n{said[index - 1]}"
