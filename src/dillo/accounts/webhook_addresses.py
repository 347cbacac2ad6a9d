"""The addresses that a customer's applications call or tell, as their behaviors name them."""

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dillo.accounts.ports import InForce, Registry

_MENTIONS = ("StatusCallbackUrl", '"External"')


class Purpose(enum.StrEnum):
    """What an address is for."""

    STATUS = "status"
    """It is told what becomes of calls."""
    OPTION = "option"
    """The same, once a Menu has got a choice."""
    ANSWER = "answer"
    """An External asks it what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in a version in force."""

    application_id: str
    application: str
    node: str | None
    """None where it belongs to the application as a whole."""
    purpose: Purpose
    method: str
    url: str


async def addresses(registry: Registry, customer_id: str) -> Sequence[Address]:
    """Return the addresses that the next call may lead to, by application."""
    found = await registry.applications.in_force(customer_id, _MENTIONS)
    return [address for each in found for address in _of(each)]


def _of(each: InForce) -> Iterator[Address]:
    behavior = json.loads(each.behavior)
    yield from _at(each, None, Purpose.STATUS, behavior, "StatusCallback")
    for node, entry in behavior["ChannelBehaviorNodes"].items():
        action = entry.get("ChannelBehaviorAction") or {}
        yield from _at(each, node, Purpose.OPTION, action, "OptionStatusCallback")
        if entry["ActionType"] == "External":
            yield from _at(each, node, Purpose.ANSWER, action, "")


def _at(
    each: InForce, node: str | None, purpose: Purpose, fields: Mapping[str, Any], prefix: str
) -> Iterator[Address]:
    url = fields.get(f"{prefix}Url")
    if url:
        method = fields.get(f"{prefix}Method", "POST")
        yield Address(each.application_id, each.application, node, purpose, method, url)
