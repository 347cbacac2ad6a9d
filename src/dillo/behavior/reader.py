"""Reads the fields of one JSON object and reports everything that is wrong with them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from dillo.behavior import templates
from dillo.behavior.formats import (
    canonical_language,
    is_http_url,
    is_websocket_url,
    storage_period,
)
from dillo.behavior.report import Report, listed, nearest, quoted
from dillo.behavior.templates import Template

KEYS: Final = "0123456789*#ABCD"
"""The keys of a telephone (ITU-T Q.23)."""

MAX_TEXT: Final = 4000

_NODE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Reader:
    """Takes the fields of an object one by one; a `null` counts as a field that is not there.

    Every method returns a value of its type even where the field is wrong: reading goes on, so
    that all problems are found at once, and an error in the report keeps the result from use.
    """

    def __init__(
        self, report: Report, node: str | None, path: str, fields: Mapping[str, Any]
    ) -> None:
        self.report = report
        self.node = node
        self.path = path
        self._fields = fields
        self._known: list[str] = []

    def complain(self, name: str, message: str) -> None:
        """Report an error of a field."""
        self.report.error(self.node, self.path_of(name), message)

    def complain_of_all(self, message: str) -> None:
        """Report an error of the object as a whole."""
        self.report.error(self.node, self.path, message)

    def warn(self, name: str, message: str) -> None:
        """Report a warning about a field."""
        self.report.warning(self.node, self.path_of(name), message)

    def path_of(self, name: str) -> str:
        """Return a field's path below the node."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Return whether a field is there, without reading it."""
        return self._fields.get(name) is not None

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields that are there."""
        return tuple(self._fields)

    def known_names(self) -> tuple[str, ...]:
        """Return the names of all fields that were asked for."""
        return tuple(dict.fromkeys(self._known))

    def finish(self, owner: str) -> None:
        """Report the fields that were never asked for; `owner` names what they are fields of."""
        known = self.known_names()
        for name in self._fields:
            if name in known or self.report.is_full:
                continue
            hint = nearest(name, known)
            self.complain(name[:64], f"is unknown{hint or f': {owner} has {listed(known)}'}")

    def take(self, name: str) -> Any:
        """Return a field as it came, None where it is not there."""
        self._known.append(name)
        return self._fields.get(name)

    def required(self, name: str, expected: str) -> Any:
        """Return a field as it came; report it where it is missing."""
        value = self.take(name)
        if value is None:
            self.complain(name, f"is missing: {expected} is expected")
        return value

    def _wrong(self, name: str, expected: str, value: object) -> None:
        self.complain(name, f"{quoted(value)} is wrong: {expected} is expected")

    def text(self, name: str, expected: str = "a text", *, at_most: int = MAX_TEXT) -> str:
        """Return a required text that is not empty."""
        value = self.required(name, expected)
        if value is None:
            return ""
        return self._checked_text(name, value, expected, at_most) or ""

    def optional_text(
        self, name: str, expected: str = "a text", *, at_most: int = MAX_TEXT
    ) -> str | None:
        """Return a text, None where it is not there."""
        value = self.take(name)
        return None if value is None else self._checked_text(name, value, expected, at_most)

    def _checked_text(self, name: str, value: object, expected: str, at_most: int) -> str | None:
        if not isinstance(value, str) or not value.strip():
            self._wrong(name, f"{expected} that is not empty", value)
        elif len(value) > at_most:
            self.complain(name, f"has {len(value)} characters: at most {at_most} are allowed")
        else:
            return value
        return None

    def template(self, name: str, *, may_be_empty: bool = False) -> Template:
        """Return a required text with references in double braces."""
        is_empty = may_be_empty and self._fields.get(name) == ""
        text = str(self.take(name)) if is_empty else self.text(name)
        return self._parsed(name, text)

    def templates(
        self, name: str, expected: str, at_most: int, is_valid: Callable[[str], object]
    ) -> tuple[Template, ...]:
        """Return the texts of a required array, or one text; `is_valid` judges complete ones."""
        value = self.required(name, f"{expected}, or an array of them,")
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not 1 <= len(items) <= at_most:
            self._wrong(name, f"{expected}, or an array of 1 to {at_most},", value)
            return ()
        texts = [self._checked_text(name, item, expected, MAX_TEXT) for item in items]
        found = tuple(self._parsed(name, text) for text in texts if text is not None)
        for template in found:
            literal = template.literal()
            if literal and not is_valid(literal):
                self._wrong(name, expected, literal)
        return found

    def _parsed(self, name: str, text: str) -> Template:
        template, complaints = templates.parse(text)
        for complaint in complaints:
            self.complain(name, complaint)
        return template

    def integer(self, name: str, default: int | None, least: int, most: int) -> int:
        """Return a whole number of a range; required where `default` is None."""
        expected = f"a whole number from {least} to {most}"
        value = self.required(name, expected) if default is None else self.take(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        if value is not None:
            self._wrong(name, expected, value)
        return least if default is None else default

    def seconds(self, name: str, default: float | None, least: float, most: float) -> float:
        """Return seconds, fractions allowed, of a range; required where `default` is None."""
        expected = f"a number of seconds from {least:g} to {most:g}"
        value = self.required(name, expected) if default is None else self.take(name)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and least <= value <= most
        ):
            return float(value)
        if value is not None:
            self._wrong(name, expected, value)
        return float(least if default is None else default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(name, "true or false", value)
        return value is True

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """Return one of the allowed words, in exactly their case."""
        value = self.take(name)
        words = tuple(allowed)
        if value is None or value in words:
            return default if value is None else str(value)
        hint = nearest(value, words) if isinstance(value, str) else ""
        self.complain(name, f"{quoted(value)} is wrong: {listed(words)} is expected{hint}")
        return default

    def name(self, name: str) -> str:
        """Return a required name: of a variable, or a StorageKey."""
        value = self.required(name, "a name")
        return "" if value is None else self._checked_name(name, value) or ""

    def optional_name(self, name: str) -> str | None:
        """Return a name, None where it is not there."""
        value = self.take(name)
        return None if value is None else self._checked_name(name, value)

    def _checked_name(self, name: str, value: object) -> str | None:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self._wrong(name, "a name of up to 64 letters, digits, - and _", value)
        return None

    def target(self, name: str = "NextNode", *, required: bool = False) -> str | None:
        """Return the number of an existing node, None where the field is not there."""
        expected = "a node number such as 3"
        value = self.required(name, expected) if required else self.take(name)
        if value is None:
            return None
        number = str(value) if isinstance(value, int | str) else ""
        if isinstance(value, bool) or not _NODE_NUMBER.fullmatch(number):
            self._wrong(name, expected, value)
        elif number not in self.report.targets:
            self.complain(name, f"there is no node {number}")
        else:
            return number
        return None

    def keys(self, name: str, default: str) -> str:
        """Return telephone keys, each of which does the same; an empty text means no key."""
        value = self.take(name)
        if value is None:
            return default
        if isinstance(value, str) and len(value) <= len(KEYS) and set(value) <= set(KEYS):
            return value
        self._wrong(name, f'one or more of the keys {KEYS}, or "" for none', value)
        return default

    def language(self, name: str, default: str) -> str:
        """Return a BCP 47 language tag such as `en-GB`, in its usual case."""
        value = self.take(name)
        if value is None:
            return default
        tag = canonical_language(value) if isinstance(value, str) else None
        if tag is None:
            meant = canonical_language(str(value).replace("_", "-"))
            hint = f"; did you mean {meant}?" if meant else ""
            self._wrong(name, f"a BCP 47 language tag such as en-GB{hint}", value)
        return tag or default

    def url(self, name: str, *, required: bool = False) -> str | None:
        """Return an http or https address, None where the field is not there."""
        expected = "an ASCII address that begins with http:// or https://"
        value = self.required(name, expected) if required else self.take(name)
        if value is None:
            return None
        if isinstance(value, str) and is_http_url(value):
            return value
        self._wrong(name, expected, value)
        return None

    def websocket_url(self, name: str) -> str:
        """Return a required ws or wss address."""
        expected = "an ASCII address that begins with wss:// or ws://"
        value = self.required(name, expected)
        if isinstance(value, str) and is_websocket_url(value):
            return value
        if value is not None:
            self._wrong(name, expected, value)
        return ""

    def prompt_id(self, name: str) -> str | None:
        """Return the id of a prompt that the customer uploaded, None where it is not there."""
        value = self.optional_text(name, "the id of a prompt", at_most=64)
        if value is not None and not self.report.prompt_exists(value):
            self.complain(name, f"there is no prompt {quoted(value)} in this account")
        return value

    def storage_period(self, name: str, default: str) -> str:
        """Return how long a recording is kept: `7-D`, `3-M` or `1-Y`, ten years at most."""
        value = self.take(name)
        if value is None:
            return default
        period = storage_period(value) if isinstance(value, str) else None
        if period is None:
            expected = "days, months or years, ten years at most, such as 7-D, 3-M or 1-Y,"
            self._wrong(name, expected, value)
        return str(period or default)

    def child(self, name: str, expected: str, *, required: bool = False) -> "Reader | None":
        """Return a reader of the object in a field, None where there is none."""
        value = self.required(name, expected) if required else self.take(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Reader(self.report, self.node, self.path_of(name), value)
        self._wrong(name, expected, value)
        return None

    def children(self, name: str, expected: str, at_most: int) -> "tuple[Reader, ...]":
        """Return a reader for each object of a required array that is not empty."""
        value = self.required(name, expected)
        if value is None:
            return ()
        if not isinstance(value, list) or not 1 <= len(value) <= at_most:
            self._wrong(name, f"{expected}, 1 to {at_most} of them,", value)
            return ()
        readers = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                path = f"{self.path_of(name)}.{index}"
                readers.append(Reader(self.report, self.node, path, item))
            else:
                self._wrong(f"{name}.{index}", "an object", item)
        return tuple(readers)

    def words(self, name: str, expected: str, is_valid: Callable[[str], bool]) -> tuple[str, ...]:
        """Return the texts of a field that holds one text or an array of them; () where absent."""
        value = self.take(name)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not items:
            self._wrong(name, expected, value)
        for item in items:
            if not isinstance(item, str) or not is_valid(item):
                self._wrong(name, expected, item)
        return tuple(str(item) for item in items)
