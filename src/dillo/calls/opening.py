"""The flow that a call begins with: its number's applications, as this release reads them."""

from collections.abc import Callable

from dillo.behavior import Behavior, InvalidBehavior, State, begin
from dillo.behavior.ahead import voices_needed
from dillo.calls.platform import Platform
from dillo.calls.ports import Application, NumberEntry
from dillo.model.clock import now_us
from dillo.model.events import CallEvent, Warned


def open_flow(
    entry: NumberEntry, caller: str, platform: Platform, note: Callable[[CallEvent], None]
) -> State:
    """Return the state before the first step; engines that will have to speak get ready."""
    primary = _read(entry.primary, platform, note)
    for language, voice in voices_needed(primary) if primary else ():
        platform.prompts.expect(language, voice)
    return begin(
        caller=caller,
        called=entry.number,
        primary=primary,
        fallback=_read(entry.fallback, platform, note),
    )


def _read(
    application: Application | None, platform: Platform, note: Callable[[CallEvent], None]
) -> Behavior | None:
    """Return an application's graph; None, with a warning, where this release refuses it."""
    if application is None:
        return None
    try:
        return platform.load_behavior(application)
    except InvalidBehavior as error:
        note(Warned(now_us(), f"{application.name}: {error}"))
        return None
