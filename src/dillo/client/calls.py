"""Operations of the API, described once and carried out by both clients.

A method of a resource returns what is to be asked and how the answer is read, a `Call`; the
decorators below make of it a method that asks. `Resource[Sync]` answers at once, `Resource[Async]`
is awaited, and type checkers know which is which.
"""

import functools
import uuid
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from typing import (
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    overload,
)
from urllib.parse import quote

import msgspec

from dillo.client.pages import AsyncPages, Pages

_NOTHING: Mapping[str, Any] = {}

T = TypeVar("T")
P = ParamSpec("P")

Value = str | int | float | bool | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to the server."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does the same as once."""
        return self.method != "POST" or "Idempotency-Key" in self.headers


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request, and how its answer is read."""

    request: Request
    read: Callable[[Answer], T]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list."""

    items: Sequence[T]
    next_cursor: str | None


class Sync:
    """The mode of a client that answers at once."""


class Async:
    """The mode of a client that is awaited."""


M = TypeVar("M", Sync, Async)


@dataclass(frozen=True, slots=True)
class Pause:
    """What a procedure yields where it waits."""

    seconds: float


Steps = Generator[Call[Any] | Pause, Any, T]
"""Calls one after the other, each of which yields its answer, and what comes of them."""


class Performer(Protocol):
    """Carries out calls: at once, or as something to be awaited."""

    def perform(self, call: Call[Any]) -> Any: ...

    def run(self, steps: Steps[Any]) -> Any: ...

    def follow(self, call: Call[Any]) -> Any: ...


class Resource(Generic[M]):
    """A part of the API."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer

    def _perform(self, call: Call[Any]) -> Any:
        return self._performer.perform(call)

    def _run(self, steps: Steps[Any]) -> Any:
        return self._performer.run(steps)

    def _follow(self, call: Call[Any]) -> Any:
        return self._performer.follow(call)


class operation(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes of a method that describes a call one that carries it out."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.describe = describe
        functools.update_wrapper(cast("Any", self), describe)

    @overload
    def __get__(self, resource: None, owner: type) -> "operation[P, T]": ...

    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, Awaitable[T]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else _bound(self.describe, resource, resource._perform)


class procedure(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes of a method that yields calls and pauses one that carries them out in order."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Steps[T]]) -> None:
        self.describe = describe
        functools.update_wrapper(cast("Any", self), describe)

    @overload
    def __get__(self, resource: None, owner: type) -> "procedure[P, T]": ...

    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, Awaitable[T]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else _bound(self.describe, resource, resource._run)


class following(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes of a method that describes a stream of events one that iterates over them."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.describe = describe
        functools.update_wrapper(cast("Any", self), describe)

    @overload
    def __get__(self, resource: None, owner: type) -> "following[P, T]": ...

    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, Iterator[T]]: ...

    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, AsyncIterator[T]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else _bound(self.describe, resource, resource._follow)


class listing(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes of a method that describes the call for a first page one that iterates over all."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[Page[T]]]) -> None:
        self.describe = describe
        functools.update_wrapper(cast("Any", self), describe)

    @overload
    def __get__(self, resource: None, owner: type) -> "listing[P, T]": ...

    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, Pages[T]]: ...

    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, AsyncPages[T]]: ...

    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        if resource is None:
            return self

        @functools.wraps(self.describe)
        def carry_out(*args: P.args, **kwargs: P.kwargs) -> Any:
            first = self.describe(resource, *args, **kwargs)

            def page(cursor: str | None) -> Any:
                return resource._perform(_from(first, cursor))

            is_async = isinstance(resource._performer, AwaitedPerformer)
            return AsyncPages(page) if is_async else Pages(page)

        return carry_out


class AwaitedPerformer:
    """A performer whose answers are awaited."""

    def perform(self, call: Call[Any]) -> Awaitable[Any]:
        raise NotImplementedError


def _bound(
    describe: Callable[..., Any], resource: Resource[Any], do: Callable[[Any], Any]
) -> Callable[..., Any]:
    @functools.wraps(describe)
    def carry_out(*args: Any, **kwargs: Any) -> Any:
        return do(describe(resource, *args, **kwargs))

    return carry_out


def _from(first: Call[Page[T]], cursor: str | None) -> Call[Page[T]]:
    if cursor is None:
        return first
    query = (*first.request.query, ("cursor", cursor))
    return replace(first, request=replace(first.request, query=query))


def path(template: str, *parts: str | int) -> str:
    """Return an address with its parts in it, percent-encoded."""
    return template.format(*(quote(str(part), safe="") for part in parts))


def get(
    address: str,
    read: type[T],
    *,
    query: Mapping[str, Value] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Call[T]:
    """Describe a question."""
    return Call(Request("GET", address, _query(query), headers or {}), _reader(read))


def page_of(
    address: str, item: type[T], *, query: Mapping[str, Value] | None = None
) -> Call[Page[T]]:
    """Describe a question for the first page of a list."""
    kind: Any = Page
    return get(address, kind[item], query=query)


def send(
    method: str,
    address: str,
    read: type[T],
    body: object = None,
    *,
    query: Mapping[str, Value] | None = None,
    if_match: str | None = None,
    once: str | bool = False,
) -> Call[T]:
    """Describe a change.

    `once` makes it safe to send again: with a key of the caller's, or one made here. Fields that
    are UNSET in the body are left out of it.
    """
    headers: dict[str, str] = {}
    if if_match is not None:
        headers["If-Match"] = if_match
    if once:
        headers["Idempotency-Key"] = once if isinstance(once, str) else str(uuid.uuid4())
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        if isinstance(body, Mapping):
            body = {name: value for name, value in body.items() if value is not msgspec.UNSET}
        content = msgspec.json.encode(body)
    return Call(Request(method, address, _query(query), headers, content), _reader(read))


def upload(
    address: str, read: type[T], data: bytes, media_type: str, query: Mapping[str, Value] = _NOTHING
) -> Call[T]:
    """Describe a change whose body is a file."""
    headers = {"Content-Type": media_type, "Idempotency-Key": str(uuid.uuid4())}
    return Call(Request("POST", address, _query(query), headers, data), _reader(read))


def download(address: str, *, start: int = 0, end: int | None = None) -> Call[bytes]:
    """Describe a question whose answer is a file, or its octets from `start` to before `end`."""
    is_whole = start == 0 and end is None
    headers = {} if is_whole else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
    return Call(Request("GET", address, (), headers), lambda answer: answer.body)


class Tagged(msgspec.Struct, frozen=True, kw_only=True):
    """What carries an ETag: send it along with a change, which then is of this state only."""

    etag: str | None = None


def _reader(kind: Any) -> Callable[[Answer], Any]:
    if kind is type(None):
        return lambda answer: None
    decoder = msgspec.json.Decoder(kind)
    is_tagged = isinstance(kind, type) and issubclass(kind, Tagged)

    def read(answer: Answer) -> Any:
        found = decoder.decode(answer.body)
        if not is_tagged:
            return found
        return msgspec.structs.replace(found, etag=answer.headers.get("etag"))

    return read


def _query(query: Mapping[str, Value] | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, _text(each))
        for name, value in (query or {}).items()
        if value is not None
        for each in (value if isinstance(value, list | tuple) else (value,))
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
