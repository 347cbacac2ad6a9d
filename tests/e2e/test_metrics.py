"""What a platform counts is served in one place, and all of it is documented."""

import re
import time
from asyncio import to_thread
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.agents import agent, echo
from tests.e2e.node import Node, behavior, say
from tests.e2e.telephones import act, place, plan

from dillo.caller import CallPlan, place_call

_PATIENCE_S = 20
_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"

Samples = dict[tuple[str, str], float]


def scrape(node: Node) -> Samples:
    """Return every sample by its name and the value of its (only) label."""
    text = httpx.get(f"{node.http}/metrics", trust_env=False).text
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def grown(node: Node, before: Samples, *wanted: tuple[str, str]) -> Samples:
    """Return the metrics once these have grown, or it has taken too long."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        after = scrape(node)
        if all(after.get(key, 0) > before.get(key, 0) for key in wanted):
            return after
        assert time.monotonic() < deadline, [
            key for key in wanted if after.get(key, 0) <= before.get(key, 0)
        ]
        time.sleep(0.2)


async def test_a_call_shows_in_the_metrics_of_every_process(node: Node) -> None:
    held = await to_thread(node.hold, behavior(say("Hello.")))
    before = await to_thread(scrape, node)
    outcome = await place_call(CallPlan(held.number, node.sip))
    assert outcome.ended_by == "callee"
    after = await to_thread(
        grown,
        node,
        before,
        ("dillo_calls_settled_total", ""),
        ("dillo_calls_ended_total", "FlowEnded"),
        ("dillo_call_attempts_total", "admitted"),
        ("dillo_sip_requests_total", "INVITE"),
        ("dillo_sip_responses_total", "200"),
        ("dillo_sip_datagrams_received_total", ""),
        ("dillo_journal_events_total", ""),
        ("dillo_journal_commits_total", ""),
        ("dillo_media_packets_total", "sent"),
        ("dillo_media_packets_total", "received"),
        ("dillo_metrics_updated_timestamp_seconds", "signal"),
        ("dillo_metrics_updated_timestamp_seconds", "jobs"),
        ("dillo_metrics_updated_timestamp_seconds", "up"),
    )
    for process in ("signal", "jobs", "web", "media-0"):
        assert after["dillo_process_up", process] == 1
        assert after["dillo_process_restarts_total", process] == 0
        assert after["dillo_process_resident_memory_bytes", process] > 1_000_000
    assert after["dillo_media_workers_connected", ""] >= 1
    assert after["dillo_journal_failed_commits_total", ""] == 0


def test_a_stream_shows_in_the_metrics(node: Node) -> None:
    with agent(echo) as echoing:
        held = node.hold(behavior(act("Stream", Url=echoing.url)))
        before = scrape(node)
        place(plan(node, held, "w300", hang_up_after_s=1))
    after = grown(
        node,
        before,
        ("dillo_streams_ended_total", "Closed"),
        ("dillo_stream_audio_seconds_total", "sent"),
        ("dillo_stream_audio_seconds_total", "played"),
    )
    assert after["dillo_stream_gateway_connected", ""] == 1


def test_every_metric_is_documented_and_every_documented_one_exists(node: Node) -> None:
    served = httpx.get(f"{node.http}/metrics", trust_env=False).text
    names = set(re.findall(r"^# TYPE (dillo_\w+)", served, re.MULTILINE))
    documented = set(re.findall(r"^\| `(dillo_\w+)", _PAGE.read_text(), re.MULTILINE))
    assert {name for name in names if not name.endswith("_created")} == documented
