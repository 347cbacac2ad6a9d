"""A platform of real processes, and what tests do with it."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx

from dillo.accounts import applications, customers, keys, numbers, prompts
from dillo.accounts.ports import Change, Limits, Registry
from dillo.model.addresses import HostPort
from dillo.store.database import Database
from dillo.store.registry import sql_registry

T = TypeVar("T")

_numbers = itertools.count(442079460000)
SETTLED_S = 15
PATIENCE_S = 30


@dataclass
class Held:
    """A number that runs an application, and its holder's credentials."""

    number: str
    customer_code: str
    api_key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"CustomerCode": self.customer_code, "ApiKey": self.api_key}


@dataclass
class Node:
    """`dillo up` in a folder of its own, on free ports of the loopback interface."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    http: str = ""
    sip: tuple[str, int] = ("", 0)

    def start(self) -> None:
        """Start the platform and wait until it is ready."""
        command = [sys.executable, "-m", "dillo", "up", "--home", str(self.home), "--json"]
        command += ["--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]
        log = (self.home / "log").open("a")
        defaults = {"DILLO_OUTBOUND_ALLOW": "127.0.0.1/32", "DILLO_SPEECH_ENGINES": "espeak"}
        environment = os.environ | defaults | self.settings
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
        log.close()
        running = self._read_ready(self.process)
        self.http = running["http"]
        sip = HostPort.parse(running["sip"])
        self.sip = (sip.host, sip.port)

    def _read_ready(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                return dict(json.loads(text))
        raise AssertionError(f"dillo up ended: {(self.home / 'log').read_text()}")

    def stop(self, grace_s: float = 40) -> int:
        """Stop the platform as an operator would; returns its exit status."""
        process = self.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        status = process.wait(grace_s)
        assert process.stdout is not None
        process.stdout.close()
        self.process = None
        return status

    def children(self) -> dict[str, int]:
        """Return the pids of the node's processes by name: signal, jobs, web, media-0."""
        assert self.process is not None
        found = {}
        listed = subprocess.check_output(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], text=True
        )
        for line in listed.splitlines():
            pid, _, arguments = line.strip().partition(" ")
            _, is_begun, module = arguments.partition(" -m dillo.")
            if not is_begun:
                continue  # forked just now
            module = module.split()[0]
            name = module.removeprefix("app.")
            if module == "media.worker":
                name = Path(arguments.split("--socket ")[1].split()[0]).stem
            found[name] = int(pid)
        return found

    @property
    def database_url(self) -> str:
        """Where the node keeps its records."""
        return self.settings.get("DILLO_DATABASE_URL") or f"sqlite:///{self.home / 'dillo.db'}"

    def accounts(self, work: Callable[[Registry, Change], Awaitable[T]]) -> T:
        """Run a use case of accounts on the node's database."""

        async def run() -> T:
            database = Database.open(self.database_url)
            try:
                return await work(sql_registry(database), Change.by("test"))
            finally:
                await database.close()

        return asyncio.run(run())

    def hold(
        self,
        primary: object | None,
        fallback: object | None = None,
        limits: Limits | None = None,
        opening_micros: int | None = None,
        number_type: str = "local",
    ) -> Held:
        """Return a new customer's new number that runs these channel behaviors."""
        number = f"+{next(_numbers)}"

        async def work(registry: Registry, change: Change) -> Held:
            customer = await customers.create(
                registry, change, number, limits=limits, opening_micros=opening_micros
            )
            issued = await keys.issue(registry, change, customer.id)
            await numbers.add(registry, change, number, number_type=number_type)
            await numbers.buy(registry, change, number, customer.id)
            names = []
            for name, behavior in (("Primary", primary), ("Fallback", fallback)):
                if behavior is not None:
                    text = json.dumps(behavior)
                    await applications.publish(registry, change, customer.id, name, text)
                names.append(name if behavior is not None else None)
            await numbers.assign(registry, change, number, *names)
            return Held(number, customer.id, issued.secret)

        return self.accounts(work)

    def publish(self, held: Held, primary: object, prompt_ids: Iterable[str] = ()) -> None:
        """Let a number run a channel behavior, from the next call on; uploaded prompts by id."""

        async def work(registry: Registry, change: Change) -> None:
            for prompt_id in prompt_ids:
                await prompts.add(registry, change, held.customer_code, prompt_id, prompt_id)
            text = json.dumps(primary)
            await applications.publish(registry, change, held.customer_code, "Primary", text)
            await numbers.assign(registry, change, held.number, "Primary")

        self.accounts(work)

    def fetch(self, held: Held, page: int = 1) -> httpx.Response:
        """Ask the statistics API for today's calls of a number."""
        today = datetime.now(UTC).date()
        url = f"{self.http}/api/inbound/voice/{held.number}/{today}/{today}/{page}"
        return httpx.get(url, headers=held.headers, trust_env=False)

    def records(self, held: Held, count: int = 1) -> list[dict[str, Any]]:
        """Return a number's calls, newest first, once there are so many."""
        deadline = time.monotonic() + SETTLED_S
        while True:
            response = self.fetch(held)
            assert response.status_code == 200, response.text
            if int(response.headers["X-Total-Count"]) >= count or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        listed = json.loads(response.text, parse_float=Decimal)
        assert int(response.headers["X-Total-Count"]) == count, listed
        return list(listed)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what other processes bring about."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def say(text: str, next_node: int | None = None) -> dict[str, Any]:
    """Return a Say node."""
    node: dict[str, Any] = {
        "ActionType": "Say",
        "ChannelBehaviorAction": {"Text": text, "LanguageCode": "en-GB"},
    }
    return node if next_node is None else node | {"NextNode": next_node}


def behavior(*nodes: dict[str, Any]) -> dict[str, Any]:
    """Return a channel behavior of nodes numbered from 0."""
    return {"ChannelBehaviorNodes": {str(number): node for number, node in enumerate(nodes)}}
