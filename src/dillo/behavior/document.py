"""Reads the JSON text of a channel behavior, and says everything that is wrong with it."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NoReturn

from dillo.behavior.callbacks import read_callback
from dillo.behavior.graph import check_loops, check_paths
from dillo.behavior.machine import Behavior, Node
from dillo.behavior.nodes import KINDS, LATER
from dillo.behavior.problems import InvalidBehavior, Problem, Severity
from dillo.behavior.reader import Reader
from dillo.behavior.report import Report, listed, nearest, quoted

MAX_TEXT: Final = 1_000_000
MAX_NODES: Final = 1000

ROOT: Final = "ChannelBehaviorNodes"
_CALLBACK = ("StatusCallbackUrl", "StatusCallbackMethod")
_EXPECTED = listed((ROOT, *_CALLBACK))
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")

PromptExists = Callable[[str], bool]
HoldsNumber = Callable[[str], bool]


class Unreadable(ValueError):
    """The text is not the JSON that a behavior is written in."""


def _any(name: str) -> bool:
    return True


def check(
    text: str, prompt_exists: PromptExists = _any, holds_number: HoldsNumber = _any
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a channel behavior; () where nothing is.

    `prompt_exists` tells whether a PromptId names a prompt of the customer, `holds_number` whether
    the customer holds a number (E.164 with `+`), and so may call as it.
    """
    return _read(text, prompt_exists, holds_number)[1]


def load(text: str, version_id: str = "", prompt_exists: PromptExists = _any) -> Behavior:
    """Return the behavior that a text describes. Raises InvalidBehavior where it has errors."""
    behavior, problems = _read(text, prompt_exists, _any)
    errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    if errors:
        raise InvalidBehavior(errors)
    return replace(behavior, version_id=version_id)


def _read(
    text: str, prompt_exists: PromptExists, holds_number: HoldsNumber
) -> tuple[Behavior, tuple[Problem, ...]]:
    try:
        document = parse_json(text)
        nodes = _nodes_of(document)
    except Unreadable as error:
        return Behavior({}), (Problem(Severity.ERROR, None, "", str(error)),)
    report = Report(frozenset(nodes), prompt_exists, holds_number)
    _check_numbers(nodes, report)
    known = _read_nodes(nodes, report)
    callback = read_callback(Reader(report, None, "", document), "")
    check_loops(known, report)
    if not report.errors:  # else a path may only be missing because of an error
        check_paths(known, report)
    return Behavior(known, callback=callback), report.problems


def parse_json(text: str) -> Any:
    """Return what a JSON text holds. Raises Unreadable for what a behavior may not contain."""
    if len(text) > MAX_TEXT:
        raise Unreadable(f"has {len(text)} characters: at most {MAX_TEXT} are allowed")
    try:
        document = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
        # Half a surrogate pair is a text that can be neither stored nor spoken.
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {place}: {error.msg}") from error
    except UnicodeEncodeError as error:
        raise Unreadable("is not JSON: a \\ud800 to \\udfff stands without its pair") from error
    except RecursionError as error:
        raise Unreadable("is not a channel behavior: nested too deep") from error
    except Unreadable:
        raise
    except ValueError as error:  # an integer of more than 4300 digits
        raise Unreadable("is not a channel behavior: a number has too many digits") from error
    return document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise Unreadable(f"has the field {quoted(twice)} twice in one object")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"is not JSON: {name} is no number that JSON knows")


def _nodes_of(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Unreadable(f'{quoted(document)} is wrong: {{"{ROOT}": {{…}}}} is expected')
    unknown = [name for name in document if name not in (ROOT, *_CALLBACK)]
    if ROOT not in document:
        raise Unreadable(f"{ROOT} is missing" + (nearest(ROOT, unknown) and _meant(unknown)))
    if unknown:
        raise Unreadable(f"{quoted(unknown[0])} is unknown: {_EXPECTED} is expected")
    nodes = document[ROOT]
    if not isinstance(nodes, dict):
        raise Unreadable(f"{ROOT}: {quoted(nodes)} is wrong: an object of nodes is expected")
    if len(nodes) > MAX_NODES:
        raise Unreadable(f"{ROOT} has {len(nodes)} nodes: at most {MAX_NODES} are allowed")
    return nodes


def _meant(unknown: list[str]) -> str:
    return f": {quoted(unknown[0])} is there instead"


def _check_numbers(nodes: dict[str, Any], report: Report) -> None:
    if "0" not in nodes:
        report.error(None, ROOT, 'node "0" is missing: the flow begins there')
    for number in nodes:
        if not _NUMBER.fullmatch(number):
            message = f"{quoted(number)} is wrong: a node number such as 3 is expected"
            report.error(None, ROOT, message)


def _read_nodes(nodes: dict[str, Any], report: Report) -> dict[str, Node]:
    known: dict[str, Node] = {}
    for number, fields in nodes.items():
        node = _read_node(number, fields, report)
        if node is not None:
            known[number] = node
        if report.is_full:
            break
    return known


def _read_node(number: str, fields: Any, report: Report) -> Node | None:
    if not _NUMBER.fullmatch(number):
        return None
    if not isinstance(fields, dict):
        message = f"{quoted(fields)} is wrong: an object with an ActionType is expected"
        report.error(number, "", message)
        return None
    reader = Reader(report, number, "", fields)
    kind = _read_kind(reader)
    action = reader.child("ChannelBehaviorAction", "an object")
    next_node = reader.target()
    reader.finish("a node")
    if kind is None:
        return None
    action = action or Reader(report, number, "ChannelBehaviorAction", {})
    node = kind.read(number, next_node, action)
    action.finish(kind.action_type)
    return node


def _read_kind(reader: Reader) -> type[Node] | None:
    name = reader.required("ActionType", "an action such as Say")
    if isinstance(name, str) and name in KINDS:
        return KINDS[name]
    if isinstance(name, str) and name in LATER:
        reader.complain("ActionType", f"{name} is not available yet")
    elif name is not None:
        known = ", ".join(KINDS)
        hint = nearest(name, (*KINDS, *LATER)) if isinstance(name, str) else ""
        reader.complain(
            "ActionType", f"{quoted(name)} is unknown{hint or f': it is one of {known}'}"
        )
    return None
