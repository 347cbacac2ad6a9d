"""`dillo app test`: what an application is expected to do, tried on virtual time."""

from pathlib import Path
from typing import Annotated

import typer

from dillo.behavior import Behavior, load
from dillo.behavior.trial import Trial, try_suite
from dillo.cli.behavior_file import BehaviorFile
from dillo.cli.options import File, Home, Json, console, plain_errors, print_json
from dillo.model.errors import PeerError

Scenarios = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The scenarios [default: FILE.scenarios beside FILE.json]."),
]


class ScenarioFailed(PeerError):
    """An application does not do what its scenarios expect."""


def play_scenarios(
    file: File, scenarios: Scenarios = None, home: Home = None, json: Json = False
) -> None:
    """Play the scenarios of a channel behavior; exit status 1 where one does not hold.

    Nothing is called: time is virtual, and every prompt lasts two seconds.
    """
    with plain_errors():
        behavior = load(BehaviorFile.read(file).checked_text())
        trial = try_scenarios(behavior, scenarios or file.with_suffix(".scenarios"))
    if json:
        print_json(_document(trial))
    else:
        _print(trial)
    raise typer.Exit(bool(trial.failed))


def try_scenarios(behavior: Behavior, scenarios: Path) -> Trial:
    """Play the scenarios of a file. Raises PeerError where it cannot be read."""
    try:
        text = scenarios.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PeerError(f"{scenarios} cannot be read: {error}") from error
    return try_suite(behavior, text)


def require_scenarios(behavior: Behavior, scenarios: Path) -> None:
    """Raise ScenarioFailed, with every difference, where a scenario does not hold."""
    failed = try_scenarios(behavior, scenarios).failed
    if failed:
        differences = (line for outcome in failed for line in (outcome.name, *outcome.difference))
        raise ScenarioFailed("\n".join(("nothing is published: scenarios fail", *differences)))


def _document(trial: Trial) -> dict[str, object]:
    return {
        "Scenarios": [
            {"Name": each.name, "Holds": each.holds, "Difference": each.difference}
            for each in trial.outcomes
        ],
        "BranchesTaken": len(trial.coverage.taken),
        "BranchesMissed": [
            {"Node": each.node, "Branch": each.name, "NextNode": each.target}
            for each in trial.coverage.missed
        ],
    }


def _print(trial: Trial) -> None:
    for outcome in trial.outcomes:
        verdict = "[green]holds[/green]" if outcome.holds else "[red]fails[/red]"
        console.print(verdict, end=" ")
        console.print(outcome.name, markup=False)
        for line in outcome.difference:
            colour = {"-": "red", "+": "green"}.get(line[0])
            console.print(f"    {line}", style=colour, markup=False, soft_wrap=True)
    taken, missed = trial.coverage.taken, trial.coverage.missed
    held = len(trial.outcomes) - len(trial.failed)
    console.print(f"{held} of {len(trial.outcomes)} scenarios hold")
    console.print(f"{len(taken)} of {len(taken) + len(missed)} branches taken")
    for branch in missed:
        console.print(f"  not taken: {branch}", markup=False)
