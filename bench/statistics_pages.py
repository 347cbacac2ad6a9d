"""Measures pages of voice call statistics at any depth of a number with a million calls.

Run as `python -m bench.statistics_pages [--calls N] [--seconds N] [--folder DIR]`; prints JSON:
microseconds a page by the tallies and by a plain OFFSET query beside it, then pages a second from
one web process on one core, loaded from another by wrk (Debian) or, where that is missing, by a
small client of its own. The database is built once and kept in the folder.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import cast

from bench.statistics_database import (
    API_KEY,
    CUSTOMER,
    DAYS,
    FIRST_DAY,
    LAST_DAY,
    NUMBER,
    NUMBER_ID,
    START_US,
    build,
)

from dillo.store.reading import SqliteReading
from dillo.web.app import WebSettings, create_app
from dillo.web.server import serve

PAGE_SIZE = 20
CONNECTIONS = 16
END_US = START_US + DAYS * 86_400_000_000
PATH = f"/api/inbound/voice/{NUMBER.removeprefix('+')}/{FIRST_DAY}/{LAST_DAY}"
HEADERS = {"CustomerCode": CUSTOMER, "ApiKey": API_KEY}

PLAIN_OFFSET = """
SELECT document FROM calls
WHERE number_id = ? AND customer_id = ? AND created_us >= ? AND created_us < ?
ORDER BY created_us DESC, id DESC LIMIT ? OFFSET ?
"""

Documents = Sequence[str]
ReadPage = Callable[[int], Awaitable[Documents]]


def main() -> None:
    """Build, measure, print; or, as its own child, serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        _serve(options.serve)
        return
    path = options.folder / f"dillo-bench-statistics-{options.calls}.db"
    last_page = max(1, options.calls // PAGE_SIZE)
    result = {
        "calls": options.calls,
        "build_s": _build_once(path, options.calls),
        "page_us": asyncio.run(_page_costs(path, last_page)),
        "web": _web_rates(path, last_page, options.seconds),
    }
    print(json.dumps(result, indent=2))


def _build_once(path: Path, calls: int) -> float | None:
    """Build the database unless it is there; return the seconds it took."""
    if path.exists():
        return None
    began = time.perf_counter()
    unfinished = path.with_suffix(".part")
    build(unfinished, calls)
    unfinished.rename(path)
    return round(time.perf_counter() - began, 1)


async def _page_costs(path: Path, last_page: int) -> dict[str, dict[str, object]]:
    """Time pages by both queries, after checking that they find the same."""
    reading = SqliteReading(path)
    with closing(sqlite3.connect(path)) as connection:
        by_tallies = _by_tallies(reading, None)
        pinned = _by_tallies(reading, (START_US + END_US) // 2)
        by_offset = _by_offset(connection)
        costs: dict[str, dict[str, object]] = {}
        for page in (1, min(100, last_page), last_page):
            assert await by_tallies(page) == await by_offset(page)
            costs[f"page {page}"] = {
                "tallies": await _timed(by_tallies, page, rounds=500),
                "tallies, asOf in the middle": await _timed(pinned, page, rounds=500),
                "plain offset": await _timed(by_offset, page, rounds=10),
            }
    await reading.close()
    return costs


def _by_tallies(reading: SqliteReading, as_of_us: int | None) -> ReadPage:
    async def read(page: int) -> Documents:
        found = await reading.page(
            CUSTOMER,
            NUMBER,
            start_us=START_US,
            end_us=END_US,
            skip=(page - 1) * PAGE_SIZE,
            take=PAGE_SIZE,
            as_of_us=as_of_us,
        )
        assert found is not None
        return list(found.documents)

    return read


def _by_offset(connection: sqlite3.Connection) -> ReadPage:
    async def read(page: int) -> Documents:
        parameters = (NUMBER_ID, CUSTOMER, START_US, END_US, PAGE_SIZE, (page - 1) * PAGE_SIZE)
        return [text for (text,) in connection.execute(PLAIN_OFFSET, parameters)]

    return read


async def _timed(read: ReadPage, page: int, rounds: int) -> dict[str, int]:
    await read(page)
    taken_us: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await read(page)
        taken_us.append((time.perf_counter() - began) * 1e6)
    return _percentiles(taken_us)


def _percentiles(values: list[float]) -> dict[str, int]:
    cuts = quantiles(values, n=100)
    return {"p50": round(cuts[49]), "p99": round(cuts[98])}


def _web_rates(path: Path, last_page: int, seconds: int) -> dict[str, dict[str, object]]:
    """Load one web process: the first page only, then pages at random."""
    load = _load_by_wrk if shutil.which("wrk") else _load_by_client
    _warm(path)
    rates: dict[str, dict[str, object]] = {}
    with _web_process(path) as (pid, base):
        for name, pages in (("first page", 1), ("any page", last_page)):
            before_s = _cpu_s(pid)
            rate = load(base, pages, seconds)
            spent_us = (_cpu_s(pid) - before_s) * 1e6
            rates[name] = rate | {"cpu_us_per_page": round(spent_us / cast("int", rate["pages"]))}
    return rates


def _warm(path: Path) -> None:
    """Read the file once, so that the disk is not what is measured."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _cpu_s(pid: int) -> float:
    """Return the processor time a process has used; it does not count waiting for the core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _web_process(path: Path) -> Iterator[tuple[int, str]]:
    """Run a web process on the first core; yield its id and address."""
    command = [*_on_core(0), sys.executable, "-m", "bench.statistics_pages", "--serve", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.pid, process.stdout.readline().strip()
        finally:
            process.terminate()


def _serve(path: Path) -> None:
    reading = SqliteReading(path)
    settings = WebSettings(path.parent, key_rate=1e9, key_burst=10**9)
    app = create_app(reading, reading, reading, settings)
    serve(
        app,
        "127.0.0.1",
        0,
        on_listening=lambda host, port: print(f"http://{host}:{port}", flush=True),
    )


def _on_core(number: int) -> list[str]:
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[number % len(cores)])] if shutil.which("taskset") else []


_SCRIPT = """
request = function()
  return wrk.format("GET", "{path}/" .. math.random(1, {last_page}))
end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("%d %d %d %d %d\\n", summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(99)))
end
"""


def _load_by_wrk(base: str, last_page: int, seconds: int) -> dict[str, object]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT.format(path=PATH, last_page=last_page))
        script.flush()
        headers = [part for item in HEADERS.items() for part in ("-H", ": ".join(item))]
        arguments = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", script.name, *headers, base]
        run = [*_on_core(1), "wrk", *arguments]
        output = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    last_line = output.strip().splitlines()[-1]
    requests, duration_us, failed, p50_us, p99_us = map(int, last_line.split())
    return _rate(requests, duration_us / 1e6, failed, {"p50": p50_us, "p99": p99_us})


def _load_by_client(base: str, last_page: int, seconds: int) -> dict[str, object]:
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
    return asyncio.run(_ask_for(base, last_page, seconds))


async def _ask_for(base: str, last_page: int, seconds: int) -> dict[str, object]:
    host, port = base.removeprefix("http://").split(":")
    deadline = time.perf_counter() + seconds
    taken_us: list[float] = []
    statuses: list[int] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while (began := time.perf_counter()) < deadline:
            writer.write(_request(host, random.randint(1, last_page)))
            statuses.append(await _response_status(reader))
            taken_us.append((time.perf_counter() - began) * 1e6)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(ask())
    failed = sum(status != 200 for status in statuses)
    return _rate(len(statuses), seconds, failed, _percentiles(taken_us))


def _request(host: str, page: int) -> bytes:
    lines = [f"GET {PATH}/{page} HTTP/1.1", f"Host: {host}"]
    lines += [": ".join(item) for item in HEADERS.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _response_status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length is not None
    await reader.readexactly(int(length[1]))
    return int(head[9:12])


def _rate(
    requests: int, seconds: float, failed: int, latency_us: dict[str, int]
) -> dict[str, object]:
    return {
        "pages": requests,
        "pages_per_s": round(requests / seconds),
        "failed": failed,
        "latency_us": latency_us,
        "connections": CONNECTIONS,
    }


if __name__ == "__main__":
    main()
