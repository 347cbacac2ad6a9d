"""Files of scenarios: what an application is expected to do in calls that nobody has to make.

    # Lines that begin with a hash sign are remarks.
    Scenario: A caller at night leaves a message
    Caller: +447700900123
    Now: 2026-11-23 22:00 Europe/London

    at   | in              | out
    0    | Started         | Answer, Say We are closed.
    2    | Prompt finished | Beep

Caller, Called and Now may be left out. The tables are those of `dillo.behavior.scenario`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dillo.behavior.interpreter import begin
from dillo.behavior.machine import Behavior
from dillo.behavior.scenario import InvalidScenario, Row, parse, play
from dillo.model.events import CallEvent
from dillo.model.moments import from_datetime
from dillo.model.phone import ANONYMOUS, InvalidPhoneNumber, PhoneNumber

MAX_SHOWN: Final = 100
_HEADING: Final = "at | in | out"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A call that is imagined, and what is expected to come about in it."""

    name: str
    caller: str = "+447700900123"
    called: str = "+442079460000"
    starts_us: int = 1_767_614_400_000_000  # 5 January 2026, a Monday, 12:00 UTC
    rows: tuple[Row, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario went."""

    name: str
    difference: tuple[str, ...]
    """Empty where it held; else its rows, `-` before the expected and `+` before the real ones."""
    rows: tuple[Row, ...]
    """What came about."""
    facts: tuple[CallEvent, ...]

    @property
    def holds(self) -> bool:
        """Whether exactly what was expected came about."""
        return not self.difference


def parse_suite(text: str) -> tuple[Scenario, ...]:
    """Read a file of scenarios. Raises InvalidScenario naming the line or the scenario."""
    scenarios = tuple(_read(block) for block in _blocks(text))
    if not scenarios:
        raise InvalidScenario("there is no scenario: a line such as Scenario: NAME is expected")
    return scenarios


def run(behavior: Behavior, scenario: Scenario) -> Outcome:
    """Play a scenario on virtual time; every prompt but silence and beeps lasts two seconds."""
    state = begin(scenario.caller, scenario.called, behavior)
    # More than are shown need not come about.
    most_rows = len(scenario.rows) + MAX_SHOWN + 1
    played = play(state, scenario.table, starts_us=scenario.starts_us, most_rows=most_rows)
    difference = _difference(list(map(str, scenario.rows)), list(map(str, played.rows)))
    return Outcome(scenario.name, tuple(difference), played.rows, played.facts)


Line = tuple[int, str]


def _blocks(text: str) -> Iterator[list[Line]]:
    """Split the lines, remarks and empty ones left out, before each `Scenario:`."""
    block: list[Line] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith("Scenario:") and block:
            yield block
            block = []
        block.append((number, line.strip()))
    if block:
        yield block


def _read(block: list[Line]) -> Scenario:
    (number, first), *rest = block
    name = first.removeprefix("Scenario:").strip()
    if name == first or not name:
        raise InvalidScenario(f"line {number}: {first!r}: a line Scenario: NAME is expected")
    scenario = Scenario(name)
    for number, line in (each for each in rest if "|" not in each[1]):
        scenario = _with_setting(scenario, number, line)
    return _with_table(scenario, [line for _, line in rest if "|" in line])


def _with_setting(scenario: Scenario, number: int, line: str) -> Scenario:
    name, _, value = line.partition(":")
    try:
        match name:
            case "Caller":
                return replace(scenario, caller=_caller(value.strip()))
            case "Called":
                return replace(scenario, called=str(PhoneNumber.parse(value.strip())))
            case "Now":
                return replace(scenario, starts_us=_moment(value))
    except (InvalidPhoneNumber, ValueError, ZoneInfoNotFoundError) as error:
        raise InvalidScenario(f"line {number}: {line!r}: {error}") from error
    expected = "Caller, Called, Now or a row of a table is expected"
    raise InvalidScenario(f"line {number}: {line!r}: {expected}")


def _caller(text: str) -> str:
    return text if text == ANONYMOUS else str(PhoneNumber.parse(text))


def _moment(text: str) -> int:
    """Read `2026-11-23 22:00 Europe/London`."""
    words = text.split()
    if len(words) != 3:
        raise ValueError("a date, a time and a time zone are expected")
    local = datetime.fromisoformat(f"{words[0]} {words[1]}")
    if local.tzinfo is not None:
        raise ValueError("a time without an offset is expected before the time zone")
    return from_datetime(local.replace(tzinfo=ZoneInfo(words[2])))


def _with_table(scenario: Scenario, lines: list[str]) -> Scenario:
    if not lines or lines[0].replace(" ", "") != _HEADING.replace(" ", ""):
        raise InvalidScenario(f"{scenario.name}: a table headed {_HEADING} is expected")
    table = "\n".join(lines)
    try:
        rows = parse(table)
    except InvalidScenario as error:
        raise InvalidScenario(f"{scenario.name}: {error}") from error
    if not rows or rows[0].happening != "Started":
        raise InvalidScenario(f"{scenario.name}: the first row must be Started")
    return replace(scenario, rows=rows, table=table)


def _difference(expected: list[str], real: list[str]) -> Iterator[str]:
    if expected == real:
        return
    matcher = SequenceMatcher(None, expected, real[: len(expected) + MAX_SHOWN], autojunk=False)
    for tag, first, last, real_first, real_last in matcher.get_opcodes():
        if tag == "equal":
            yield from (f"  {row}" for row in expected[first:last])
        else:
            yield from (f"- {row}" for row in expected[first:last])
            yield from (f"+ {row}" for row in real[real_first:real_last])
    if len(real) > len(expected) + MAX_SHOWN:
        yield "+ …"
