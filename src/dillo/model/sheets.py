"""Tables as CSV, read row by row; whatever is wrong is told at once, by line and column."""

import csv
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from dillo.model.errors import PeerError

MAX_PROBLEMS = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell; `column` is empty where it is the whole line."""

    line: int
    column: str
    detail: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.detail}"


class InvalidSheet(PeerError):
    """A table has rows that cannot be taken; nothing of it was."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: each.line))
        super().__init__("\n".join(map(str, self.problems)))


class InvalidCell(ValueError):
    """A cell holds what its column cannot; the message says what is expected."""


@dataclass(slots=True)
class Problems:
    """What was found wrong so far; from a thousand on nothing more is looked for."""

    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: str, detail: str) -> None:
        """Note a problem. Raises InvalidSheet where there are too many."""
        self.found.append(Problem(line, column, detail))
        if len(self.found) >= MAX_PROBLEMS:
            raise InvalidSheet([*self.found, Problem(line, "", "too much is wrong to read on")])

    def check(self) -> None:
        """Raise InvalidSheet where anything was wrong."""
        if self.found:
            raise InvalidSheet(self.found)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table by column; cells are without surrounding blanks."""

    line: int
    cells: dict[str, str]
    problems: Problems

    def text(self, column: str) -> str:
        """Return a cell, empty where the table has no such column."""
        return self.cells.get(column, "")

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return what `parse` makes of a cell, `default` where it is empty or was no good."""
        text = self.text(column)
        return self.demand(column, parse, default) if text else default

    def demand(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return what `parse` makes of a cell; an empty one is a problem too."""
        text = self.text(column)
        if not text:
            self.reject(column, "is missing")
            return default
        try:
            return parse(text)
        except (InvalidCell, PeerError) as error:
            self.reject(column, str(error))
            return default

    def reject(self, column: str, detail: str) -> None:
        """Note that a cell is wrong."""
        self.problems.add(self.line, column, detail)


class Sheet:
    """A table of known columns; iterate over its rows, then `check` it."""

    def __init__(self, text: str, required: Collection[str], optional: Collection[str]) -> None:
        """Read the header. Raises InvalidSheet where columns are missing, unknown or double."""
        self.problems = Problems()
        # The comma is what spreadsheets write in English, the semicolon elsewhere.
        header, _, _ = text.removeprefix("\ufeff").partition("\n")
        delimiter = ";" if header.count(";") > header.count(",") else ","
        lines = text.removeprefix("\ufeff").splitlines(keepends=True)
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self._columns = self._header(required, optional)
        self.problems.check()

    def _header(self, required: Collection[str], optional: Collection[str]) -> list[str]:
        try:
            columns = [cell.strip().lower() for cell in next(self._reader, [])]
        except csv.Error as error:
            raise InvalidSheet([Problem(1, "", str(error))]) from error
        known = {*required, *optional}
        for name in required:
            if name not in columns:
                self.problems.add(1, name, "the column is missing")
        for name in dict.fromkeys(columns):
            if name not in known:
                expected = ", ".join((*required, *optional))
                self.problems.add(1, name, f"is no column; known are {expected}")
            if columns.count(name) > 1:
                self.problems.add(1, name, "the column is there twice")
        return columns

    def __iter__(self) -> Iterator[Row]:
        try:
            for cells in self._reader:
                if not any(cell.strip() for cell in cells):
                    continue
                line = self._reader.line_num
                if len(cells) != len(self._columns):
                    detail = f"has {len(cells)} cells, not {len(self._columns)}"
                    self.problems.add(line, "", detail)
                    continue
                by_column = {
                    name: cell.strip() for name, cell in zip(self._columns, cells, strict=True)
                }
                yield Row(line, by_column, self.problems)
        except csv.Error as error:
            self.problems.add(self._reader.line_num, "", str(error))

    def check(self) -> None:
        """Raise InvalidSheet where anything was wrong."""
        self.problems.check()
