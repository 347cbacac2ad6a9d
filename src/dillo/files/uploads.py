"""Audio files that customers uploaded, kept as they are, named by their content."""

import hashlib
import re
from pathlib import Path

from dillo.files.folder import write_whole
from dillo.model.errors import PeerError

LARGEST = 20_000_000
"""Octets of an uploaded file, about two hours of MP3 but no more than ten minutes of sound."""

_PROMPT_ID = re.compile(r"[0-9a-f]{64}")
_CUSTOMER_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class UploadTooLarge(PeerError):
    """The file is larger than an uploaded prompt may be."""


def upload_path(folder: Path, customer_id: str, prompt_id: str) -> Path | None:
    """Return where a customer's prompt is kept, None for ids that can be none."""
    if _PROMPT_ID.fullmatch(prompt_id) and _CUSTOMER_ID.fullmatch(customer_id):
        return folder / customer_id / prompt_id
    return None


def store_upload(folder: Path, customer_id: str, data: bytes) -> str:
    """Keep an audio file; returns its prompt id, the SHA-256 of its content.

    Raises UploadTooLarge, NotAudio where it cannot be played, OSError where it cannot be written.
    Decodes the whole file to be sure: up to a second of processor time.
    """
    from dillo.files.decode import decode  # the platform's processes store nothing, and load no av

    if len(data) > LARGEST:
        raise UploadTooLarge(f"{len(data):,} bytes are more than {LARGEST:,}")
    decode(data)
    prompt_id = hashlib.sha256(data).hexdigest()
    path = upload_path(folder, customer_id, prompt_id)
    if path is None:
        raise PeerError(f"{customer_id!r} is no customer id")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    return prompt_id
