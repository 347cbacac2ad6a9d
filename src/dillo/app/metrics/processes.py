"""What the supervisor knows of its processes (proc(5))."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client.core import Metric

from dillo.app.metrics.textfile import counter, gauge

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/PID/stat after the command: utime and stime, then rss.
_UTIME, _STIME, _RSS = 11, 12, 21


def processes(pids: Mapping[str, int], restarts: Mapping[str, int]) -> Iterator[Metric]:
    """Yield the metrics of processes by name; `pids` holds only those that run."""
    stats = {name: _read(pid) for name, pid in pids.items()}
    running = {name: fields for name, fields in stats.items() if fields}
    yield gauge(
        "dillo_process_up",
        "Whether the process runs.",
        {name: name in running for name in restarts},
        "process",
    )
    yield counter("dillo_process_restarts", "Times it was started again.", restarts, "process")
    yield counter(
        "dillo_process_cpu_seconds",
        "Processor time since its last start.",
        {
            name: (int(fields[_UTIME]) + int(fields[_STIME])) / _TICKS_PER_S
            for name, fields in running.items()
        },
        "process",
    )
    yield gauge(
        "dillo_process_resident_memory_bytes",
        "Resident memory.",
        {name: int(fields[_RSS]) * _PAGE for name, fields in running.items()},
        "process",
    )


def _read(pid: int) -> list[str]:
    """Return the fields of a process after its command, none where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
