"""The prompt cache as this platform's settings want it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dillo.files.audition import Audition
from dillo.files.prompts import PromptCache
from dillo.files.speakers import Speakers
from dillo.settings import Settings
from dillo.speech.casting import FLOOR, Casting
from dillo.speech.options import Ranked, ranked, read_options, speech_environment
from dillo.speech.registry import make_synthesizer
from dillo.workers.crew import Staffing

_TIMEOUT_S = 15.0
_NICENESS = 5
"""Of what callers wait for: they come right after media and signalling."""
_REHEARSAL_NICENESS = 10
_REHEARSAL_IDLE_S = 30.0
_REHEARSAL_TIMES = 8
"""How much longer an engine may take while nobody waits: a worse voice would stay for good."""


def make_casting(settings: Settings) -> Casting:
    """Return who can speak here."""
    environment = _environment(settings)
    return Casting(
        _engines(settings), lambda name: make_synthesizer(name, read_options(name, environment))
    )


def make_prompts(settings: Settings) -> PromptCache:
    """Return the prompt cache of a home folder; `start` it before use."""
    return _make(settings, make_casting(settings), _staffing(settings))


def make_live_prompts(settings: Settings, casting: Casting) -> PromptCache:
    """Return the same for callers, who are not kept waiting for a better voice."""
    return _make(settings, casting, _staffing(settings), patience_s=settings.speech_patience_s)


def make_rehearsal_prompts(settings: Settings) -> PromptCache:
    """Return a second cache on the same folder, for prompts that nobody waits for.

    It has no processes while there is nothing to make, and leaves it to the other to sweep.
    """
    staffing = {
        engine: replace(
            staff,
            processes=1,
            idle_s=_REHEARSAL_IDLE_S,
            timeout_s=staff.timeout_s * _REHEARSAL_TIMES,
        )
        for engine, staff in _staffing(settings).items()
    }
    return _make(
        settings,
        make_casting(settings),
        staffing,
        niceness=_REHEARSAL_NICENESS,
        idle_s=_REHEARSAL_IDLE_S,
        max_bytes=sys.maxsize,
    )


def _make(
    settings: Settings,
    casting: Casting,
    staffing: Mapping[str, Staffing],
    niceness: int = _NICENESS,
    patience_s: float | None = None,
    **more: Any,
) -> PromptCache:
    speakers = Speakers(
        settings.cache_dir,
        casting.cast,
        staffing,
        niceness=niceness,
        patience_s=patience_s,
        env={
            **speech_environment(_environment(settings)),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": str(settings.speech_threads),
        },
    )
    return PromptCache(
        settings.cache_dir,
        settings.prompts_dir,
        speakers,
        allowed_networks=settings.outbound_allow,
        **more,
    )


def _engines(settings: Settings) -> tuple[Ranked, ...]:
    return ranked(settings.speech_engines, _TIMEOUT_S)


def _environment(settings: Settings) -> Mapping[str, str]:
    return os.environ | settings.as_environment()


def _staffing(settings: Settings) -> dict[str, Staffing]:
    """Give each engine one process while it is needed; the floor has some that are always there."""
    floor = {FLOOR: Staffing(settings.prompt_workers, 1, _TIMEOUT_S)}
    return floor | {
        engine.name: Staffing(settings.prompt_workers, 1, engine.timeout_s)
        if engine.name == FLOOR
        else Staffing(1, 1, engine.timeout_s, settings.speech_idle_s)
        for engine in _engines(settings)
    }


def make_audition(settings: Settings) -> Audition:
    """Return what proves uploads and speaks texts outside calls."""
    return Audition(make_rehearsal_prompts(settings), settings.prompts_dir)
