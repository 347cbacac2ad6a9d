"""Names of prompts in the cache: a SHA-256 over everything that makes two prompts sound alike."""

import hashlib
from typing import assert_never

from dillo.model.prompts import Audio, Beep, Prompt, RingingTone, Silence, Speech

_PIPELINE = 1
"""Raised whenever levels, trimming or resampling change, so that old files are not found again."""


def prompt_key(prompt: Prompt, customer_id: str, engine: str) -> str:
    """Return the key of a prompt, 64 hexadecimal digits.

    Speech of the same engine, language, voice and text is shared by all customers; an uploaded
    file belongs to one. For an address it is the key of what is remembered about it.
    """
    match prompt:
        case Speech(text, language, voice):
            return _digest("speech", engine, language.lower(), voice, text)
        case Audio(url=str(url)):
            return url_key(url)
        case Audio(prompt_id=prompt_id):
            return _digest("upload", customer_id, prompt_id)
        case Beep():
            return _digest("beep")
        case RingingTone():
            return _digest("ringing")
        case Silence(duration_ms):
            return _digest("silence", duration_ms)
        case _:
            assert_never(prompt)


def url_key(url: str) -> str:
    """Return the key of what is remembered about an address."""
    return _digest("url", url)


def fetched_key(url: str, content: bytes) -> str:
    """Return the key of the prompt made from the content of an address."""
    return _digest("fetched", url, hashlib.sha256(content).hexdigest())


def _digest(*parts: str | int | None) -> str:
    # repr keeps the parts apart and takes any text, lone surrogates included.
    return hashlib.sha256(repr((_PIPELINE, *parts)).encode()).hexdigest()
