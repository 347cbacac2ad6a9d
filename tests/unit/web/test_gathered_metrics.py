"""Families that several processes write come out as one, with every sample."""

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from dillo.web.gathered import GatheredMetrics

COUNTED = """\
# HELP dillo_calls_total Calls.
# TYPE dillo_calls_total counter
dillo_calls_total{{process="{process}"}} {value}
"""


def served(folder: Path) -> str:
    registry = CollectorRegistry()
    registry.register(GatheredMetrics(folder))
    return generate_latest(registry).decode()


def test_a_family_of_two_files_is_written_once(tmp_path: Path) -> None:
    for process, value in (("jobs", 1), ("signal", 2)):
        (tmp_path / f"{process}.prom").write_text(COUNTED.format(process=process, value=value))
    (tmp_path / "signal.prom.123.456").write_text("half a file")
    assert served(tmp_path).splitlines() == [
        "# HELP dillo_calls_total Calls.",
        "# TYPE dillo_calls_total counter",
        'dillo_calls_total{process="jobs"} 1.0',
        'dillo_calls_total{process="signal"} 2.0',
    ]


def test_nothing_is_served_before_there_is_a_folder(tmp_path: Path) -> None:
    assert served(tmp_path / "missing") == ""
