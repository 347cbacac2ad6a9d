"""What the journal is told of a call's beginning and of its media."""

from dillo.calls.ports import Invitation, NumberEntry
from dillo.model import media
from dillo.model.clock import now_us
from dillo.model.events import CallReceived, MediaMeasured


def received(
    call_id: str,
    node_name: str,
    entry: NumberEntry,
    invitation: Invitation,
    caller: str,
    *,
    is_test: bool,
) -> CallReceived:
    """Return the first event of a call; `caller` as records show it."""
    return CallReceived(
        at_us=now_us(),
        call_id=call_id,
        node_name=node_name,
        customer_id=entry.customer_id,
        number_id=entry.number_id,
        number=entry.number,
        number_type=entry.number_type,
        caller=caller,
        currency=entry.currency,
        primary_version_id=entry.primary.version_id if entry.primary else None,
        fallback_version_id=entry.fallback.version_id if entry.fallback else None,
        sip_call_id=invitation.sip_call_id,
        source=f"{invitation.source_ip}:{invitation.source_port}",
        is_test=is_test,
    )


def measured(closed: media.PortClosed) -> MediaMeasured:
    """Return how the media of the call was."""
    return MediaMeasured(
        at_us=now_us(),
        packets_received=closed.packets_received,
        packets_lost=closed.packets_lost,
        packets_sent=closed.packets_sent,
        packets_late=closed.packets_late,
        jitter_ms=closed.jitter_ms,
        round_trip_ms=closed.round_trip_ms,
        remote_lost=closed.remote_lost,
        packets_refused=closed.packets_refused,
        socket_errors=closed.socket_errors,
    )
