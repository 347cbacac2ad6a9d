"""Texts with `{{caller}}`, `{{called}}`, `{{digits.Key}}` and `{{vars.name}}` in them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

MAX_RENDERED: Final = 4000
"""Longer results are cut: a variable that is set to itself twice in a loop must not explode."""

_REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
_EXAMPLE = "123456789012"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Value(msgspec.Struct, frozen=True):
    """A value of the call, and how the journal may show it: sensitive digits as `*`."""

    text: str
    shown: str


NOTHING: Final = Value("", "")


def plain(text: str) -> Value:
    """Return a value that everybody may see."""
    return Value(text, text)


def masked(text: str) -> Value:
    """Return a value that the journal shows as so many `*`."""
    return Value(text, "*" * len(text))


class Scope(msgspec.Struct, frozen=True):
    """What templates and Switch cases of a call can refer to."""

    caller: str
    called: str
    digits: Mapping[str, Value] = MappingProxyType({})
    variables: Mapping[str, Value] = MappingProxyType({})

    def with_digits(self, key: str | None, value: Value) -> "Scope":
        """Return the scope with digits stored under a key; unchanged where there is no key."""
        if key is None:
            return self
        return msgspec.structs.replace(self, digits={**self.digits, key: value})

    def with_variable(self, name: str, value: Value) -> "Scope":
        """Return the scope with a variable set."""
        return msgspec.structs.replace(self, variables={**self.variables, name: value})


_Lookup = Callable[[Scope, str], Value]

_FACTS: Mapping[str, _Lookup] = {
    "caller": lambda scope, _: plain(scope.caller),
    "called": lambda scope, _: plain(scope.called),
}
_NAMESPACES: Mapping[str, _Lookup] = {
    "digits": lambda scope, key: scope.digits.get(key, NOTHING),
    "vars": lambda scope, name: scope.variables.get(name, NOTHING),
}


@dataclass(frozen=True, slots=True)
class _Reference:
    lookup: _Lookup
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text that is filled in with values of the call; what has no value is left out."""

    parts: tuple[Value | _Reference, ...]

    def render(self, scope: Scope, quote: Callable[[str], str] | None = None) -> Value:
        """Return the text for this call, at most MAX_RENDERED characters of it.

        `quote` makes values of the call harmless in a text with markup.
        """
        if len(self.parts) == 1 and isinstance(self.parts[0], Value):
            return self.parts[0]
        values = [
            part if isinstance(part, Value) else _quoted(part.lookup(scope, part.name), quote)
            for part in self.parts
        ]
        return Value(
            "".join(value.text for value in values)[:MAX_RENDERED],
            "".join(value.shown for value in values)[:MAX_RENDERED],
        )

    def literal(self) -> str | None:
        """Return the text if it is the same in every call, None where it refers to values."""
        if not all(isinstance(part, Value) for part in self.parts):
            return None
        return self.example()

    def example(self, value: str = _EXAMPLE) -> str:
        """Return the text with a value, by default twelve digits, for every reference."""
        return "".join(part.text if isinstance(part, Value) else value for part in self.parts)


def _quoted(value: Value, quote: Callable[[str], str] | None) -> Value:
    return Value(quote(value.text), quote(value.shown)) if quote else value


def parse(text: str) -> tuple[Template, tuple[str, ...]]:
    """Read a template; returns it with a message for everything that is wrong in it."""
    parts: list[Value | _Reference] = []
    complaints: list[str] = []
    # Splitting at a pattern with one group gives texts and references in turn.
    for index, words in enumerate(_REFERENCE.split(text)):
        part = _reference(words.strip()) if index % 2 else _literal(words)
        if isinstance(part, str):
            complaints.append(part)
        elif part != NOTHING:
            parts.append(part)
    return Template(tuple(parts)), tuple(complaints)


def _literal(text: str) -> Value | str:
    if "{{" in text:
        return "{{ is never closed: }} is expected"
    return plain(text)


def _reference(words: str) -> _Reference | str:
    if words in _FACTS:
        return _Reference(_FACTS[words], "")
    namespace, _, name = words.partition(".")
    if namespace in _NAMESPACES and _NAME.fullmatch(name):
        return _Reference(_NAMESPACES[namespace], name)
    return (
        f"{{{{{words[:80]}}}}} refers to nothing: "
        "caller, called, digits.<StorageKey> or vars.<name> is expected"
    )
