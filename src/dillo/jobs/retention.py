"""The job that deletes audio whose storage period is over; its record stays."""

from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from dillo.jobs.durable import Job, step
from dillo.model.clock import now_us
from dillo.model.recordings import Expired

_log = structlog.get_logger(__name__)

BATCH: Final = 200


class Expiry(Protocol):
    """Which recordings are kept until when. Every method raises Unavailable."""

    async def expired(self, at_us: int, limit: int) -> Sequence[Expired]:
        """Return recordings whose time is over and whose audio is not noted as deleted."""

    async def note_deleted(self, recording_ids: Sequence[str]) -> None:
        """Note that audio is gone."""


class Audio(Protocol):
    """Where the audio is."""

    async def delete(self, path: str) -> None:
        """Delete a recording, wherever it is; one that is gone is no error. Raises Unavailable."""


def retention(expiry: Expiry, audio: Audio) -> Job:
    """Return the job. A file goes before the note that it is gone: so none is forgotten."""

    async def some() -> int:
        return await delete_expired(expiry, audio)

    async def run() -> None:
        while await step(some) == BATCH:
            pass

    return Job("retention", run, cron="*/5 * * * *")


async def delete_expired(expiry: Expiry, audio: Audio) -> int:
    """Delete some of what is due; returns how much. Raises Unavailable."""
    expired = await expiry.expired(now_us(), BATCH)
    for each in expired:
        await audio.delete(each.path)
    if expired:
        await expiry.note_deleted([each.recording_id for each in expired])
        _log.info("recordings deleted, their time being over", recordings=len(expired))
    return len(expired)
