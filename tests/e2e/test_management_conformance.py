"""What the management API answers is what its OpenAPI document says, asked at random."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.node import Node

from dillo.accounts import keys
from dillo.accounts.ports import Change, Registry
from dillo.accounts.roles import Role

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
LEFT_OUT = "close|suspend|/calls/events"
"""What would shut the asker out, and what never ends."""


def test_answers_are_as_described(node: Node) -> None:
    held = node.hold(None)

    async def issue(registry: Registry, change: Change) -> str:
        issued = await keys.issue(registry, change, None, "conformance", Role.OPERATOR)
        return issued.secret

    command = [
        str(Path(sys.executable).with_name("st")),
        *("run", f"{node.http}/openapi.json"),
        *("-H", f"Authorization: Bearer {node.accounts(issue)}"),
        *("-H", f"CustomerCode: {held.customer_code}"),
        *("--include-path-regex", "^/api/v1", "--exclude-path-regex", LEFT_OUT),
        *("--phases", "examples,fuzzing", "--max-examples", "3"),
        *("--checks", ",".join(CHECKS), "--generation-deterministic", "--no-color"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=node.home)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
