"""A process's metrics as a text file, written anew every few seconds."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

_log = structlog.get_logger(__name__)

_EVERY_S = 5.0
"""Collecting takes some milliseconds: of `signal`, in which calls wait."""

Collect = Callable[[], Iterable[Metric]]


class TextFile:
    """`<process>.prom` in the metrics folder: replaced at once, never half written."""

    def __init__(self, folder: Path, process: str, collect: Collect) -> None:
        self._path = folder / f"{process}.prom"
        self._draft = folder / f"{process}.new"
        self._drafting = threading.Lock()
        self._process = process
        self._collect = collect
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._is_failing = False

    def collect(self) -> Iterator[Metric]:
        """Yield the process's metrics and the moment (prometheus_client's Collector)."""
        yield from self._collect()
        yield gauge(
            "dillo_metrics_updated_timestamp_seconds",
            "When the process last wrote its metrics.",
            {self._process: time.time()},
            "process",
        )

    async def keep_writing(self) -> None:
        """Write the file every five seconds until cancelled."""
        while True:
            # Replacing a file may wait for the disk, for seconds where it is busy: calls may not.
            await asyncio.to_thread(self._replace, generate_latest(self._registry))
            await asyncio.sleep(_EVERY_S)

    def write(self) -> None:
        """Write the file; a disk that does not take it is logged once and tried again."""
        self._replace(generate_latest(self._registry))

    def _replace(self, text: bytes) -> None:
        with self._drafting:  # the last words may be written while a thread still writes
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._draft.write_bytes(text)
                self._draft.replace(self._path)
            except OSError as error:
                with suppress(OSError):
                    self._draft.unlink(missing_ok=True)
                if not self._is_failing:
                    _log.warning(
                        "metrics cannot be written", path=str(self._path), error=str(error)
                    )
                self._is_failing = True
            else:
                self._is_failing = False


def counter(
    name: str, meaning: str, values: float | Mapping[str, float], label: str = ""
) -> CounterMetricFamily:
    """Return a counter with one value, or with one for each value of a label."""
    family = CounterMetricFamily(name, meaning, labels=[label] if label else [])
    _fill(family, values)
    return family


def gauge(
    name: str, meaning: str, values: float | Mapping[str, float], label: str = ""
) -> GaugeMetricFamily:
    """Return a gauge with one value, or with one for each value of a label."""
    family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
    _fill(family, values)
    return family


def _fill(
    family: CounterMetricFamily | GaugeMetricFamily, values: float | Mapping[str, float]
) -> None:
    if isinstance(values, Mapping):
        for value, number in values.items():
            family.add_metric([value], number)
    else:
        family.add_metric([], values)
