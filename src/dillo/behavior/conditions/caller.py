"""Caller and CallerPrefix: who is calling."""

import re
from dataclasses import dataclass
from typing import Final

from dillo.behavior.reader import Reader
from dillo.behavior.templates import Scope

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{3,14}|anonymous")
_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,14}|anonymous")


@dataclass(frozen=True, slots=True)
class CallerIs:
    """The caller's number is one of a list."""

    numbers: frozenset[str]

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the caller, E.164 with `+`, is in the list."""
        return scope.caller in self.numbers


@dataclass(frozen=True, slots=True)
class CallerStartsWith:
    """The caller's number begins with one of some prefixes."""

    prefixes: tuple[str, ...]

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the caller, E.164 with `+`, begins so."""
        return scope.caller.startswith(self.prefixes)


def read_caller(fields: Reader) -> CallerIs | None:
    """Read Caller: a list of numbers."""
    expected = "a number such as +393703188051, or anonymous, or an array of them"
    numbers = fields.words("Caller", expected, lambda text: bool(_NUMBER.fullmatch(text)))
    return CallerIs(frozenset(numbers)) if numbers else None


def read_prefix(fields: Reader) -> CallerStartsWith | None:
    """Read CallerPrefix."""
    expected = "a number prefix such as +39, or anonymous, or an array of them"
    prefixes = fields.words("CallerPrefix", expected, lambda text: bool(_PREFIX.fullmatch(text)))
    return CallerStartsWith(prefixes) if prefixes else None
