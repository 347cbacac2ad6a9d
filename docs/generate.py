"""Writes the generated parts of the documentation: `python -m docs.generate`.

A page holds generated parts between `<!-- generated NAME -->` and `<!-- end -->`; everything else
in it is written by hand. The OpenAPI document is generated as a whole.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from decimal import Decimal
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import typer.main
from docs import actions
from docs.tables import Row, table
from typer.core import TyperArgument, TyperGroup

from dillo import settings
from dillo.accounts.people import People
from dillo.accounts.templates import TEMPLATES, Template
from dillo.behavior.nodes import KINDS
from dillo.cli import app as cli
from dillo.cli import remote
from dillo.client import Client
from dillo.model import events
from dillo.model.money import to_decimal
from dillo.rating import RecordedAudio, Usage, default_tariff, parse_tariff, rate, write_tariff
from dillo.sip.inbound import INBOUND_CALL
from dillo.sip.outbound import ATTEMPT, OUTBOUND_CALL
from dillo.sip.transactions.client import CLIENT
from dillo.sip.transactions.invite_client import INVITE_CLIENT
from dillo.sip.transactions.invite_server import INVITE_SERVER
from dillo.sip.transactions.server import SERVER
from dillo.speech import azure, google, openai, wyoming
from dillo.web import access, problems, recordings, statistics
from dillo.web import parameters as parameters_of_statistics
from dillo.web.app import WebSettings, create_app
from dillo.web.v1.described import PREFIX
from dillo.web.v1.management import Management

FOLDER = Path(__file__).parent

SERVED_ENGINES = {"openai": openai, "wyoming": wyoming, "azure": azure, "google": google}

_PART = re.compile(r"(<!-- generated (\S+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_TYPE_NAMES = {Path: "PATH", int: "N", float: "SECONDS"}

# ── command line ──


def commands() -> str:
    """Return every command with its arguments and options."""
    return "\n".join(_command(names, command) for names, command in _walk(("dillo",), cli_group()))


def cli_group() -> TyperGroup:
    """Return the whole command line."""
    group = typer.main.get_command(cli)
    assert isinstance(group, TyperGroup)
    return group


def _walk(names: tuple[str, ...], group: TyperGroup) -> Iterator[tuple[str, Any]]:
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, TyperGroup):
            yield from _walk((*names, name), command)
        else:
            yield " ".join((*names, name)), command


def _command(names: str, command: Any) -> str:
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if not isinstance(each, TyperArgument)]
    usage = " ".join([names, *map(_placeholder, arguments), *map(_required, options), "[OPTIONS]"])
    rows = [(f"`{_placeholder(each)}`", each.help) for each in arguments]
    rows += [(f"`{_option(each)}`", _option_help(each)) for each in options]
    text = inspect.cleandoc(command.help)
    return f"## {names}\n\n{text}\n\n```\n{' '.join(usage.split())}\n```\n\n{table(('', ''), rows)}"


def remote_commands() -> str:
    """Return the commands that ask a platform elsewhere, a line each."""
    rows = []
    with Client("http://127.0.0.1:8080", "key") as client:
        for name in remote.COMMANDS:
            found = remote.commands(client, name)
            several = isinstance(found, TyperGroup)
            each = _walk((name,), found) if several else [(name, found)]
            rows += [
                (f"`{_remote_usage(words, command)}`", command.help) for words, command in each
            ]
    return table(("", ""), rows)


def _remote_usage(words: str, command: Any) -> str:
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if not isinstance(each, TyperArgument)]
    used = [words, *map(_placeholder, arguments), *map(_required, options)]
    return " ".join(" ".join(used).split())


def _placeholder(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _option(option: Any) -> str:
    if option.is_flag:
        return str(option.opts[0])
    kind = _TYPE_NAMES.get(option.type_descriptor.annotation, "TEXT")
    return f"{option.opts[0]} {option.metavar or kind}"


def _required(option: Any) -> str:
    return _option(option) if option.required else ""


def _option_help(option: Any) -> str:
    has_default = option.default not in (None, "") and not option.is_flag
    return f"{option.help} Default: `{option.default}`." if has_default else str(option.help)


# ── settings ──


def settings_table() -> str:
    """Return every setting with its default and what it is for."""
    described = _attribute_docs(settings.Settings)
    rows = []
    for name, field in settings.Settings.model_fields.items():
        default = "half the cores" if field.default_factory else f"`{field.default}`"
        shown = default if default not in ("``", "`[]`") else "empty"
        rows.append((f"`DILLO_{name.upper()}`", shown, described[name]))
    return table(("variable", "default", "meaning"), rows)


def speech_variables_table() -> str:
    """Return the variables of the speech engines that ask a server."""
    rows = [
        (
            f"`DILLO_SPEECH_{name.upper()}_{each.name.upper()}`",
            f"`{each.default}`" if each.default else "empty",
            each.meaning,
        )
        for name, engine in SERVED_ENGINES.items()
        for each in engine.VARIABLES
    ]
    return table(("variable", "default", "meaning"), rows)


def _attribute_docs(owner: type) -> dict[str, str]:
    """Return the docstrings that stand below the attributes of a class."""
    (body,) = [
        node.body
        for node in ast.parse(inspect.getsource(owner)).body
        if isinstance(node, ast.ClassDef)
    ]
    return {
        field.target.id: doc.value.value
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }


# ── statistics API ──


@cache  # it takes a second
def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of the platform."""
    nothing: Any = None  # only described, never asked
    people = People(**{field.name: nothing for field in fields(People)})
    stores = {field.name: nothing for field in fields(Management)}
    management = Management(**stores | {"people": people})
    settings = WebSettings(Path("recordings"))
    return create_app(nothing, nothing, nothing, settings, management).openapi()


def parameters() -> str:
    """Return the parameters of the statistics."""
    paths = [each for path, each in openapi()["paths"].items() if "/inbound/" in path]
    found = {each["name"]: each for path in paths for each in path["get"]["parameters"]}
    rows = [
        (f"`{name}`", each["in"], each.get("description", ""), f"`{_example(each)}`")
        for name, each in found.items()
    ]
    return table(("parameter", "in", "meaning", "example"), rows)


def _example(parameter: dict[str, Any]) -> object:
    return parameter.get("example") or parameter["schema"]["examples"][0]


def problem_table() -> str:
    """Return every kind of error of the statistics with its stable type."""
    modules = (parameters_of_statistics, statistics, recordings, access)
    known = {each for module in modules for each in _problems(module)}
    anywhere = {problems.INVALID_REQUEST, problems.NOT_FOUND, problems.METHOD_NOT_ALLOWED}
    known |= anywhere | {problems.INTERNAL_ERROR, problems.UNAVAILABLE}
    return _problem_rows(each for each in _problems(problems) if each in known)


def management_problem_table() -> str:
    """Return every kind of error of the management API with its stable type."""
    others = set(_problems(parameters_of_statistics)) | {problems.UNAUTHORIZED}
    return _problem_rows(each for each in _problems(problems) if each not in others)


def _problems(module: ModuleType) -> list[problems.Problem]:
    return [each for each in vars(module).values() if isinstance(each, problems.Problem)]


def _problem_rows(found: Iterable[problems.Problem]) -> str:
    rows = ((each.status, f"`{each.type}`", each.title) for each in found)
    return table(("status", "type", "title"), rows)


def operation_table() -> str:
    """Return every operation of the management API, by the resource it belongs to."""
    by_tag: dict[str, list[Row]] = {}
    for path, methods in openapi()["paths"].items():
        if not path.startswith(PREFIX):
            continue
        for method, operation in methods.items():
            does = operation["description"].partition("\n\n")[0]
            address = f"`{method.upper()} {path.removeprefix(PREFIX)}`"
            role = operation.get("x-role") or ("anyone" if operation["security"] else "open to all")
            by_tag.setdefault(operation["tags"][0], []).append((address, role, does))
    return "\n".join(
        f"### {tag}\n\n{table(('', 'from role', ''), rows)}" for tag, rows in by_tag.items()
    )


# ── applications to begin with ──


def template(each: Template) -> str:
    """Return an application to begin with: its channel behavior."""
    return f"```json\n{each.behavior.strip()}\n```\n"


# ── call events ──


def call_events() -> str:
    """Return every event of a call with its fields."""
    rows = []
    for kind in events.CallEvent.__args__:
        fields = [f"`{name}`" for name in kind.__struct_fields__ if name != "at_us"]
        rows.append((f"`{kind.__name__}`", inspect.getdoc(kind), ", ".join(fields)))
    return table(("kind", "when", "fields beside `at_us`"), rows)


# ── prices ──


def dials_table() -> str:
    """Return what the tariff that ships asks for dialled legs."""
    dials = default_tariff().dials
    rows = (
        (f"`{prefix}`", rates.connection_fee, rates.per_minute, rates.increments)
        for prefix, index in dials.entries.items()
        for rates in (dials.rates[index],)
    )
    return table(("prefix", "connection fee", "a minute", "increments"), rows)


def tariff_table() -> str:
    """Return the rates of the tariff that ships."""
    tariff = default_tariff()
    rows = [
        (
            f"`{name}`",
            rates.connection_fee,
            rates.per_minute,
            rates.increments,
            rates.set_up_fee,
            rates.monthly_fee,
        )
        for name, rates in tariff.numbers.items()
    ]
    headings = ("type", "connection fee", "a minute", "increments", "set-up", "a month")
    return table(headings, rows) + (
        f"\nA recording costs {tariff.recording_per_minute} a started minute, keeping it "
        f"{tariff.storage_per_minute_month} a started minute and month. All in {tariff.currency}.\n"
    )


EXAMPLES = (
    ("local", "60/60", 0, ()),
    ("local", "60/60", 1, ()),
    ("local", "60/60", 60_000, ()),
    ("local", "60/60", 60_001, ()),
    ("local", "30/6", 12_345, ()),
    ("local", "30/6", 30_001, ()),
    ("local", "1/1", 12_345, ()),
    ("toll-free", "60/60", 12_345, ()),
    ("local", "60/60", 9_695, ((5_948, "3-M"),)),
    ("local", "60/60", 95_000, ((41_500, "3-M"),)),
    ("mobile", "60/60", 190_000, ((60_000, "7-D"), (61_000, "1-Y"))),
)
"""Type of number, increments, milliseconds of the call, and of its recordings with their period."""


def price_examples() -> str:
    """Return worked examples of prices."""
    rows = [_priced(*example) for example in EXAMPLES]
    headings = ("number", "increments", "call", "recordings", "call line", "other lines", "price")
    return table(headings, rows)


def _priced(
    number_type: str, increments: str, duration_ms: int, recorded: tuple[tuple[int, str], ...]
) -> Row:
    document = json.loads(write_tariff(default_tariff()))
    document["numbers"][number_type]["increments"] = increments
    audio = tuple(RecordedAudio("", length_ms, period) for length_ms, period in recorded)
    usage = Usage(number_type, True, duration_ms, audio)
    lines = rate(usage, parse_tariff(json.dumps(document)))
    amounts = [to_decimal(line.amount_micros) for line in lines]
    total = to_decimal(sum(line.amount_micros for line in lines))
    kept = ", ".join(f"{_seconds(length_ms)} for `{period}`" for length_ms, period in recorded)
    others = " + ".join(map(str, amounts[1:]))
    return number_type, increments, _seconds(duration_ms), kept, amounts[0], others, f"**{total}**"


def _seconds(duration_ms: int) -> str:
    return f"{Decimal(duration_ms) / 1000} s"


# ── state machines ──

MACHINES: dict[str, tuple[Any, str]] = {
    "inbound-call": (INBOUND_CALL, "ringing"),
    "outbound-call": (OUTBOUND_CALL, "placed"),
    "outbound-invite": (ATTEMPT, "calling"),
    "invite-server": (INVITE_SERVER, "proceeding"),
    "server": (SERVER, "trying"),
    "invite-client": (INVITE_CLIENT, "initial"),
    "client": (CLIENT, "initial"),
}
"""Transition tables by the name of their part, and where each machine starts."""


def diagram(name: str) -> str:
    """Return a machine as a Mermaid state diagram: `event / what is done`."""
    transitions, start = MACHINES[name]
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    for (state, event), (following, steps) in transitions.items():
        does = f" / {', '.join(steps)}" if steps else ""
        lines.append(f"    {state} --> {following}: {event}{does}")
    states = [state for state, _ in transitions]
    ends = dict.fromkeys(after for after, _ in transitions.values() if after not in states)
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join(["```mermaid", *lines, "```"]) + "\n"


# ── pages ──

PARTS: dict[str, Callable[[], str]] = {
    **{f"fields-{name.lower()}": partial(actions.fields, name) for name in KINDS},
    **{f"example-{name.lower()}": partial(actions.example, name.lower()) for name in KINDS},
    "actions": actions.actions,
    "action-machines": actions.machines,
    **{f"template-{each.name}": lambda each=each: template(each) for each in TEMPLATES},  # type: ignore[misc]
    "commands": commands,
    "remote-commands": remote_commands,
    "settings": settings_table,
    "speech-variables": speech_variables_table,
    "parameters": parameters,
    "problems": problem_table,
    "operations": operation_table,
    "management-problems": management_problem_table,
    "call-events": call_events,
    "tariff": tariff_table,
    "tariff-dials": dials_table,
    "price-examples": price_examples,
    **{f"machine-{name}": lambda name=name: diagram(name) for name in MACHINES},  # type: ignore[misc]
}


def fresh(text: str) -> str:
    """Return a page with its generated parts as the code wants them now."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n{part[3]}", text)


def pages() -> dict[Path, str]:
    """Return every file with generated parts, as it must be."""
    texts = {path: path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.md"))}
    written = {path: fresh(text) for path, text in texts.items() if _PART.search(text)}
    document = json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"
    return {**written, FOLDER / "reference" / "openapi.json": document}


def main() -> None:
    """Write what has changed."""
    for path, text in pages().items():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
