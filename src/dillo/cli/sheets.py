"""CSV files as arguments: read, and complained about by their name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dillo.model.errors import PeerError
from dillo.model.sheets import InvalidSheet

SheetFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.csv", help="CSV, in UTF-8.")
]


class InvalidFile(PeerError):
    """A file holds what cannot be taken; the message names file, line and column."""


@contextmanager
def read_sheet(file: Path) -> Iterator[str]:
    """Give the text of a CSV file; what is found wrong with it is told with the file's name.

    Raises InvalidFile.
    """
    try:
        yield file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(f"{file.name}: octet {error.start} is no UTF-8") from error
    except InvalidSheet as error:
        told = "\n".join(f"{file.name}, {problem}" for problem in error.problems)
        raise InvalidFile(f"{told}\nnothing of it was taken") from error
