"""Answers with a recording out of a store, whole or the one range that is asked for (RFC 9110)."""

import re

from starlette.responses import Response, StreamingResponse

from dillo.web.ports import OpenedRecording

MEDIA_TYPE = "audio/wav"
HEADERS = {"Cache-Control": "private, no-store"}

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def stream(
    recording: OpenedRecording, recording_id: str, asked: str | None, *, is_head: bool
) -> Response:
    """Answer with a recording; `asked` is the header Range, heeded where it is one range."""
    size = recording.size
    span = parse_range(asked, size)
    start, end = span or (0, size)
    headers = HEADERS | {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{recording_id}.wav"',
        "Content-Length": str(end - start),
    }
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if span is None or start < end:
        status = 200 if span is None else 206
        if not is_head:
            return StreamingResponse(recording.read(start, end), status, headers, MEDIA_TYPE)
        recording.close()
        return Response(None, status, headers, MEDIA_TYPE)
    recording.close()
    return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})


def parse_range(asked: str | None, size: int) -> tuple[int, int] | None:
    """Return `[start, end)` of the range asked for, empty where it lies beyond the end.

    None for none, for several and for anything else: then the whole is sent.
    """
    match = _RANGE.fullmatch(asked or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:  # the last so many
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size
