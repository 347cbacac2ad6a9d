"""Trunks: carriers that dialled calls leave through."""

import re
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv6Address

from dillo.accounts.customers import checked_name
from dillo.accounts.errors import InvalidEntry
from dillo.accounts.ports import Change, Registry, Trunk
from dillo.model.ids import new_id

# A host name (RFC 1123 §2.1) or address, one of IPv6 in brackets, and a port.
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[([0-9A-Fa-f:.]+)\])(?::([1-9][0-9]{0,4}))?",
    re.ASCII,
)
_PREFIX = re.compile(r"\+?([0-9]{1,15})", re.ASCII)
ANY_NUMBER = "*"


async def add(
    registry: Registry,
    change: Change,
    name: str,
    hosts: Sequence[str],
    *,
    username: str | None = None,
    sealed_password: str | None = None,
    prefixes: Sequence[str] = (),
) -> Trunk:
    """Add a trunk for numbers with these first digits; without any, for all other numbers.

    Raises InvalidEntry, TrunkExists.
    """
    trunk = Trunk(
        id=new_id(),
        name=checked_name(name),
        hosts=_checked_hosts(hosts),
        prefixes=_checked_prefixes(prefixes),
        username=username,
        sealed_password=sealed_password,
    )
    _check_login(trunk)
    await registry.trunks.add(trunk, change)
    return trunk


async def change(
    registry: Registry,
    by: Change,
    trunk: Trunk,
    *,
    name: str | None = None,
    hosts: Sequence[str] | None = None,
    username: str | None = None,
    sealed_password: str | None = None,
    prefixes: Sequence[str] | None = None,
) -> Trunk:
    """Reach a carrier differently, from the next call on; what is None stays as it is.

    Numbers that name it follow it to a new name. An empty user name takes name and password away.
    Raises InvalidEntry, TrunkExists, UnknownTrunk.
    """
    changed = replace(
        trunk,
        name=trunk.name if name is None else checked_name(name),
        hosts=trunk.hosts if hosts is None else _checked_hosts(hosts),
        prefixes=trunk.prefixes if prefixes is None else _checked_prefixes(prefixes),
        username=trunk.username if username is None else username or None,
        sealed_password=sealed_password or (None if username == "" else trunk.sealed_password),
    )
    _check_login(changed)
    await registry.trunks.change(changed, by)
    return changed


async def remove(registry: Registry, change: Change, name: str) -> None:
    """Let no further call leave through a trunk. Raises UnknownTrunk, TrunkInUse.

    A number whose calls come over it only would take them from anywhere without it.
    """
    await registry.trunks.remove(name, change)


def _check_login(trunk: Trunk) -> None:
    if (trunk.username is None) != (trunk.sealed_password is None):
        raise InvalidEntry("a user name and a password come together")


def _checked_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    if not hosts:
        raise InvalidEntry("a trunk has at least one host")
    return tuple(map(_checked_host, hosts))


def _checked_prefixes(prefixes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_checked_prefix, prefixes or (ANY_NUMBER,))))


def _checked_host(text: str) -> str:
    match = _HOST.fullmatch(text)
    if match is None or int(match[2] or 0) > 65535 or not _is_ipv6(match[1] or "::"):
        raise InvalidEntry(f"{text!r} is no host: write HOST, HOST:PORT or [IPV6]:PORT")
    return text


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _checked_prefix(text: str) -> str:
    if text == ANY_NUMBER:
        return ""
    match = _PREFIX.fullmatch(text)
    if match is None:
        raise InvalidEntry(f"{text!r} is no prefix: write +44, or * for all other numbers")
    return match[1]
