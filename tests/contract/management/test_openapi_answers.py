"""Whatever the OpenAPI document allows is answered as it says, by the real application.

`DILLO_FUZZ_EXAMPLES=200 pytest tests/contract/management/test_openapi_answers.py` asks for longer.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dillo.accounts import keys
from dillo.accounts.ports import Change
from dillo.accounts.roles import Role
from dillo.web.app import WebSettings, create_app

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

EXAMPLES = int(os.environ.get("DILLO_FUZZ_EXAMPLES", "3"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LEFT_OUT = {"follow_calls", "list_live_calls", "hang_up_call", "get_call"}
"""They ask the signalling process, which does not run here, or never end."""


@dataclass(frozen=True)
class Served:
    """A running application, its document and who asks."""

    document: dict[str, Any]
    url: str
    headers: dict[str, str]


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave signals to pytest."""


@pytest_asyncio.fixture
async def served(platform: "Platform") -> Any:
    registry, change = platform.management.registry, Change.by("operator")
    issued = await keys.issue(registry, change, None, "fuzzer", Role.OPERATOR)
    limits = WebSettings(platform.folder, "", 1e6, 10**6, 1e6, 10**6)
    app = create_app(
        platform.reading, platform.reading, platform.reading, limits, platform.management
    )
    # No engine keeps a connection of this test's loop: the server has one of its own.
    await platform.database.close()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", loop="asyncio")
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:  # noqa: ASYNC110 - it runs in another thread
        await asyncio.sleep(0.01)
    port = listening.getsockname()[1]
    headers = {
        "Authorization": f"Bearer {issued.secret}",
        "CustomerCode": platform.customers["alice"],
    }
    yield Served(_strict(app.openapi()), f"http://127.0.0.1:{port}", headers)
    server.should_exit = True
    thread.join(10)
    listening.close()


def _strict(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without `default`, which would let any answer pass."""
    paths = {
        path: {
            method: {
                **operation,
                "responses": {
                    status: each
                    for status, each in operation["responses"].items()
                    if status != "default"
                },
            }
            for method, operation in operations.items()
        }
        for path, operations in document["paths"].items()
    }
    return {**document, "paths": paths}


def operations(served: Served) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(served.document)
    schema.config.update(base_url=served.url)
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        if operation.definition.raw.get("operationId") not in LEFT_OUT:
            yield operation


# What is asked is the HTTP side: one database is enough.
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_answer_is_a_documented_one(served: Served) -> None:
    failures: dict[str, str] = {}
    for operation in operations(served):
        try:
            _try(operation, served)
        except Exception as error:
            failures[operation.label] = str(error)
    assert not failures, "\n\n".join(f"{label}\n{why}" for label, why in failures.items())


def _try(operation: Any, served: Served) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES <= 5,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=served.headers, checks=CHECKS, timeout=30)

    ask()
