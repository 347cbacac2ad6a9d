"""The kinds of node; a new kind is a file here and a line in this table."""

from collections.abc import Mapping
from typing import Final

from dillo.behavior.machine import Node
from dillo.behavior.nodes.collect import Collect
from dillo.behavior.nodes.dial import Dial
from dillo.behavior.nodes.external import External
from dillo.behavior.nodes.hangup import Hangup
from dillo.behavior.nodes.menu import Menu
from dillo.behavior.nodes.pause import Pause
from dillo.behavior.nodes.play import Play
from dillo.behavior.nodes.record import Record
from dillo.behavior.nodes.reject import Reject
from dillo.behavior.nodes.say import Say
from dillo.behavior.nodes.set import Set
from dillo.behavior.nodes.stream import Stream
from dillo.behavior.nodes.switch import Switch

_KINDS: tuple[type[Node], ...] = (
    Say,
    Play,
    Pause,
    Menu,
    Collect,
    Record,
    Dial,
    External,
    Stream,
    Switch,
    Set,
    Hangup,
    Reject,
)

KINDS: Final[Mapping[str, type[Node]]] = {kind.action_type: kind for kind in _KINDS}

LATER: Final = frozenset({"Enqueue", "Conference"})
"""Actions that have a name, but no node yet."""
