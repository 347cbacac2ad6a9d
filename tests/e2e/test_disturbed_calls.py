"""Calls that are given up before the answer, and calls that a stranger talks into."""

import asyncio
import itertools
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from tests.e2e.node import Node, behavior
from tests.e2e.sipp import Sipp
from tests.e2e.telephones import act, download, endings, find, noise, place, plan

from dillo.caller import CallOutcome, CallPlan, place_call, write_wav
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.pcm import encode


def connected_ports(pid: int) -> list[int]:
    """Return the UDP ports of a process that listen to one peer only."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        inodes.add(descriptor.readlink().name.removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return [
        int(row[1].partition(":")[2], 16)
        for row in rows
        if row[9] in inodes and not row[2].endswith(":0000")
    ]


async def talked_into(plan: CallPlan, media: int) -> CallOutcome:
    """Place a call; strangers send loud noise and keys to its port as soon as it talks."""
    call = asyncio.create_task(place_call(plan))
    with ExitStack() as open_sockets:
        strangers = [stranger_at(address, open_sockets) for address in ("127.0.0.1", "127.0.0.2")]
        loud = encode(noise(0.02, seed=9) * 3, Law.ULAW)
        sent = 0
        while not call.done():
            for stranger, port in itertools.product(strangers, connected_ports(media)):
                sent += 1
                packet = RtpPacket(0, sent & 0xFFFF, sent * 160, 4711, loud)
                key = RtpPacket(101, sent & 0xFFFF, sent * 160, 4711, b"\x0b\x80\x03\x20")  # a #
                stranger.sendto(bytes(packet), ("127.0.0.1", port))
                stranger.sendto(bytes(key), ("127.0.0.1", port))
            await asyncio.sleep(0.01)
    assert sent > 50
    return await call


def stranger_at(address: str, open_sockets: ExitStack) -> socket.socket:
    """Return a socket that belongs to no call."""
    stranger = open_sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    stranger.bind((address, 0))
    return stranger


def test_a_stranger_gets_neither_into_the_recording_nor_to_the_keys(
    node: Node, tmp_path: Path
) -> None:
    held = node.hold(behavior(act("Record", PlayBeep=False, SilenceTimeout=0, FinishOnKey="#*")))
    sent = noise(1.0)
    write_wav(tmp_path / "sent.wav", sent)
    script = "w400,a,w400,*"
    call = asyncio.run(
        talked_into(
            plan(node, held, script, audio=tmp_path / "sent.wav"), node.children()["media-0"]
        )
    )
    assert call.ended_by == "callee"
    (record,) = node.records(held)
    (kept,) = record["Recordings"]
    heard = download(held, kept, tmp_path)
    found = find(sent, heard)
    assert found.likeness > 0.99
    around = np.concatenate([heard[: found.offset], heard[found.offset + len(sent) :]])
    assert np.abs(around).max() == 0


@contextmanager
def halted(pid: int, pause_s: float) -> Iterator[None]:
    """Let a process stand still while the block runs, and for so long after it."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
        time.sleep(pause_s)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_call_given_up_before_the_answer_is_abandoned(own_node: Node, tmp_path: Path) -> None:
    own_node.settings["DILLO_MEDIA_WORKERS"] = "1"
    own_node.start()
    media = own_node.children()["media-0"]
    held = own_node.hold(behavior(act("Pause", Seconds=30)))
    given_up = plan(own_node, held, cancel_after_s=0.3, max_s=5)
    for pause_s in (0, 2.5):  # the worker comes back in time, and too late for the call
        with halted(media, pause_s):
            (call,) = place(given_up)
        assert call.status == 487
    with halted(media, 0):
        Sipp(own_node, tmp_path).run("caller_cancels", held.number)
    for record in own_node.records(held, 3):
        assert (record["CallDuration"], record["Price"]) == (0, 0)
    assert [ending.reason for ending in endings(own_node, held)] == ["Abandoned"] * 3
    place(plan(own_node, held, hang_up_after_s=0.2))
    own_node.records(held, 4)


def test_a_cancel_right_behind_the_invite_leaves_one_record(node: Node) -> None:
    held = node.hold(behavior(act("Pause", Seconds=0.5)))

    async def hasty_calls() -> list[CallOutcome]:
        waits_s = [0.0005 * number for number in range(1, 31)]
        plans = [plan(node, held, cancel_after_s=wait_s, max_s=5) for wait_s in waits_s]
        return await asyncio.gather(*map(place_call, plans))

    statuses = [call.status for call in asyncio.run(hasty_calls())]
    assert set(statuses) <= {200, 487}
    answered = 0
    for page in (1, 2):
        listed = node.records(held, 30) if page == 1 else node.fetch(held, page).json()
        answered += sum(record["CallDuration"] > 0 for record in listed)
    assert answered <= statuses.count(200)
    assert {ending.reason for ending in endings(node, held)} <= {
        "Abandoned",
        "CallerHungUp",
        "FlowEnded",
    }
