"""What the `signal` process counts: SIP, calls, the journal, the media of calls, streams."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from dillo.app.metrics.textfile import counter, gauge
from dillo.calls.engine import CallEngine
from dillo.media.client import MediaPool
from dillo.model.events import StreamStatus
from dillo.net.udp import UdpServer
from dillo.store.journal import JournalWriter
from dillo.streams.client import StreamGateway


def sip(server: UdpServer) -> Iterator[Metric]:
    """Yield the metrics of SIP over UDP."""
    counts, counters = server.counts(), server.counters
    yield counter("dillo_sip_datagrams_received", "SIP datagrams that arrived.", counts["received"])
    yield counter(
        "dillo_sip_requests", "Requests that were no repetitions.", counters.requests, "method"
    )
    yield counter(
        "dillo_sip_responses",
        "Responses sent, repetitions not counted.",
        {str(status): number for status, number in counters.responses.items()},
        "status",
    )
    yield counter("dillo_sip_dropped", "Datagrams not answered.", counters.dropped, "reason")
    yield counter(
        "dillo_sip_retransmissions",
        "Messages sent again, and messages that came again.",
        {
            "sent": counts["retransmissions_sent"],
            "received": counts["retransmissions_received"],
        },
        "direction",
    )
    yield counter(
        "dillo_sip_refusals_withheld",
        "Answers to malformed requests that a source with too many of them did not get.",
        counts["refusals_kept_back"],
    )
    yield counter("dillo_sip_unsent", "Datagrams that the kernel did not take.", counts["unsent"])
    yield gauge(
        "dillo_sip_open_transactions", "Transactions not over yet.", counts["open_transactions"]
    )
    yield gauge("dillo_sip_open_dialogs", "Dialogs not over yet.", counts["open_calls"])


def calls(engine: CallEngine) -> Iterator[Metric]:
    """Yield the metrics of calls."""
    yield gauge("dillo_calls_running", "Calls going on.", engine.calls_running)
    yield counter(
        "dillo_call_attempts",
        "New INVITEs: admitted, limited, unknown-number, wrong-trunk, unavailable or overloaded.",
        engine.outcomes,
        "outcome",
    )
    yield counter("dillo_calls_ended", "Calls over, by end reason.", engine.endings, "reason")


def journal(writer: JournalWriter) -> Iterator[Metric]:
    """Yield the metrics of the journal."""
    yield counter("dillo_journal_events", "Events written.", writer.events_written)
    yield counter("dillo_journal_commits", "Group commits.", writer.commits)
    yield counter("dillo_journal_failed_commits", "Commits that failed.", writer.failures)
    yield gauge("dillo_journal_queued_events", "Events not written yet.", writer.queued)


def media(pool: MediaPool) -> Iterator[Metric]:
    """Yield the metrics of the media workers; packets count when their call's port closes."""
    counted = pool.counters
    yield gauge("dillo_media_workers_connected", "Workers connected.", pool.workers_connected)
    yield gauge("dillo_media_ports_open", "RTP ports in use.", pool.ports_open)
    yield counter(
        "dillo_media_ports",
        "RTP ports opened, closed, lost with their worker, and not to be had.",
        {
            "opened": counted.ports_opened,
            "closed": counted.ports_closed,
            "lost": counted.ports_lost,
            "refused": counted.ports_refused,
        },
        "event",
    )
    yield counter(
        "dillo_media_packets",
        "RTP packets of closed ports: sent, sent late (over 20 ms), received, lost, refused.",
        {
            "sent": counted.packets_sent,
            "late": counted.packets_late,
            "received": counted.packets_received,
            "lost": counted.packets_lost,
            "refused": counted.packets_refused,
        },
        "kind",
    )
    yield counter(
        "dillo_media_socket_errors",
        "Reads and writes of RTP sockets that failed.",
        counted.socket_errors,
    )


def streams(gateway: StreamGateway) -> Iterator[Metric]:
    """Yield the metrics of streams; audio and messages count when their stream is over."""
    counted = gateway.counters
    yield gauge("dillo_stream_gateway_connected", "Whether the gateway is.", gateway.is_connected)
    yield gauge("dillo_streams_open", "Streams to voice agents.", gateway.streams_open)
    yield counter(
        "dillo_streams_ended",
        "Streams over, by how they ended.",
        {status: counted.endings[status] for status in StreamStatus},
        "status",
    )
    yield counter(
        "dillo_stream_audio_seconds",
        "Audio of streams that are over: sent and played, and what was thrown away.",
        {
            "sent": counted.sent_ms / 1000,
            "unsent": counted.unsent_ms / 1000,
            "played": counted.played_ms / 1000,
            "unplayed": counted.unplayed_ms / 1000,
        },
        "kind",
    )
    yield counter(
        "dillo_stream_refused_messages",
        "Messages of agents that made no sense.",
        counted.refused,
    )
