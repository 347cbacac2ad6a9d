"""Recordings of calls, and what was said in them."""

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    download,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.recordings import Hearing, HearingDetails, Recording

_ALL = "/api/v1/recordings"
_ONE = _ALL + "/{}"
_TRANSCRIPTIONS = "/api/v1/transcriptions"


class Recordings(Resource[M]):
    """Recordings."""

    @listing
    def list(self, *, call_id: str | None = None) -> Call[Page[Recording]]:
        """Return recordings with their transcriptions, newest first; of one call if it is given."""
        return page_of(_ALL, Recording, query={"call_id": call_id})

    @operation
    def get(self, recording_id: str) -> Call[Recording]:
        """Return a recording with what was said in it."""
        return get(path(_ONE, recording_id), Recording)

    @operation
    def download(self, recording_id: str, *, start: int = 0, end: int | None = None) -> Call[bytes]:
        """Return its audio as WAV, or the octets from `start` to before `end`."""
        return download(path(_ONE + "/audio", recording_id), start=start, end=end)

    @operation
    def delete(self, recording_id: str) -> Call[None]:
        """Remove its audio for good; its record and its price stay."""
        return send("DELETE", path(_ONE, recording_id), type(None))

    @listing
    def transcriptions(
        self,
        *,
        recording_id: str | None = None,
        call_id: str | None = None,
        status: str | None = None,
    ) -> Call[Page[Hearing]]:
        """Return each time that a recording was listened to, newest first, or is just now."""
        query = {"recording_id": recording_id, "call_id": call_id, "status": status}
        return page_of(_TRANSCRIPTIONS, Hearing, query=query)

    @operation
    def transcription(self, transcription_id: str) -> Call[HearingDetails]:
        """Return a transcription with the times of its words."""
        return get(path(_TRANSCRIPTIONS + "/{}", transcription_id), HearingDetails)
