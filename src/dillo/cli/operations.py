"""An operation of `dillo.client` as a command: its parameters become options, its answer is shown.

Parameters without a default are arguments, all others options; the help is the docstring.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, Unpack

import msgspec
import typer
from msgspec import UnsetType
from rich.markup import escape

from dillo.cli.options import Json, console, errors, print_json, show, show_rows
from dillo.client import ClientError, Pages, ProblemError
from dillo.client.calls import Call, Page
from dillo.client.models.calls import LiveEvent

Operation = Callable[..., Any]

_LEFT_OUT = {"if_match", "idempotency_key", "limit"}
"""What a person has no use for at a command line; how many are listed is asked for below."""
_Limit = Annotated[int, typer.Option("--limit", metavar="N", help="How many at most.")]
_Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")]


def as_command(operation: Operation, described: Operation) -> Callable[..., None]:
    """Return a function of which Typer makes a command that carries an operation out.

    `described` has its parameters and its docstring, and the client or a resource before them.
    """
    hints = typing.get_type_hints(described)

    def run(as_json: bool = False, limit: int = 0, out: Path | None = None, **named: Any) -> None:
        with _plain_errors():
            given = {name: _given(value) for name, value in named.items() if value is not None}
            _print(operation(**given), as_json, limit, out)

    parameters = [*_parameters(described, hints), *_printing(hints.get("return"))]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__doc__ = described.__doc__
    return run


def _parameters(described: Operation, hints: Mapping[str, Any]) -> Iterator[inspect.Parameter]:
    for name, parameter in list(inspect.signature(described).parameters.items())[1:]:
        if name in _LEFT_OUT:
            continue
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            assert typing.get_origin(hints[name]) is Unpack
            (filters,) = typing.get_args(hints[name])
            for each, hint in typing.get_type_hints(filters).items():
                yield _keyword(each, Annotated[_kind(hint) | None, _option(each, hint)], None)
            continue
        hint, default = hints[name], parameter.default
        is_required = default is inspect.Parameter.empty
        if is_required and parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            argument = typer.Argument(metavar=name.upper(), parser=_parser(hint))
            yield _keyword(name, Annotated[_kind(hint), argument])
        elif is_required:
            yield _keyword(name, Annotated[_kind(hint), _option(name, hint)])
        else:
            plain = default if isinstance(default, str | int | float) else None
            yield _keyword(name, Annotated[_kind(hint) | None, _option(name, hint)], plain)


def _keyword(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _printing(answer: Any) -> list[inspect.Parameter]:
    if answer == Call[bytes]:
        return [_keyword("out", _Out)]
    is_list = typing.get_origin(typing.get_args(answer)[0] if typing.get_args(answer) else None)
    limit = [_keyword("limit", _Limit, 100)] if is_list is Page else []
    return [*limit, _keyword("as_json", Json, False)]


def _kind(hint: Any) -> Any:
    """Return the type that Typer reads a parameter as."""
    parts = set(typing.get_args(hint) or (hint,)) - {type(None), UnsetType}
    if hint == Sequence[str] or Sequence[str] in parts:
        return list[str]
    if typing.get_origin(hint) is Literal:
        return str
    (kind,) = parts
    return typer.FileBinaryRead if kind is bytes else kind


def _option(name: str, hint: Any) -> Any:
    choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    help_ = ", ".join(choices) or None
    flag = f"--{name.replace('_', '-')}"
    if _kind(hint) is bool:
        flag += f"/--no-{flag.removeprefix('--')}"
    return typer.Option(flag, help=help_, parser=_parser(hint))


def _parser(hint: Any) -> Callable[[str], Any] | None:
    return _decimal if Decimal in (hint, *typing.get_args(hint)) else None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text!r} is no amount such as 12.50") from error


def _given(value: Any) -> Any:
    return value.read() if hasattr(value, "read") else value


def _print(found: Any, as_json: bool, limit: int, out: Path | None) -> None:
    match found:
        case None:
            return
        case bytes():
            assert out is not None
            out.write_bytes(found)
            console.print(str(out))
        case Pages():
            show_rows([_shown(each) for each in islice(found, limit)], as_json)
        case list():
            show_rows([_shown(each) for each in found], as_json)
        case Iterator():
            for each in found:
                _print_event(each, as_json)
        case _:
            show(_shown(found), as_json)


def _print_event(told: LiveEvent, as_json: bool) -> None:
    if as_json:
        print_json(_shown(told))
        return
    for call in told.calls:
        at = f"{call.application or ''} {call.node or ''}".strip()
        console.print(f"{call.id} {call.status:11} {call.caller} -> {call.number} {at}")


def _shown(value: Any) -> dict[str, object]:
    """Return the fields of an answer, money as exact decimals."""
    fields: dict[str, object] = msgspec.to_builtins(value, builtin_types=(Decimal,))
    fields.pop("etag", None)
    return fields


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what the platform refuses into lines on standard error and exit status 1."""
    try:
        yield
    except ClientError as error:
        errors.print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True)
        for each in _particulars(error):
            errors.print(f"  {escape(each)}", soft_wrap=True)
        raise typer.Exit(1) from error


def _particulars(error: ClientError) -> Iterator[str]:
    fields = error.fields if isinstance(error, ProblemError) else {}
    for each in (*fields.get("errors", ()), *fields.get("problems", ())):
        yield ", ".join(f"{name} {value}" for name, value in each.items() if value is not None)
