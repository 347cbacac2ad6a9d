"""Signatures by which a receiver knows that a request comes from here, unchanged and not replayed.

    Dillo-Signature: t=1795000000,v1=5257a869e7…

`v1` is the HMAC-SHA-256 of the time, a dot and the body, in hexadecimal, keyed with the
customer's secret. Of a GET, which has no body, the query string is signed in its place.
"""

import hmac
from typing import Final

HEADER: Final = "Dillo-Signature"


def signature(secret: str, body: bytes, at_s: int) -> str:
    """Return the value of the header; `at_s` is the time in seconds since the epoch."""
    digest = hmac.digest(secret.encode(), b"%d.%s" % (at_s, body), "sha256")
    return f"t={at_s},v1={digest.hex()}"
