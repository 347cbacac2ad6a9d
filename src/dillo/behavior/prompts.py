"""The files that a behavior fetches and the voices that it wants, known before anybody calls."""

from collections.abc import Iterator, Mapping, Sequence

from dillo.behavior.announcements import Announcement, Played, Spoken
from dillo.behavior.machine import Behavior, Node
from dillo.behavior.nodes.announcing import AnnouncingNode
from dillo.behavior.nodes.asking import AskingNode
from dillo.behavior.nodes.dial import Dial
from dillo.behavior.problems import Problem, Severity
from dillo.model.prompts import Audio

Place = tuple[str, str]
"""A node's number and the path of a field below it."""

WantedVoice = tuple[str, str | None]
"""Language and `VoiceId`."""

_ACTION = "ChannelBehaviorAction"


def fetched_audio(behavior: Behavior) -> dict[Audio, Place]:
    """Return every file that is played by its address, with the first place that plays it."""
    found: dict[Audio, Place] = {}
    for node in behavior.nodes.values():
        for path, audio in _files(node):
            if audio.url is not None:
                found.setdefault(audio, (node.number, path))
    return found


def wanted_voices(behavior: Behavior) -> dict[WantedVoice, Place]:
    """Return every language and voice that texts are to be spoken in, with the first place."""
    found: dict[WantedVoice, Place] = {}
    for node in behavior.nodes.values():
        for path, announcement in _announcements(node):
            if isinstance(announcement, Spoken):
                field = "LanguageCode" if announcement.voice is None else "VoiceId"
                place = (node.number, f"{path}.{field}")
                found.setdefault((announcement.language, announcement.voice), place)
    return found


def voice_problems(
    behavior: Behavior, warnings: Mapping[WantedVoice, Sequence[str]]
) -> tuple[Problem, ...]:
    """Warn of voices that are not there, by what is said of each."""
    return tuple(
        Problem(Severity.WARNING, *place, warning)
        for wanted, place in wanted_voices(behavior).items()
        for warning in warnings.get(wanted, ())
    )


def _files(node: Node) -> Iterator[tuple[str, Audio]]:
    for path, announcement in _announcements(node):
        if isinstance(announcement, Played):
            yield f"{path}.Url", announcement.audio
    if isinstance(node, Dial) and node.ringback is not None:
        yield f"{_ACTION}.RingbackUrl", node.ringback


def _announcements(node: Node) -> Iterator[tuple[str, Announcement]]:
    if isinstance(node, AnnouncingNode):
        yield _ACTION, node.announcement
    elif isinstance(node, AskingNode) and node.intro is not None:
        yield f"{_ACTION}.Intro", node.intro
