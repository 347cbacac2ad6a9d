"""What the `jobs` process counts: settlement, status callbacks, durable jobs."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import Metric

from dillo.app.metrics.textfile import counter, gauge
from dillo.jobs.deliverer import Deliverer
from dillo.jobs.durable import DurableJobs
from dillo.jobs.forwarder import Forwarder
from dillo.jobs.mover import Mover
from dillo.jobs.transcription import TranscriptionCounts
from dillo.model.clock import now_us


def settlement(forwarder: Forwarder[Any]) -> Iterator[Metric]:
    """Yield the metrics of settlement."""
    yield counter("dillo_calls_settled", "Calls priced and stored.", forwarder.calls_settled)
    yield counter(
        "dillo_calls_quarantined",
        "Calls set aside because they cannot be settled.",
        forwarder.calls_quarantined,
    )
    since_us = forwarder.waiting_since_us
    yield gauge(
        "dillo_settlement_lag_seconds",
        "How long the oldest finished call has been waiting for its record; 0 where none does.",
        0 if since_us is None else max(now_us() - since_us, 0) / 1_000_000,
    )


def delivery(deliverer: Deliverer) -> Iterator[Metric]:
    """Yield the metrics of status callbacks."""
    outcomes = {name: deliverer.outcomes[name] for name in ("delivered", "failed", "given-up")}
    meaning = "Attempts to deliver status callbacks."
    yield counter("dillo_callback_attempts", meaning, outcomes, "outcome")


def durable(jobs: DurableJobs) -> Iterator[Metric]:
    """Yield the metrics of durable jobs."""
    for outcome, meaning in (
        ("done", "Runs of durable jobs that were finished."),
        ("failed", "Runs of durable jobs that ended with an error, after all retries."),
    ):
        counts = {name: jobs.finished[name, outcome] for name in jobs.names}
        yield counter(f"dillo_jobs_{outcome}", meaning, counts, "job")


def transcription(counts: TranscriptionCounts) -> Iterator[Metric]:
    """Yield the metrics of transcription."""
    outcomes = {"completed": counts.completed, "failed": counts.failed}
    meaning = "Transcriptions that are over."
    yield counter("dillo_transcriptions", meaning, outcomes, "outcome")
    meaning = "Length of the recordings whose transcription was completed."
    yield counter("dillo_transcribed_audio_seconds", meaning, counts.audio_s)


def moves(mover: Mover) -> Iterator[Metric]:
    """Yield the metrics of recordings on their way into a store."""
    outcomes = {name: mover.recordings[name] for name in ("moved", "failed")}
    yield counter("dillo_recording_moves", "Recordings moved into the store.", outcomes, "outcome")
