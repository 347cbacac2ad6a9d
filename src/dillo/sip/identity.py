"""Who calls, and whom (RFC 3261 §8.1.1, RFC 3325, RFC 3323)."""

from dillo.sip.errors import SipError
from dillo.sip.headers import NameAddr
from dillo.sip.message import Request
from dillo.sip.uri import Uri

_WITHHOLDING = {"id", "user", "header"}


def called_user(request: Request) -> str:
    """Return the user part of the Request-URI without escapes. Raises Malformed."""
    return Uri.parse(request.uri).user_text


def caller_user(request: Request) -> str:
    """Return who calls, without escapes; empty where it is withheld.

    What the network asserts (P-Asserted-Identity) counts more than what the caller claims (From).
    """
    wishes = {wish.strip().lower() for wish in (request.text("privacy") or "").split(";")}
    if wishes & _WITHHOLDING:
        return ""
    for item in request.items("p-asserted-identity"):
        if user := _user_of(item):
            return user
    if request.from_.uri.lower().endswith("@anonymous.invalid"):
        return ""
    return _user_of(request.single("from"))


def _user_of(text: str) -> str:
    try:
        return NameAddr.parse(text).address.user_text
    except SipError:
        return ""  # unreadable, or of a scheme that has no users
