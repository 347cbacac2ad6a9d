"""Lists that come in pages, as one walks through them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Part(Protocol[T_co]):
    """A page: some items, and where the next ones are."""

    @property
    def items(self) -> Sequence[T_co]: ...

    @property
    def next_cursor(self) -> str | None: ...


class Pages(Generic[T]):
    """All items of a list; each page is asked for when the walk comes to it."""

    def __init__(self, page: Callable[[str | None], Part[T]]) -> None:
        self._page = page

    def __iter__(self) -> Iterator[T]:
        for part in self.pages():
            yield from part

    def pages(self) -> Iterator[Sequence[T]]:
        """Return the items page by page."""
        cursor: str | None = None
        while True:
            part = self._page(cursor)
            yield part.items
            cursor = part.next_cursor
            if cursor is None:
                return


class AsyncPages(Generic[T]):
    """All items of a list; each page is asked for when the walk comes to it."""

    def __init__(self, page: Callable[[str | None], Awaitable[Part[T]]]) -> None:
        self._page = page

    async def __aiter__(self) -> AsyncIterator[T]:
        async for part in self.pages():
            for item in part:
                yield item

    async def pages(self) -> AsyncIterator[Sequence[T]]:
        """Return the items page by page."""
        cursor: str | None = None
        while True:
            part = await self._page(cursor)
            yield part.items
            cursor = part.next_cursor
            if cursor is None:
                return
