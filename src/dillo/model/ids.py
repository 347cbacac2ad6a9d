"""Time-ordered identifiers (UUIDv7, RFC 9562 §5.7)."""

import os
import time
from typing import NewType
from uuid import UUID

CallId = NewType("CallId", str)


def uuid7(unix_ms: int, entropy: bytes) -> UUID:
    """Build the UUIDv7 of a moment.

    `unix_ms` is milliseconds since the Unix epoch, `entropy` ten random bytes.
    """
    value = (unix_ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(entropy[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_id() -> str:
    """Return a fresh UUIDv7 in its canonical lower-case form."""
    return str(uuid7(time.time_ns() // 1_000_000, os.urandom(10)))
