"""The web process itself: it says where it listens, answers, and leaves on SIGTERM."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PROGRAM = """
import sys
from pathlib import Path
from dillo.store.reading import open_reading
from dillo.web.app import WebSettings, create_app
from dillo.web.server import serve

reading = open_reading(sys.argv[1])
app = create_app(reading, reading, reading, WebSettings(Path(sys.argv[2])))
serve(app, "127.0.0.1", 0, on_listening=lambda host, port: print(f"{host}:{port}", flush=True))
"""


@pytest.fixture
def process(house: "House") -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, house.url, str(house.recordings_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_process_serves_until_it_is_told_to_stop(
    house: "House", process: "subprocess.Popen[str]", signum: signal.Signals
) -> None:
    house.call("2026-11-03T10:00:00Z")
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    path = "/api/inbound/voice/442079460000/2026-11-01/2026-11-30"
    with httpx.Client(base_url=f"http://{address}", headers=house.alice.headers) as client:
        assert len(client.get(path).json()) == 1
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        process.send_signal(signum)
        assert process.wait(timeout=10) == 0
