"""What differs between two versions of a channel behavior: nodes and fields, not lines of text."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dillo.behavior.document import ROOT


class Kind(enum.StrEnum):
    """What became of a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; `before` and `after` are JSON values, None where it is not there."""

    kind: Kind
    node: str | None
    """None for a field of the document itself."""
    field: str
    """Path below the node, `ChannelBehaviorAction.Digits.1.NextNode`."""
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Nodes by number that are in one version only, and fields of those in both."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[FieldChange, ...]


_ABSENT: Final = object()


def difference(before: Any, after: Any) -> Difference:
    """Compare two documents; a draft may be any JSON value, and has no nodes where it is none."""
    old, new = _nodes(before), _nodes(after)
    both = [number for number in new if number in old]
    fields = [
        change for number in both for change in _compare(number, "", old[number], new[number])
    ]
    return Difference(
        added=tuple(number for number in new if number not in old),
        removed=tuple(number for number in old if number not in new),
        changed=(*_compare(None, "", _rest(before), _rest(after)), *fields),
    )


def _nodes(document: Any) -> Mapping[str, Any]:
    nodes = document.get(ROOT) if isinstance(document, dict) else None
    return nodes if isinstance(nodes, dict) else {}


def _rest(document: Any) -> Mapping[str, Any]:
    fields = document if isinstance(document, dict) else {}
    return {name: value for name, value in fields.items() if name != ROOT}


def _compare(node: str | None, path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    old, new = _children(before), _children(after)
    if old is None or new is None:
        if before is _ABSENT:
            yield FieldChange(Kind.ADDED, node, path, None, after)
        elif after is _ABSENT:
            yield FieldChange(Kind.REMOVED, node, path, before, None)
        elif not _same(before, after):
            yield FieldChange(Kind.CHANGED, node, path, before, after)
        return
    for name in dict.fromkeys((*old, *new)):
        below = f"{path}.{name}" if path else name
        yield from _compare(node, below, old.get(name, _ABSENT), new.get(name, _ABSENT))


def _children(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return None


def _same(before: Any, after: Any) -> bool:
    # In Python True is 1, in JSON it is not.
    return before == after and isinstance(before, bool) == isinstance(after, bool)
