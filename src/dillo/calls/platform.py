"""What every call session works with; put together once, at the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from dillo.behavior import Behavior
from dillo.calls.admission import Admission
from dillo.calls.ports import (
    Application,
    Carriers,
    Journal,
    MediaPool,
    Origins,
    Outbound,
    Prompts,
    Streams,
    Webhooks,
)
from dillo.calls.purse import Purse

LoadBehavior = Callable[[Application], Behavior]
RepairRecording = Callable[[Path], Awaitable[tuple[int, int]]]
"""Makes a WAV that was cut off readable; gives its length in ms and its size in octets, both 0
where nothing of it reached the disk."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The ports and settings of this node."""

    admission: Admission
    journal: Journal
    media: MediaPool
    prompts: Prompts
    outbound: Outbound
    carriers: Carriers
    origins: Origins
    webhooks: Webhooks
    streams: Streams
    purse: Purse
    load_behavior: LoadBehavior
    repair_recording: RepairRecording
    recordings_dir: Path
    node_name: str
    sip_port: Callable[[], int]
    """Where this node takes SIP: calls to its own numbers go there."""
    media_timeout_s: float
    test_secret: str = ""
    """What marks the calls of this node's own browser gateway; empty for none."""
