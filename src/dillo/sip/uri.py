"""SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966)."""

import re
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from dillo.sip.errors import Malformed, UnsupportedScheme
from dillo.sip.grammar import Params, find_param, format_params, parse_params

_HEADER = "URI"
HOST = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"

_sip_uri = re.compile(
    rf"([Ss][Ii][Pp][Ss]?):(?:([^@:\s<>\"]+)(?::([^@\s<>\"]*))?@)?({HOST})(?::(\d{{1,5}}))?"
    r"((?:;[^?\s<>\"]*)?)(?:\?([^\s<>\"]+))?",
).fullmatch
_tel_uri = re.compile(r"[Tt][Ee][Ll]:(\+?[0-9A-Fa-f*#().-]+)((?:;[^\s<>\"]*)?)").fullmatch
_scheme = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):[^\s<>\"]+").fullmatch
_visual_separators = str.maketrans("", "", "-.()")


class Uri(msgspec.Struct, frozen=True):
    """A URI as sent; user and parameters keep their escapes, `str` gives the URI again."""

    scheme: str
    """`sip`, `sips` or `tel`."""
    user: str | None
    """The telephone number of a tel URI."""
    host: str
    """Empty for a tel URI; an IPv6 address keeps its brackets."""
    port: int | None = None
    params: Params = ()
    headers: str = ""
    password: str | None = None

    # The same few numbers and peers come up in call after call.
    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> "Uri":
        """Read a URI.

        Raises UnsupportedScheme for a well-formed URI of another scheme, Malformed for the rest.
        """
        found = _sip_uri(text)
        if found is None:
            return cls._parse_other(text)
        scheme, user, password, host, port, params, headers = found.groups()
        return cls(
            scheme.lower(),
            user,
            host,
            None if port is None else _port(port),
            parse_params(params, _HEADER),
            headers or "",
            password,
        )

    @classmethod
    def _parse_other(cls, text: str) -> "Uri":
        number = _tel_uri(text)
        if number is not None:
            return cls("tel", number[1], "", params=parse_params(number[2], _HEADER))
        other = _scheme(text)
        if other is None or other[1].lower() in {"sip", "sips", "tel"}:
            raise Malformed(_HEADER, f"{text[:60]!r} is no URI")
        raise UnsupportedScheme(_HEADER, f"scheme {other[1]!r} is not served")

    def param(self, name: str) -> str | None:
        """Return a parameter's value as sent, None where it is absent or a flag."""
        return find_param(self.params, name)

    def has_param(self, name: str) -> bool:
        """Tell whether a parameter is there, with or without a value."""
        return any(name == known for known, _ in self.params)

    @property
    def user_text(self) -> str:
        """The user part without escapes; of a tel URI the number without visual separators."""
        if self.scheme == "tel":
            return (self.user or "").translate(_visual_separators)
        return unquote(self.user or "", errors="surrogateescape")

    @property
    def address(self) -> tuple[str, int]:
        """Host without brackets, and port (5060, or 5061 for sips, where none is given)."""
        return self.host.strip("[]"), self.port or (5061 if self.scheme == "sips" else 5060)

    def __str__(self) -> str:
        password = "" if self.password is None else f":{self.password}"
        user = "" if self.user is None else f"{self.user}{password}"
        at = "@" if user and self.host else ""
        port = "" if self.port is None else f":{self.port}"
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{at}{self.host}{port}{format_params(self.params)}{headers}"


def _port(digits: str) -> int:
    port = int(digits)
    if port > 65535:
        raise Malformed(_HEADER, f"port {digits} is above 65535")
    return port


def bracketed(host: str) -> str:
    """Return a host as URIs and Via write it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
