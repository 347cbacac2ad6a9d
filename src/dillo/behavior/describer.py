"""A reader that reads nothing and notes what it is asked for: the fields of an action as a schema.

So the JSON Schema of an action comes from the same code that reads it, and cannot differ from it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from dillo.behavior import templates
from dillo.behavior.formats import MAX_URL
from dillo.behavior.reader import KEYS, MAX_TEXT, Reader
from dillo.behavior.report import Report
from dillo.behavior.templates import Template

Schema = dict[str, Any]

NODE: Final[Schema] = {"$ref": "#/$defs/NodeNumber"}
_ANY_NAME: Final = "*"
"""Stands for the fields of an object whose names are the author's to choose."""
NAME_PATTERN: Final = "^[A-Za-z0-9_-]{1,64}$"
KEYS_PATTERN: Final = f"^[{KEYS}]{{0,{len(KEYS)}}}$"
PERIOD_PATTERN: Final = "^[1-9][0-9]{0,3}-[DMY]$"


class Describer(Reader):
    """Answers every question with an empty value; `gives` says whether fields seem to be there.

    What is read may depend on which fields there are (an Intro is a Say or a Play), so an action is
    described twice, by a describer that gives and by one that does not.
    """

    def __init__(self, *, gives: bool) -> None:
        super().__init__(Report(frozenset(), lambda _: True), None, "", {})
        self.gives = gives
        self.properties: dict[str, Schema] = {}
        self.children_of: dict[str, Describer] = {}
        """The objects in fields; those in arrays too."""
        self.needed: list[str] = []
        self.is_open = False
        """Whether the names of the fields are the author's to choose."""

    def _note(self, name: str, schema: Schema, *, needed: bool = False) -> None:
        self.properties[name] = schema
        if needed:
            self.needed.append(name)

    def has(self, name: str) -> bool:
        return self.gives

    def names(self) -> tuple[str, ...]:
        self.is_open = True
        return (_ANY_NAME,)

    def text(self, name: str, expected: str = "a text", *, at_most: int = MAX_TEXT) -> str:
        self._note(name, _text(at_most), needed=True)
        return ""

    def optional_text(
        self, name: str, expected: str = "a text", *, at_most: int = MAX_TEXT
    ) -> str | None:
        self._note(name, _text(at_most))
        return None

    def template(self, name: str, *, may_be_empty: bool = False) -> Template:
        schema = _text(MAX_TEXT) | {"x-control": "template"}
        if may_be_empty:
            del schema["minLength"]
        self._note(name, schema, needed=True)
        return templates.parse("")[0]

    def templates(
        self, name: str, expected: str, at_most: int, is_valid: Callable[[str], object]
    ) -> tuple[Template, ...]:
        one = _text(MAX_TEXT) | {"x-control": "template"}
        many = {"type": "array", "items": one, "minItems": 1, "maxItems": at_most}
        self._note(name, {"anyOf": [one, many]}, needed=True)
        return ()

    def integer(self, name: str, default: int | None, least: int, most: int) -> int:
        self._note(name, _number("integer", default, least, most), needed=default is None)
        return least

    def seconds(self, name: str, default: float | None, least: float, most: float) -> float:
        schema = _number("number", default, least, most) | {"x-unit": "s"}
        self._note(name, schema, needed=default is None)
        return least

    def flag(self, name: str, *, default: bool = False) -> bool:
        self._note(name, {"type": "boolean", "default": default})
        return default

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        self._note(name, {"type": "string", "enum": list(allowed), "default": default})
        return default

    def name(self, name: str) -> str:
        self._note(name, _matching(NAME_PATTERN), needed=True)
        return ""

    def optional_name(self, name: str) -> str | None:
        self._note(name, _matching(NAME_PATTERN))
        return None

    def target(self, name: str = "NextNode", *, required: bool = False) -> str | None:
        self._note(name, dict(NODE), needed=required)
        return None

    def keys(self, name: str, default: str) -> str:
        self._note(name, _matching(KEYS_PATTERN) | {"default": default})
        return default

    def language(self, name: str, default: str) -> str:
        schema = {"type": "string", "maxLength": 64, "default": default, "x-control": "language"}
        self._note(name, schema)
        return default

    def url(self, name: str, *, required: bool = False) -> str | None:
        self._note(name, _address("https?"), needed=required)
        return None

    def websocket_url(self, name: str) -> str:
        self._note(name, _address("wss?"), needed=True)
        return ""

    def prompt_id(self, name: str) -> str | None:
        self._note(name, {"type": "string", "maxLength": 64, "x-control": "prompt"})
        return None

    def storage_period(self, name: str, default: str) -> str:
        self._note(name, _matching(PERIOD_PATTERN) | {"default": default})
        return default

    def child(self, name: str, expected: str, *, required: bool = False) -> Reader:
        self._note(name, {}, needed=required)
        return self._inner(name)

    def children(self, name: str, expected: str, at_most: int) -> tuple[Reader, ...]:
        self._note(name, {"type": "array", "minItems": 1, "maxItems": at_most}, needed=True)
        return (self._inner(name),)

    def _inner(self, name: str) -> "Describer":
        inner = self.children_of[name] = Describer(gives=self.gives)
        return inner

    def words(self, name: str, expected: str, is_valid: Callable[[str], bool]) -> tuple[str, ...]:
        allowed = getattr(is_valid, "__self__", None)  # where it is the `in` of a table
        one: Schema = {"type": "string"} | ({"enum": list(allowed)} if allowed else {})
        self._note(name, {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})
        return ()


def describe(read: Callable[[Reader], object]) -> Schema:
    """Return the schema of the object that a function reads."""
    absent, present = Describer(gives=False), Describer(gives=True)
    read(absent)
    read(present)
    return _object(absent, present)


def _object(absent: Describer, present: Describer) -> Schema:
    properties = {**present.properties, **absent.properties}
    if absent.is_open:
        rest = _property(_ANY_NAME, properties[_ANY_NAME], absent, present)
        return {"type": "object", "additionalProperties": rest}
    needed = [name for name in absent.needed if name in present.needed]
    return {
        "type": "object",
        "properties": {
            name: _property(name, schema, absent, present) for name, schema in properties.items()
        },
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _property(name: str, schema: Schema, absent: Describer, present: Describer) -> Schema:
    one, other = absent.children_of.get(name), present.children_of.get(name)
    if one is None or other is None:
        return schema
    if one.properties.keys() == other.properties.keys():
        inner = _object(one, other)
    else:  # which fields there are decides what the object is
        inner = {"anyOf": [_object(one, one), _object(other, other)]}
    return {**schema, "items": inner} if schema else inner


def _text(at_most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": at_most}


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _number(kind: str, default: float | None, least: float, most: float) -> Schema:
    schema = {"type": kind, "minimum": least, "maximum": most}
    return schema if default is None else schema | {"default": default}


def _address(schemes: str) -> Schema:
    return {
        "type": "string",
        "format": "uri",
        "pattern": f"^{schemes}://",
        "maxLength": MAX_URL,
    }
