"""Which engines there are: entry points of installed packages, ours among them.

A package adds an engine with an entry point in the group `dillo.synthesizers` or
`dillo.transcribers`: its name is the engine's, its object makes one of `Options`.
"""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dillo.speech.engines import EngineMissing, Synthesizer, Transcriber
from dillo.speech.options import Options, read_options

SYNTHESIZERS, TRANSCRIBERS = "dillo.synthesizers", "dillo.transcribers"


def synthesizer_names() -> tuple[str, ...]:
    """Return the engines that speak."""
    return tuple(sorted(entry_points(group=SYNTHESIZERS).names))


def transcriber_names() -> tuple[str, ...]:
    """Return the engines that listen."""
    return tuple(sorted(entry_points(group=TRANSCRIBERS).names))


def make_synthesizer(name: str, options: Options | None = None) -> Synthesizer:
    """Return an engine that speaks. Raises EngineMissing."""
    maker: Callable[[Options], Synthesizer] = _load(SYNTHESIZERS, name)
    return maker(options or read_options(name))


def make_transcriber(name: str, options: Options | None = None) -> Transcriber:
    """Return an engine that listens. Raises EngineMissing."""
    maker: Callable[[Options], Transcriber] = _load(TRANSCRIBERS, name)
    return maker(options or read_options(name))


def _load(group: str, name: str) -> Any:
    found: list[EntryPoint] = list(entry_points(group=group, name=name))
    if not found:
        there = ", ".join(sorted(entry_points(group=group).names)) or "none"
        raise EngineMissing(f"there is no speech engine {name!r}; installed are: {there}")
    try:
        return found[0].load()
    except (ImportError, AttributeError) as error:
        raise EngineMissing(f"the speech engine {name!r} cannot be loaded: {error}") from error
