"""Reads what a webhook answers an External node.

{"Variables": {"name": "Ann"}, "NextNode": 4}
{"ChannelBehaviorNodes": {…}}
"""

import re
from dataclasses import replace
from typing import Any, Final

from dillo.behavior.document import ROOT, Unreadable, load, parse_json
from dillo.behavior.events import WebhookAnswer
from dillo.behavior.machine import Behavior
from dillo.behavior.problems import InvalidBehavior
from dillo.behavior.reader import MAX_TEXT
from dillo.behavior.report import quoted
from dillo.model.errors import PeerError

MAX_VARIABLES: Final = 100

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NODE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_FIELDS = {"Variables", "NextNode"}
_EXPECTED = f"Variables and NextNode, or {ROOT}, are expected"


class InvalidAnswer(PeerError):
    """The answer of a webhook is none; the message says what is wrong with it."""


def read_answer(text: str) -> WebhookAnswer:
    """Read an answer; a behavior in it is held to the same rules as one that is published.

    An empty text wants nothing. Raises InvalidAnswer.
    """
    if not text.strip():
        return WebhookAnswer({})
    try:
        fields = parse_json(text)
    except Unreadable as error:
        raise InvalidAnswer(f"the answer {error}") from error
    if not isinstance(fields, dict):
        raise InvalidAnswer(f"the answer {quoted(fields)} is wrong: {_EXPECTED}")
    if ROOT in fields:
        return WebhookAnswer({}, behavior=_behavior(text))
    if unknown := fields.keys() - _FIELDS:
        raise InvalidAnswer(f"the answer's field {quoted(min(unknown))} is unknown: {_EXPECTED}")
    return WebhookAnswer(_variables(fields.get("Variables")), _next_node(fields.get("NextNode")))


def _behavior(text: str) -> Behavior:
    try:
        return replace(load(text), text=text)
    except InvalidBehavior as error:
        raise InvalidAnswer(f"the channel behavior of the answer: {error}") from error


def _variables(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_VARIABLES:
        expected = f"an object of at most {MAX_VARIABLES} texts is expected"
        raise InvalidAnswer(f"Variables: {quoted(value)} is wrong: {expected}")
    for name, text in value.items():
        if not _NAME.fullmatch(name):
            expected = "a name of up to 64 letters, digits, - and _ is expected"
            raise InvalidAnswer(f"Variables: {quoted(name)} is wrong: {expected}")
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            expected = f"a text of at most {MAX_TEXT} characters is expected"
            raise InvalidAnswer(f"Variables.{name}: {quoted(text)} is wrong: {expected}")
    return value


def _next_node(value: Any) -> str | None:
    if value is None:
        return None
    number = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _NODE_NUMBER.fullmatch(number):
        message = f"NextNode: {quoted(value)} is wrong: a node number such as 3 is expected"
        raise InvalidAnswer(message)
    return number
