"""What a node does first: close the calls that an earlier run of it left open."""

from pathlib import Path

import structlog

from dillo.calls.platform import RepairRecording
from dillo.calls.ports import Journal, OpenCall
from dillo.model.events import CallEnded, EndReason, RecordingFinished, RecordingStarted

_log = structlog.get_logger(__name__)


async def close_interrupted(journal: Journal, recordings_dir: Path, repair: RepairRecording) -> int:
    """End every open call at its last sign of life; returns how many there were.

    Their recordings are made readable with what reached the disk.
    """
    interrupted = journal.open_calls()
    for call in interrupted:
        for recording in _unfinished_recordings(call):
            duration_ms, size = await repair(recordings_dir / recording.path)
            finished = RecordingFinished(
                at_us=call.last_sign_of_life_us,
                recording_id=recording.recording_id,
                duration_ms=duration_ms,
                size=size,
                ended_by="interrupted",
            )
            journal.append(call.call_id, finished)
        _log.warning("call was interrupted", call_id=call.call_id)
        ended = CallEnded(
            call.last_sign_of_life_us, EndReason.INTERRUPTED, detail="the node went down"
        )
        journal.append(call.call_id, ended)
    await journal.flush()
    return len(interrupted)


def _unfinished_recordings(call: OpenCall) -> list[RecordingStarted]:
    finished = {event.recording_id for event in call.events if isinstance(event, RecordingFinished)}
    return [
        event
        for event in call.events
        if isinstance(event, RecordingStarted) and event.recording_id not in finished
    ]
