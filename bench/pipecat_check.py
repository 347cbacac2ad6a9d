"""Does pipecat's Twilio serializer understand us, and we it? `python -m bench.pipecat_check`.

pipecat-ai is half a gigabyte with what it needs, too much for the development tools: the check
makes a virtual environment of its own for it, in a folder that is kept for the next time. A call of
the test caller to a platform of its own talks with a server that takes what it hears apart with
`TwilioFrameSerializer`, and says back what that makes of the frames.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
from tests.e2e.node import Node, behavior
from tests.e2e.telephones import act, find, noise, place, plan

from dillo.caller import write_wav

_HOME = Path(tempfile.gettempdir()) / "dillo-pipecat-check"
_AGENT = Path(__file__).with_name("pipecat_agent.py")


def python() -> Path:
    """Return the interpreter that has pipecat."""
    found = _HOME / "bin" / "python"
    if not (_HOME / "complete").exists():
        venv.create(_HOME, with_pip=True, clear=True)
        subprocess.run(
            [found, "-m", "pip", "install", "-q", "pipecat-ai", "websockets"], check=True
        )
        (_HOME / "complete").touch()
    return found


def main() -> None:
    """Place the call, and print what came of it."""
    agent = subprocess.Popen([python(), _AGENT], stdout=subprocess.PIPE, text=True)
    assert agent.stdout is not None
    url = agent.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder))
        node.start()
        try:
            said = noise(2)
            write_wav(Path(folder) / "said.wav", said)
            held = node.hold(behavior(act("Stream", Url=url)))
            script = "w500,a,w1500,5,w300,#"
            (call,) = place(plan(node, held, script, audio=Path(folder) / "said.wav"))
            (record,) = node.records(held)
        finally:
            node.stop()
    heard = json.loads(agent.communicate(timeout=30)[0])
    executed = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]["0"]["Executions"][0]
    measured = {
        "pipecat": heard,
        "echo_likeness": round(find(said, call.heard).likeness, 3),
        "loudest_sample_heard": int(np.abs(call.heard).max()),
        "stream": executed["Stream"],
    }
    print(json.dumps(measured, indent=2))
    if heard["digits"] != "5#" or measured["echo_likeness"] < 0.9:
        sys.exit("pipecat and the gateway do not understand each other")


if __name__ == "__main__":
    main()
