"""Variable and Digits: what the flow knows already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dillo.behavior.reader import Reader
from dillo.behavior.templates import Scope, Value


@dataclass(frozen=True, slots=True)
class ValueIs:
    """A variable, or the digits under a StorageKey, equal one of some texts."""

    of: Callable[[Scope], Mapping[str, Value]]
    name: str
    texts: frozenset[str]

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the value is one of the texts; what was never set is an empty text."""
        value = self.of(scope).get(self.name)
        return (value.text if value else "") in self.texts


def read_value_is(fields: Reader) -> ValueIs | None:
    """Read Variable or Digits, and Equals."""
    variable, key = fields.optional_name("Variable"), fields.optional_name("Digits")
    texts = fields.words("Equals", "a text or an array of texts", lambda text: True)
    if fields.has("Variable") and fields.has("Digits"):
        fields.complain("Digits", "Variable or Digits is expected, not both of them")
    is_asked = fields.has("Variable") or fields.has("Digits")
    if is_asked and not fields.has("Equals"):
        fields.complain("Equals", "is missing: a text or an array of texts is expected")
    if fields.has("Equals") and not is_asked:
        fields.complain("Equals", "needs a Variable or Digits that it is compared with")
    if variable is not None:
        return ValueIs(_variables, variable, frozenset(texts))
    return ValueIs(_digits, key, frozenset(texts)) if key is not None else None


def _variables(scope: Scope) -> Mapping[str, Value]:
    return scope.variables


def _digits(scope: Scope) -> Mapping[str, Value]:
    return scope.digits
