"""Tables of the documentation, in Markdown."""

from collections.abc import Iterable

Row = Iterable[object]


def table(headings: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = [list(map(_cell, row)) for row in rows]
    titles = list(map(str, headings))
    shown = [titles, ["---"] * len(titles), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in shown)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
