"""Who calls whom, and how far the call has come (RFC 3261 §8.1.1, RFC 3325, RFC 3323)."""

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


def forwards_left(request: Request) -> int:
    """Return Max-Forwards, 70 where it is absent or no number up to 255 (RFC 3261 §20.22)."""
    return _small_number(request.text("max-forwards"), otherwise=70)


def depth_of(request: Request) -> int:
    """Return how many calls of ours are on the way to this one; 0 where nothing is said."""
    return _small_number(request.text("x-dillo-depth"), otherwise=0)


def test_mark_of(request: Request) -> str:
    """Return what says that an INVITE is a test call of this node; empty where nothing does."""
    return request.text("x-dillo-test-call") or ""


def _small_number(text: str | None, *, otherwise: int) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 3:
        return otherwise
    return min(int(text), 255)
