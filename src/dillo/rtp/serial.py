"""Serial number arithmetic: distances on counters that wrap (RFC 1982, used by RFC 3550 A.1)."""


def sequence_distance(newer: int, older: int) -> int:
    """Return how far a 16-bit sequence number is ahead of another, from -32768 to 32767."""
    return ((newer - older + 0x8000) & 0xFFFF) - 0x8000


def timestamp_distance(newer: int, older: int) -> int:
    """Return how far a 32-bit timestamp is ahead of another, from -2**31 to 2**31 - 1."""
    return ((newer - older + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
