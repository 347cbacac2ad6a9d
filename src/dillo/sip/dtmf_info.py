"""Keys in the body of an INFO: application/dtmf-relay and application/dtmf."""

import re

_signal = re.compile(
    rb"^[ \t]*Signal[ \t]*=[ \t]*([0-9A-Da-d*#]{1,2})[ \t]*\r?$", re.M | re.I
).search
_bare = re.compile(rb"\s*([0-9A-Da-d*#]{1,2})\s*").fullmatch

# Some senders write the event code of RFC 4733 in place of the key.
_EVENT_CODES = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}


def parse_digit(body: bytes) -> str | None:
    """Return the key of `Signal=5` lines or of a bare `5`, None where there is none."""
    found = _signal(body) or _bare(body)
    if found is None:
        return None
    text = found[1].decode("ascii").upper()
    return text if len(text) == 1 else _EVENT_CODES.get(text)
