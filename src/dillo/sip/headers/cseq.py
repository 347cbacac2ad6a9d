"""CSeq (RFC 3261 §20.16)."""

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.grammar import is_token


class CSeq(msgspec.Struct, frozen=True):
    """A request's place in its dialog, and its method."""

    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> "CSeq":
        """Read `4711 INVITE`; the number is below 2**31 (§8.1.1.5). Raises Malformed."""
        words = text.split()
        if len(words) != 2:
            raise Malformed("CSeq", f"{text[:60]!r} is no number and method")
        digits, method = words
        if not (digits.isascii() and digits.isdigit()) or not is_token(method):
            raise Malformed("CSeq", f"{text[:60]!r} is no number and method")
        if len(digits) > 20 or (number := int(digits)) >= 2**31:
            raise Malformed("CSeq", f"{digits[:60]} is not below 2**31")
        return cls(number, method)

    def __str__(self) -> str:
        return f"{self.number} {self.method}"
