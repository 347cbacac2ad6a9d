"""Whom a Dial may ring: telephone numbers and SIP URIs, as people write them."""

import re
from typing import Final

from dillo.model.phone import InvalidPhoneNumber, PhoneNumber

MAX_URI: Final = 256
_SPACING = re.compile(r"[\s().-]+")
# A subset of RFC 3261 §25.1: no password, no header fields, parameters in their plain form.
_SIP_URI = re.compile(
    r"sip:(?:[A-Za-z0-9_.!~*'()&=+$,;?/%-]+@)?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?"
    r"(?:;[A-Za-z0-9_.!~*'()%-]+(?:=[A-Za-z0-9_.!~*'()%:-]+)?)*",
    re.ASCII,
)


def telephone_number(text: str) -> str | None:
    """Return a number as E.164 with `+`, None where it is none with a country dial code.

    Spaces, dots, hyphens and parentheses between the digits are left out.
    """
    try:
        return str(PhoneNumber.parse(_SPACING.sub("", text)))
    except InvalidPhoneNumber:
        return None


def callee(text: str) -> str | None:
    """Return an E.164 number with `+` or a SIP URI, None where the text is neither."""
    stripped = text.strip()
    if stripped[:4].lower() == "sip:":
        uri = f"sip:{stripped[4:]}"
        return uri if len(uri) <= MAX_URI and _SIP_URI.fullmatch(uri) else None
    return telephone_number(stripped)
