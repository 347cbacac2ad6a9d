"""Phone applications: reading and checking a channel behavior, and running it in a call."""

from dillo.behavior.document import check, load
from dillo.behavior.interpreter import begin, step
from dillo.behavior.machine import Behavior, State
from dillo.behavior.problems import InvalidBehavior, Problem, Severity

__all__ = [
    "Behavior",
    "InvalidBehavior",
    "Problem",
    "Severity",
    "State",
    "begin",
    "check",
    "load",
    "step",
]
