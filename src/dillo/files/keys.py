"""Names of prompts in the cache: a SHA-256 over everything that makes two prompts sound alike."""

import hashlib
from functools import lru_cache
from typing import assert_never

from dillo.model.prompts import Audio, Beep, RingingTone, Silence, Sound

_PIPELINE = 2
"""Raised whenever levels, trimming or resampling change, so that old files are not found again."""

_KEPT = 1024
"""Keys in memory: a call asks for the prompts that those before it asked for, too."""


@lru_cache(maxsize=_KEPT)
def speech_key(version: str, voice: str, language: str, text: str) -> str:
    """Return the key of what a release of an engine says, 64 hexadecimal digits.

    All customers share it.
    """
    return _digest("speech", version, voice, language.lower(), text)


@lru_cache(maxsize=_KEPT)
def prompt_key(prompt: Sound, customer_id: str) -> str:
    """Return the key of a prompt that is no speech, 64 hexadecimal digits.

    An uploaded file belongs to one customer. For an address it is the key of what is remembered
    about it.
    """
    match prompt:
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
