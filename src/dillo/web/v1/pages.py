"""Lists in pages: a cursor says after which item to go on, so that new items move nothing."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, Query

from dillo.web.problems import INVALID_CURSOR, Refused
from dillo.web.v1.documents import Document, Page

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Row = TypeVar("Row")
Item = TypeVar("Item", bound=Document)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is wanted."""

    limit: int
    cursor: str | None

    def after(self, list_name: str, parts: int = 1) -> tuple[str, ...] | None:
        """Return what the cursor of a list holds, None for the first page. Raises Refused."""
        if self.cursor is None:
            return None
        try:
            text = base64.b64decode(self.cursor + "=" * (-len(self.cursor) % 4), b"-_", True)
            name, *values = msgspec.json.decode(text, type=list[str])
        except (ValueError, binascii.Error, msgspec.DecodeError) as error:
            raise _invalid() from error
        if name != list_name or len(values) != parts or "\x00" in "".join(values):
            raise _invalid()
        return tuple(values)

    def after_id(self, list_name: str) -> str | None:
        """Return the id after which a list goes on, None for the first page. Raises Refused."""
        values = self.after(list_name)
        return None if values is None else values[0]

    @property
    def take(self) -> int:
        """How many rows to read: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def page(
        self,
        list_name: str,
        rows: Sequence[Row],
        show: Callable[[Row], Item],
        place: Callable[[Row], tuple[str, ...]],
    ) -> Page[Item]:
        """Return the page that `take` rows make; `place` is what its cursor holds of a row."""
        shown = rows[: self.limit]
        cursor = write_cursor(list_name, place(shown[-1])) if len(rows) > self.limit else None
        return Page(items=[show(row) for row in shown], next_cursor=cursor)


def write_cursor(list_name: str, place: tuple[str, ...]) -> str:
    """Write the cursor of a list that goes on after a place."""
    text = msgspec.json.encode([list_name, *place])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _invalid() -> Refused:
    return Refused(INVALID_CURSOR, "Send the next_cursor of a page of the same list as it is.")


async def _asked(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items in a page")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(description="The `next_cursor` of the page before", max_length=2000)
    ] = None,
) -> Asked:
    return Asked(limit, cursor)


Paging = Annotated[Asked, Depends(_asked)]
