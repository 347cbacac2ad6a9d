"""`dillo app check`: everything that can be known of a channel behavior before it is called."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import typer

from dillo.app.prompts import make_casting
from dillo.behavior import Behavior, Problem, Severity, check, load
from dillo.behavior.effects import StartRecording
from dillo.behavior.paths import Extent, Path, extent
from dillo.behavior.prompts import voice_problems, wanted_voices
from dillo.cli.behavior_file import BehaviorFile
from dillo.cli.options import File, Home, Json, console, load_settings, plain_errors, print_json
from dillo.model.money import to_decimal
from dillo.rating import ChargeLine, RecordedAudio, Usage, default_tariff, rate
from dillo.settings import Settings

NumberType = Annotated[
    str, typer.Option(help="Type of number that prices are for: local, national, mobile …")
]


def check_file(
    file: File, number_type: NumberType = "local", home: Home = None, json: Json = False
) -> None:
    """Say everything that is wrong with a channel behavior, and how long a call of it can get.

    Exit status 1 where it has errors. Prices are those of the tariff that ships.
    """
    with plain_errors():
        behavior = BehaviorFile.read(file)
    problems = (*behavior.problems, *check(behavior.text))
    is_wrong = any(problem.severity is Severity.ERROR for problem in problems)
    if not is_wrong:
        problems += missing_voices(load(behavior.text), load_settings(home))
    limits = None if is_wrong else _limits(behavior, number_type)
    if json:
        print_json({"Problems": [_fields(problem) for problem in problems], **_document(limits)})
    else:
        _print_problems(problems)
        _print_limits(limits)
    raise typer.Exit(is_wrong)


def missing_voices(behavior: Behavior, settings: Settings) -> tuple[Problem, ...]:
    """Warn of voices that are not there on this machine."""
    casting = make_casting(settings)
    return voice_problems(
        behavior, {wanted: casting.cast(*wanted)[0].warnings for wanted in wanted_voices(behavior)}
    )


class _Limits:
    """The longest and the dearest path, priced."""

    def __init__(self, found: Extent, number_type: str) -> None:
        self.found = found
        self.number_type = number_type
        self.longest = found.paths[0]
        self.dearest = max(found.paths, key=self.price)  # the longer one of two that cost the same

    def price(self, path: Path) -> Decimal:
        recordings = tuple(_recorded(each) for each in path.recordings)
        usage = Usage(self.number_type, path.is_answered, path.duration_ms, recordings)
        return _sum(rate(usage, default_tariff()))

    def unbounded(self, path: Path) -> Iterator[str]:
        """Say why a call can last longer than a path."""
        for loop in self.found.loops:
            who = f"nodes {', '.join(loop)} lead" if len(loop) > 1 else f"node {loop[0]} leads"
            yield f"{who} back, as often as the caller likes"
        for number in path.endless:
            yield f"node {number} repeats until the caller hangs up"


def _limits(behavior: BehaviorFile, number_type: str) -> _Limits:
    found = extent(load(behavior.text), behavior.audio_s, _recording_micros)
    return _Limits(found, number_type)


def _recorded(recording: StartRecording) -> RecordedAudio:
    longest_ms = round(recording.max_length_s * 1000)
    return RecordedAudio(recording.node, longest_ms, recording.storage_period)


def _recording_micros(recording: StartRecording) -> int:
    lines = rate(Usage("", True, 0, (_recorded(recording),)), default_tariff())
    return sum(line.amount_micros for line in lines if line.kind != "call")


def _sum(lines: tuple[ChargeLine, ...]) -> Decimal:
    return to_decimal(sum(line.amount_micros for line in lines))


def _document(limits: _Limits | None) -> dict[str, object]:
    if limits is None:
        return {"LongestPath": None, "DearestPath": None}
    return {
        "LongestPath": _path_fields(limits, limits.longest),
        "DearestPath": _path_fields(limits, limits.dearest),
    }


def _path_fields(limits: _Limits, path: Path) -> dict[str, object]:
    return {
        "Nodes": path.nodes,
        "Seconds": path.duration_ms / 1000,
        "Price": limits.price(path),
        "Currency": default_tariff().currency,
        "NumberType": limits.number_type,
        "Unbounded": list(limits.unbounded(path)),
        "NotCounted": list(map(str, path.unknown)),
    }


def _fields(problem: Problem) -> dict[str, object]:
    return {
        "Severity": problem.severity,
        "Node": problem.node,
        "Field": problem.field,
        "Message": problem.message,
    }


def _print_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        console.print(f"[{colour}]{problem.severity}[/{colour}]", end=" ")
        console.print(str(problem), markup=False, soft_wrap=True)
    if not problems:
        console.print("[green]nothing is wrong[/green]")


def _print_limits(limits: _Limits | None) -> None:
    if limits is None:
        return
    _print_path("longest path", limits, limits.longest)
    _print_path("dearest path", limits, limits.dearest)
    notes = [*limits.unbounded(limits.longest), *limits.unbounded(limits.dearest)]
    for note in dict.fromkeys(notes):
        console.print(f"[dim]unbounded[/dim]     {note}", soft_wrap=True)
    for audio in dict.fromkeys((*limits.longest.unknown, *limits.dearest.unknown)):
        console.print("[dim]not counted[/dim]   ", end="")
        console.print(str(audio), markup=False, soft_wrap=True)


def _print_path(name: str, limits: _Limits, path: Path) -> None:
    length = f"{path.duration_ms / 1000:.1f} s, {limits.price(path)} {default_tariff().currency}"
    console.print(f"[dim]{name}[/dim]  {length}: node {' → '.join(path.nodes)}", soft_wrap=True)
