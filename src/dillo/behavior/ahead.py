"""What a behavior will let callers hear, as far as that is known before anybody calls."""

from collections.abc import Iterator

from dillo.behavior.announcements import Announcement, Spoken
from dillo.behavior.machine import Behavior
from dillo.behavior.nodes.announcing import AnnouncingNode
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.nodes.dial import Dial
from dillo.model.prompts import Beep, Prompt


def prompts_ahead(behavior: Behavior) -> tuple[Prompt, ...]:
    """Return all prompts that are the same in every call, in the order of the nodes, each once.

    Of a text with values of the call, these are the sentences without any.
    """
    fixed = (prompt for each in _announcements(behavior) for prompt in each.fixed())
    ringbacks = (
        node.ringback
        for node in behavior.nodes.values()
        if isinstance(node, Dial) and node.ringback is not None
    )
    return tuple(dict.fromkeys((*fixed, *ringbacks, Beep())))


def voices_needed(behavior: Behavior) -> frozenset[tuple[str, str | None]]:
    """Return language and voice of every text that has values of the call in it."""
    return frozenset(
        (each.language, each.voice)
        for each in _announcements(behavior)
        if isinstance(each, Spoken) and not each.is_fixed
    )


def _announcements(behavior: Behavior) -> Iterator[Announcement]:
    for node in behavior.nodes.values():
        if isinstance(node, AnnouncingNode):
            yield node.announcement
        elif isinstance(node, AskingNode) and node.intro is not None:
            yield node.intro
