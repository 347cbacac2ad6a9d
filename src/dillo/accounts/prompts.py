"""Prompts: audio that a customer uploaded, known by its content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.accounts.customers import checked_name
from dillo.accounts.errors import InvalidEntry
from dillo.accounts.ports import Change, InForce, Registry, StoredPrompt
from dillo.model.ids import new_id

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An audio file that callers can be played."""

    sha256: str
    size: int
    duration_ms: int
    format: str


class PromptFiles(Protocol):
    """Where the audio of prompts is kept, and made fit to be played."""

    async def keep(self, customer_id: str, data: bytes) -> Kept:
        """Keep an audio file. Raises InvalidAudio where it cannot be played."""

    async def remove(self, customer_id: str, sha256: str) -> None:
        """Forget an audio file."""


async def add(
    registry: Registry,
    change: Change,
    customer_id: str,
    name: str,
    sha256: str,
    kept: Kept | None = None,
) -> StoredPrompt:
    """Name an uploaded file; the same audio again is the prompt that is there.

    `sha256` is the file's hash in lower-case hex. Raises UnknownCustomer, InvalidEntry.
    """
    if not _SHA256.fullmatch(sha256):
        raise InvalidEntry("a SHA-256 has 64 lower-case hexadecimal digits")
    prompt = StoredPrompt(
        id=new_id(),
        customer_id=customer_id,
        name=checked_name(name),
        sha256=sha256,
        created_us=change.at_us,
        size=None if kept is None else kept.size,
        duration_ms=None if kept is None else kept.duration_ms,
        format=None if kept is None else kept.format,
    )
    return await registry.prompts.add(prompt, change)


async def upload(
    registry: Registry,
    files: PromptFiles,
    change: Change,
    customer_id: str,
    name: str,
    data: bytes,
) -> StoredPrompt:
    """Keep an audio file under a name; the same audio again is the prompt that is there.

    Raises InvalidAudio where it cannot be played, InvalidEntry for no name, UnknownCustomer.
    """
    checked_name(name)
    kept = await files.keep(customer_id, data)
    return await add(registry, change, customer_id, name, kept.sha256, kept)


async def uses(
    registry: Registry, customer_id: str, found: Sequence[StoredPrompt]
) -> Mapping[str, Sequence[InForce]]:
    """Return which applications play prompts in the version in force, by id of the prompt."""
    playing = await registry.applications.in_force(customer_id, [each.sha256 for each in found])
    return {
        prompt.id: [each for each in playing if prompt.sha256 in each.behavior] for prompt in found
    }


async def delete(
    registry: Registry, files: PromptFiles, change: Change, customer_id: str, prompt_id: str
) -> None:
    """Forget a prompt and its audio. Raises UnknownPrompt, PromptInUse."""
    prompt = await registry.prompts.get(customer_id, prompt_id)
    await registry.prompts.delete(prompt, change)
    await files.remove(customer_id, prompt.sha256)
