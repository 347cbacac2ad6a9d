"""Channel behaviors that are refused: the problem carries everything that is wrong."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from dillo.accounts.errors import ScenariosFailed
from dillo.behavior import InvalidBehavior
from dillo.web.problems import INVALID_BEHAVIOR, SCENARIOS_FAILED, respond
from dillo.web.v1.application_documents import problem_of
from dillo.web.v1.trial_documents import outcome_of


def answer_refused_behaviors(app: FastAPI) -> None:
    """Answer with `problems` of the graph, or with the `scenarios` that do not hold."""
    app.add_exception_handler(InvalidBehavior, _invalid)
    app.add_exception_handler(ScenariosFailed, _failed)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidBehavior)
    found = [problem_of(each).model_dump() for each in error.problems]
    detail = f"Put right what is wrong: {error.problems[0]}."
    return respond(INVALID_BEHAVIOR, detail, problems=found)


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ScenariosFailed)
    failed = [] if error.trial is None else error.trial.failed
    shown = [outcome_of(each).model_dump() for each in failed]
    detail = f"Change the behavior or the scenarios: {error}."
    return respond(SCENARIOS_FAILED, detail, scenarios=shown)
