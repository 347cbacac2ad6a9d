"""`dillo db copy` of many calls from SQLite to PostgreSQL; prints JSON.

    python -m bench.copying [--calls 1000000] [--folder DIR]

A server of Debian's is started in the folder and deleted afterwards; the file stays there and is
used again, by `bench.databases` too. Every table is counted and all money added up once more here.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from bench.call_database import sqlite_file
from bench.databases import OPTIONS
from tests.postgresql import PostgresqlServer

from dillo.model.money import to_micros


def main() -> None:
    """Build, copy, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    source = sqlite_file(options.folder, options.calls)
    server = PostgresqlServer(OPTIONS, options.folder)
    try:
        server.start()
        target = server.url(server.create())
        result = _copy(source, target)
        _compare(result["tables"], source, target)
    finally:
        server.close()
    rows, seconds = result["rows"], result["seconds"]
    print(json.dumps(result | {"rows_per_second": round(rows / seconds)}, indent=2, default=str))


def _copy(source: Path, target: str) -> dict[str, Any]:
    """Run the command as an operator does; memory is the most that its process had."""
    command = [sys.executable, "-m", "dillo", "db", "copy", "--from", f"sqlite:///{source}"]
    began = time.perf_counter()
    running = subprocess.Popen([*command, "--to", target, "--json"], stdout=subprocess.PIPE)
    assert running.stdout is not None
    told = json.loads(running.stdout.read(), parse_float=Decimal)
    _, status, used = os.wait4(running.pid, 0)
    assert status == 0
    return {
        "file_mb": round(source.stat().st_size / 1e6),
        "seconds": round(time.perf_counter() - began, 1),
        "memory_mb": round(used.ru_maxrss / 1024),
        **told,
    }


def _compare(tables: list[dict[str, Any]], source: Path, target: str) -> None:
    """Count and add up both sides; raises AssertionError where they are not as was told."""
    with closing(sqlite3.connect(source)) as file, psycopg.connect(target) as server:
        for table in tables:
            sums = {name: to_micros(Decimal(amount)) for name, amount in table["sums"].items()}
            wanted = ", ".join(["count(*)", *(f"coalesce(sum({name}_micros), 0)" for name in sums)])
            query = f"SELECT {wanted} FROM {table['name']}"
            here = file.execute(query).fetchone()
            there = server.execute(query.encode()).fetchone() or ()
            assert tuple(here) == tuple(map(int, there)) == (table["rows"], *sums.values()), table


if __name__ == "__main__":
    main()
