"""The files that a behavior fetches, known before anybody calls."""

from collections.abc import Iterator

from dillo.behavior.announcements import Announcement, Played
from dillo.behavior.machine import Behavior, Node
from dillo.behavior.nodes.announcing import AnnouncingNode
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.nodes.dial import Dial
from dillo.model.prompts import Audio

Place = tuple[str, str]
"""A node's number and the path of a field below it."""

_ACTION = "ChannelBehaviorAction"


def fetched_audio(behavior: Behavior) -> dict[Audio, Place]:
    """Return every file that is played by its address, with the first place that plays it."""
    found: dict[Audio, Place] = {}
    for node in behavior.nodes.values():
        for path, audio in _files(node):
            if audio.url is not None:
                found.setdefault(audio, (node.number, path))
    return found


def _files(node: Node) -> Iterator[tuple[str, Audio]]:
    if isinstance(node, AnnouncingNode):
        yield from _played(_ACTION, node.announcement)
    elif isinstance(node, AskingNode) and node.intro is not None:
        yield from _played(f"{_ACTION}.Intro", node.intro)
    elif isinstance(node, Dial) and node.ringback is not None:
        yield f"{_ACTION}.RingbackUrl", node.ringback


def _played(path: str, announcement: Announcement) -> Iterator[tuple[str, Audio]]:
    if isinstance(announcement, Played):
        yield f"{path}.Url", announcement.audio
