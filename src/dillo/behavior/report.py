"""Collects what is wrong with a behavior, and words it."""

import difflib
import json
from collections.abc import Callable, Iterable
from typing import Final

from dillo.behavior.problems import Problem, Severity

MAX_PROBLEMS: Final = 100


def quoted(value: object) -> str:
    """Return a JSON value as a message shows it, shortened."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    text = json.dumps(value[:60] if isinstance(value, str) else value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean Text?` where a known word looks alike, else an empty text."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(word[:64].lower(), by_lower, n=1)
    return f"; did you mean {by_lower[matches[0]]}?" if matches else ""


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence names them: `GET or POST`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


class Report:
    """The problems found so far, and what of the document and the account fields are held to."""

    def __init__(
        self,
        targets: frozenset[str],
        prompt_exists: Callable[[str], bool],
        holds_number: Callable[[str], bool] = lambda number: True,
    ) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.targets = targets
        self.prompt_exists = prompt_exists
        self.holds_number = holds_number
        self.is_full = False
        """Whether more than MAX_PROBLEMS errors were found: looking for others can stop."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found, errors first."""
        more = f"there are more errors than these {MAX_PROBLEMS}"
        rest = (Problem(Severity.ERROR, None, "", more),) if self.is_full else ()
        return (*self.errors, *rest, *self.warnings)

    def error(self, node: str | None, field: str, message: str) -> None:
        """Add an error."""
        if len(self.errors) < MAX_PROBLEMS:
            self.errors.append(Problem(Severity.ERROR, node, field, message))
        else:
            self.is_full = True

    def warning(self, node: str | None, field: str, message: str) -> None:
        """Add a warning."""
        if len(self.warnings) < MAX_PROBLEMS:
            self.warnings.append(Problem(Severity.WARNING, node, field, message))
