"""A browser calls a number: aiortc plays the browser, with a data channel and real Opus."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, AudioResampler
from tests.e2e.node import Held, Node, behavior, say
from tests.e2e.telephones import (
    CALLER,
    Ending,
    act,
    download,
    endings,
    find,
    noise,
    place,
    plan,
    prepared,
)

from dillo.rtp.g711 import Law
from dillo.rtp.pcm import Samples, decode, encode
from dillo.webrtc.sound import TelephoneTrack

TEXT = "This is heard in a browser."
SILENCE = b"\xff" * 160


class Microphone(TelephoneTrack):
    """Says a sound once the call is answered, then keeps quiet."""

    def __init__(self, frames: list[bytes]) -> None:
        self.may_speak = False
        self._frames = iter(frames)
        super().__init__(lambda: next(self._frames, SILENCE) if self.may_speak else SILENCE)


@dataclass
class Browser:
    """The far end: what it heard, and what it was told."""

    connection: RTCPeerConnection
    channel: Any
    microphone: Microphone
    news: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sound: list[Samples] = field(default_factory=list)
    call_id: str = ""

    @property
    def states(self) -> list[str]:
        return [news["state"] for news in self.news]

    def heard(self) -> Samples:
        return np.concatenate(self.sound) if self.sound else np.zeros(0, np.int16)

    def press(self, key: str) -> None:
        self.channel.send(json.dumps({"key": key}))

    async def until(self, state: str) -> None:
        async with asyncio.timeout(30):
            while state not in self.states:
                self.changed.clear()
                await self.changed.wait()

    def take(self, text: str) -> None:
        self.news.append(json.loads(text))
        self.changed.set()

    async def listen(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=8000)
        while True:
            frame = await track.recv()
            assert isinstance(frame, AudioFrame)
            self.sound += [
                part.to_ndarray().reshape(-1).astype(np.int16) for part in resampler.resample(frame)
            ]


Steps = Callable[[Browser], Awaitable[None]]


@asynccontextmanager
async def calling(
    node: Node, held: Held, frames: list[bytes], **order: str | None
) -> AsyncIterator[Browser]:
    connection = RTCPeerConnection()
    channel = connection.createDataChannel("dillo")
    browser = Browser(connection, channel, Microphone(frames))
    listening: list[asyncio.Task[None]] = []
    connection.addTrack(browser.microphone)
    channel.on("message", browser.take)
    connection.on(
        "track", lambda track: listening.append(asyncio.create_task(browser.listen(track)))
    )
    await connection.setLocalDescription(await connection.createOffer())
    answer = await ask(node, held, connection.localDescription.sdp, **order)
    browser.call_id = answer["id"]
    await connection.setRemoteDescription(RTCSessionDescription(answer["answer"], "answer"))
    try:
        yield browser
    finally:
        await connection.close()
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


async def ask(
    node: Node, held: Held, offer: str, *, key: str | None = None, **more: str | None
) -> dict[str, Any]:
    body = {"number": held.number, "offer": offer} | more
    headers = held.headers | ({"Idempotency-Key": key} if key else {})
    async with httpx.AsyncClient(headers=headers, timeout=30, trust_env=False) as client:
        response = await client.post(f"{node.http}/api/v1/browser-calls", json=body)
    assert response.status_code in (201, 400, 404, 422), response.text
    return dict(response.json())


def talk(
    node: Node, held: Held, steps: Steps, said: Samples | None = None, **options: str | None
) -> Browser:
    """Let a browser call, do the steps, and return what it went through."""
    octets = b"" if said is None else encode(said, Law.ULAW)
    frames = [octets[at : at + 160] for at in range(0, len(octets) - 159, 160)]

    async def run() -> Browser:
        async with calling(node, held, frames, **options) as browser:
            await steps(browser)
        return browser

    return asyncio.run(run())


def test_a_call_that_is_asked_for_again_is_placed_once(node: Node) -> None:
    held = node.hold(behavior(say("Hello.")))

    async def twice() -> list[dict[str, Any]]:
        connection = RTCPeerConnection()
        connection.createDataChannel("dillo")
        connection.addTrack(Microphone([]))
        await connection.setLocalDescription(await connection.createOffer())
        offer = connection.localDescription.sdp
        answers = [await ask(node, held, offer, key="call-1") for _ in range(2)]
        other = await ask(node, held, offer, key="call-1", caller="+393703188051")
        await connection.close()
        return [*answers, other]

    first, again, other = asyncio.run(twice())
    assert first == again
    assert first["answer"]
    assert other["type"].endswith("idempotency-key-reused")


def test_a_browser_talks_to_an_application(node: Node, tmp_path: Path) -> None:
    record = act("Record", PlayBeep=False, SilenceTimeout=0, MaxLength=3, StorageKey="Message")
    collect = act("Collect", 2, NumberOfDigits=1, StorageKey="Choice", Timeout=10)
    held = node.hold(behavior(say(TEXT, 1), collect, record))
    said = noise(2.0, seed=5)

    async def steps(browser: Browser) -> None:
        await browser.until("answered")
        await asyncio.sleep(3)
        browser.press("5")
        await asyncio.sleep(0.5)
        browser.microphone.may_speak = True
        await browser.until("ended")

    browser = talk(node, held, steps, said, caller=CALLER)
    assert browser.states == ["answered", "ended"]
    assert browser.news[-1]["reason"] == "the callee hung up"
    played = decode(Path(prepared(node, held, TEXT).ulaw_path).read_bytes(), Law.ULAW)
    assert find(played, browser.heard()).likeness > 0.9  # Opus keeps the sound, not the samples
    (listed,) = node.records(held)
    assert (listed["Price"], listed["TelephoneNumber"]) == (0, CALLER)
    assert [each["Digits"] for each in listed["CollectedDigits"]] == ["5"]
    (kept,) = listed["Recordings"]
    recorded = download(held, kept, tmp_path)
    assert np.linalg.norm(recorded) == pytest.approx(np.linalg.norm(said), rel=0.5)
    assert is_marked(node, browser.call_id)


def test_a_browser_tries_a_draft(node: Node) -> None:
    """What is published says nothing; the draft asks for a key, once it is saved, and is free."""
    held = node.hold(behavior(act("Reject", Cause="Busy")))
    collect = act("Collect", 1, NumberOfDigits=1, StorageKey="Choice", Timeout=10)
    application_id = draft(held, node, behavior(collect, say(TEXT)))

    async def steps(browser: Browser) -> None:
        await browser.until("answered")
        browser.press("7")
        await browser.until("ended")

    browser = talk(node, held, steps, application_id=application_id)
    (listed,) = node.records(held)
    assert [each["Digits"] for each in listed["CollectedDigits"]] == ["7"]
    assert listed["Price"] == 0
    with httpx.Client(base_url=f"{node.http}/api/v1", headers=held.headers) as api:
        call = api.get(f"/calls/{browser.call_id}").json()
        assert (call["application_id"], call["application_version"]) == (application_id, None)
        assert call["is_test"]
        ran = api.get(f"/calls/{browser.call_id}/behavior").json()
        types = [node["ActionType"] for node in ran["ChannelBehaviorNodes"].values()]
        assert types == ["Collect", "Say"]
        assert api.get(f"/applications/{application_id}/versions").json()["items"] == []


def test_a_draft_needs_no_number(node: Node) -> None:
    """It is called and listed as `test`, and is in the statistics of no number."""
    held = node.hold(behavior(act("Reject", Cause="Busy")))
    application_id = draft(held, node, behavior(say("Hello.")))

    async def steps(browser: Browser) -> None:
        await browser.until("ended")

    browser = talk(node, held, steps, number=None, application_id=application_id)
    assert browser.states == ["answered", "ended"]
    with httpx.Client(base_url=f"{node.http}/api/v1", headers=held.headers) as api:
        call = settled(api, browser.call_id)
        assert (call["number"], call["application_id"]) == ("test", application_id)
        assert (call["is_test"], float(call["price"])) == (True, 0)
        listed = api.get("/calls", params={"number": "test"}).json()["items"]
        assert [each["id"] for each in listed] == [browser.call_id]
        sums = api.get("/calls/aggregates", params={"group_by": "number"}).json()["items"]
        assert [(each["name"], each["calls"]) for each in sums] == [("test", 1)]
    assert node.records(held, 0) == []


def settled(api: httpx.Client, call_id: str) -> dict[str, Any]:
    for _ in range(100):
        call = api.get(f"/calls/{call_id}").json()
        if call.get("status") == "finished" and call["price"] is not None:
            return dict(call)
        time.sleep(0.1)
    raise AssertionError(call)


def test_a_call_needs_a_number_or_a_draft(node: Node) -> None:
    held = node.hold(behavior(say(TEXT)))
    answer = asyncio.run(ask(node, held, "v=0", number=None))
    assert (answer["status"], answer["type"]) == (400, "urn:dillo:problem:invalid-request")


def test_a_draft_that_is_wrong_is_not_called(node: Node) -> None:
    held = node.hold(behavior(say(TEXT)))
    application_id = draft(held, node, behavior(act("Say")))
    answer = asyncio.run(ask(node, held, "v=0", application_id=application_id))
    assert (answer["status"], answer["problems"][0]["node"]) == (422, "0")


def draft(held: Held, node: Node, document: dict[str, Any]) -> str:
    """Make an application that was never published."""
    body = {"name": "Draft", "behavior": document}
    path = f"{node.http}/api/v1/applications"
    response = httpx.post(path, json=body, headers=held.headers, trust_env=False)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def is_marked(node: Node, call_id: str) -> bool:
    query = "SELECT events FROM calls WHERE id = ?"
    with closing(sqlite3.connect(node.home / "dillo.db")) as database:
        (events,) = database.execute(query, [call_id]).fetchone()
    return bool(json.loads(events)[0]["is_test"])


def test_closing_the_browser_hangs_up(node: Node) -> None:
    held = node.hold(behavior(act("Pause", Seconds=30)))

    async def steps(browser: Browser) -> None:
        await browser.until("answered")

    talk(node, held, steps)
    node.records(held)
    assert [ending.reason for ending in endings(node, held)] == ["CallerHungUp"]


def test_an_application_is_tried_without_money_but_dials_nobody(node: Node) -> None:
    """The month of the number takes all there was; an ordinary call is refused from then on."""
    dial = act("Dial", 1, To=["+393703188051"], FailedNextNode=1)
    nodes = behavior(dial, say(TEXT))
    held = node.hold(nodes, opening_micros=1_500_000)

    async def steps(browser: Browser) -> None:
        await browser.until("ended")

    assert talk(node, held, steps).states[-2:] == ["answered", "ended"]
    (tried,) = node.records(held)
    (leg,) = tried["DialActions"]
    assert (tried["Price"], leg["Status"], leg["SipCode"]) == (0, "Failed", 402)
    (refused,) = place(plan(node, held))
    assert refused.status == 503
    node.records(held, 2)
    assert Ending("LimitReached", 503, "the balance is used up") in endings(node, held)


def test_a_refused_call_says_why(node: Node) -> None:
    held = node.hold(behavior(act("Reject", Cause="Busy")))

    async def steps(browser: Browser) -> None:
        await browser.until("ended")

    assert talk(node, held, steps).news[-1]["sip_code"] == 486


def test_nobody_calls_the_number_of_somebody_else(node: Node) -> None:
    mine, theirs = node.hold(behavior(say(TEXT))), node.hold(behavior(say(TEXT)))
    answer = asyncio.run(ask(node, mine, "v=0", number=theirs.number))
    assert answer["status"] == 404


def test_an_offer_that_is_none_is_refused(node: Node) -> None:
    held = node.hold(behavior(say(TEXT)))
    answer = asyncio.run(ask(node, held, "nothing of this is a description"))
    assert answer["status"] == 400
    assert "offer" in answer["detail"].lower()


def test_nobody_else_can_mark_a_call_as_a_test(node: Node) -> None:
    """What a stranger writes into the header is not believed: the call costs what calls cost."""
    held = node.hold(behavior(say(TEXT)))
    mark = ("X-Dillo-Test-Call", "guess 01a207d7-7fd0-70d8-b0bd-588b18201acf")
    place(plan(node, held, headers=(mark,)))
    (listed,) = node.records(held)
    assert listed["Price"] > 0
