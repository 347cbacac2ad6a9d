"""Prompts: audio that a customer uploaded, known by its content."""

import re

from dillo.accounts.customers import checked_name
from dillo.accounts.errors import InvalidEntry
from dillo.accounts.ports import Change, Registry, StoredPrompt
from dillo.model.ids import new_id

_SHA256 = re.compile(r"[0-9a-f]{64}")


async def add(
    registry: Registry, change: Change, customer_id: str, name: str, sha256: str
) -> StoredPrompt:
    """Name an uploaded file; the same audio again is the prompt that is there.

    `sha256` is the file's hash in lower-case hex. Raises UnknownCustomer, InvalidEntry.
    """
    if not _SHA256.fullmatch(sha256):
        raise InvalidEntry("a SHA-256 has 64 lower-case hexadecimal digits")
    prompt = StoredPrompt(new_id(), customer_id, checked_name(name), sha256)
    return await registry.prompts.add(prompt, change)
