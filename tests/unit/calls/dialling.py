"""Surroundings of a dialler: a caller, callees and media ports that only remember what they did."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from dillo.behavior import events as inputs
from dillo.behavior.effects import Dial
from dillo.calls.admission import Admission
from dillo.calls.audio import AudioStream
from dillo.calls.dialer import Dialer
from dillo.calls.platform import Platform
from dillo.calls.playback import Playback
from dillo.calls.ports import (
    Carrier,
    Destination,
    Invitation,
    Journal,
    MediaPort,
    NumberEntry,
    OnMediaEvent,
    Origins,
    OutboundListener,
    PreparedPrompt,
    Streams,
    Webhooks,
)
from dillo.calls.purse import Purse
from dillo.calls.ways import Ways
from dillo.model.events import CallEvent
from dillo.model.media import Command, OpenPort
from dillo.model.prompts import Prompt, Speech
from dillo.sdp import LocalMedia, offer

OWN, OTHER = "+442079460000", "+442079460001"
CALLER = "+393703188051"


def sdp(port: int, direction: str = "sendrecv", payload_types: tuple[int, ...] = (0, 8)) -> bytes:
    """Return a description of a telephone at 127.0.0.1."""
    local = LocalMedia("127.0.0.1", port, 1)
    return offer(local, direction=direction, payload_types=payload_types)


def entry(number: str, customer_id: str = "customer-1") -> NumberEntry:
    return NumberEntry(
        number_id="n",
        number=number,
        number_type="local",
        customer_id=customer_id,
        currency="EUR",
        is_suspended=False,
        balance_micros=None,
        max_concurrent_calls=10,
        max_calls_per_second=10,
        max_call_s=3600,
        number_max_concurrent_calls=None,
        primary=None,
        fallback=None,
    )


@dataclass
class Port:
    """A media port."""

    call_id: str
    rtp_port: int = 20_000
    commands: list[str] = field(default_factory=list)

    def send(self, command: Command) -> None:
        target = getattr(command, "to_call_id", "")
        self.commands.append(f"{type(command).__name__} {target}".strip())


@dataclass
class Pool:
    """Media workers."""

    ports: dict[str, Port] = field(default_factory=dict)

    async def open(
        self, command: OpenPort, on_event: OnMediaEvent, beside: MediaPort | None = None
    ) -> Port:
        port = self.ports[command.call_id] = Port(command.call_id)
        return port


@dataclass
class CallerLeg:
    """The caller."""

    invitation: Invitation
    did: list[str] = field(default_factory=list)
    offers: list[bytes] = field(default_factory=list)

    def ring(self) -> None:
        self.did.append("ring")

    def progress(self, sdp: bytes | None) -> None:
        self.did.append("progress")

    def offer(self, sdp: bytes, on_answer: Callable[[int, bytes | None], None]) -> None:
        self.offers.append(sdp)

    def press_digit(self, digit: str) -> None:
        self.did.append(f"key {digit}")


@dataclass
class Callee:
    """A callee, rung; `listener` is what it tells things to."""

    destination: Destination
    listener: OutboundListener
    did: list[str] = field(default_factory=list)
    offers: list[bytes] = field(default_factory=list)

    def cancel(self) -> None:
        self.did.append("cancel")

    def hang_up(self) -> None:
        self.did.append("hang up")

    def accept_offer(self, sdp: bytes) -> None:
        self.did.append("accept")

    def decline_offer(self, status: int) -> None:
        self.did.append(f"decline {status}")

    def offer(self, sdp: bytes, on_answer: Callable[[int, bytes | None], None]) -> None:
        self.offers.append(sdp)

    def press_digit(self, digit: str) -> None:
        self.did.append(f"key {digit}")


@dataclass
class Network:
    """Everybody who was rung."""

    callees: list[Callee] = field(default_factory=list)

    def dial(self, destination: Destination, offer: bytes, listener: OutboundListener) -> Callee:
        callee = Callee(destination, listener)
        self.callees.append(callee)
        return callee


class Numbers:
    """Two numbers, of two customers."""

    async def find(self, number: str) -> NumberEntry | None:
        return {OWN: entry(OWN), OTHER: entry(OTHER, "customer-2")}.get(number)

    async def draft(self, customer_id: str, version_id: str) -> None:
        return None

    async def tester(self, version_id: str) -> None:
        return None


class OneCarrier:
    """A trunk for numbers of the United Kingdom."""

    async def towards(self, number: str) -> Carrier | None:
        if not number.startswith("+44"):
            return None
        return Carrier("uk", ("192.0.2.1:5070", "192.0.2.2"), "user", "secret")


class Silent:
    """Prompts that are all ready."""

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt:
        return PreparedPrompt("u", "a", 1000)

    async def prepare(
        self, prompt: Prompt, customer_id: str, due_in_s: float = 0
    ) -> PreparedPrompt:
        return self.cached(prompt, customer_id)

    def pace(self, speech: Speech) -> float:
        return 1000.0

    def expect(self, language: str, voice: str | None) -> None: ...


async def _affords(callee: str, caller: str) -> bool:
    return True


class World:
    """A dialler in its surroundings."""

    def __init__(self, tasks: asyncio.TaskGroup, **invitation: object) -> None:
        values: dict[str, object] = {"depth": 0, "max_forwards": 70, "offer": sdp(4000)}
        described = cast("dict[str, int]", values | invitation)
        self.invitation = Invitation(
            "id", OWN, CALLER, source_ip="127.0.0.1", source_port=5060, local_ip="127.0.0.1",
            **described,  # type: ignore[arg-type]
        )  # fmt: skip
        self.network, self.pool = Network(), Pool()
        self.caller = CallerLeg(self.invitation)
        self.facts: list[CallEvent] = []
        self.told: list[inputs.Event] = []
        self.over = asyncio.Event()
        """Set when the Dial is over."""
        self._tasks = tasks

    async def open(self) -> "World":
        """Open the caller's port and make the dialler."""
        self.audio = await AudioStream.open(
            "call", self.invitation, self.pool, 60, lambda event: None
        )
        platform = Platform(
            admission=Admission(Numbers()),
            journal=cast("Journal", None),
            media=self.pool,
            prompts=Silent(),
            outbound=self.network,
            carriers=OneCarrier(),
            origins=cast("Origins", None),
            webhooks=cast("Webhooks", None),
            streams=cast("Streams", None),
            purse=cast("Purse", None),
            load_behavior=cast("Callable[..., None]", None),  # type: ignore[arg-type]
            repair_recording=cast("Callable[..., None]", None),  # type: ignore[arg-type]
            recordings_dir=Path(),
            node_name="a",
            sip_port=lambda: 5060,
            media_timeout_s=60,
        )
        playback = Playback(
            Silent(),
            "customer-1",
            self.audio,
            self._tasks,
            lambda error: None,
            lambda warning: None,
        )
        self.ways = Ways(platform, entry(OWN), self.invitation, CALLER, _affords)
        self.dialer = Dialer(
            self.caller,  # type: ignore[arg-type]
            self.audio,
            playback,
            platform,
            self.ways,
            self._tasks,
            self.facts.append,
            self._hear,
        )
        return self

    def _hear(self, event: inputs.Event) -> None:
        self.told.append(event)
        if isinstance(event, inputs.DialEnded):
            self.over.set()

    async def dial(self, *to: str, is_answered: bool = False, **fields: object) -> list[Callee]:
        """Dial, and return who rings."""
        values: dict[str, object] = {
            "node": "0",
            "is_sequential": False,
            "caller_id": None,
            "timeout_s": 60.0,
            "max_duration_s": 60.0,
            "ringback": None,
        }
        self.dialer.perform(Dial(to=to, **(values | fields)), is_answered)  # type: ignore[arg-type]
        return await self.settle()

    async def settle(self) -> list[Callee]:
        """Let everything happen that is about to; return who was rung so far."""
        for _ in range(20):
            await asyncio.sleep(0)
        return self.network.callees

    def port_of(self, index: int) -> Port:
        """Return the media port of a callee, in the order in which they were rung."""
        return list(self.pool.ports.values())[index + 1]
