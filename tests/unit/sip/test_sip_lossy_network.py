"""A caller and the endpoint over a network that loses, doubles and reorders, on a virtual clock.

However the network treats the datagrams (it loses fewer than a sender repeats), every call is
offered to the user once, answered once, ended once, and in the end nothing is left on either side.
"""

import itertools
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sip.lossy_network import World

from dillo.sip.dialog import Dialog
from dillo.sip.effects import Acknowledged, Effect, Invited
from dillo.sip.endpoint import Endpoint
from dillo.sip.errors import NotSip
from dillo.sip.message import Request, Response
from dillo.sip.parsing import parse
from dillo.sip.transactions import Requested, Responded, Send, Transactions, cancel_for

CALLER, CALLED = ("192.0.2.1", 5060), ("192.0.2.9", 5060)
SDP = b"v=0\r\n"


class Called:
    """The endpoint and a user that rings, then answers unless it is to be cancelled."""

    def __init__(self, world: World, ending: str) -> None:
        tokens = itertools.count()
        self.world, self.ending = world, ending
        self.endpoint = Endpoint(new_token=lambda: f"t{next(tokens)}", contact_for=lambda _: CALLED)
        self.told: list[str] = []
        self.to_caller: Callable[[bytes], None] = lambda _: None

    def deadline(self) -> float | None:
        return self.endpoint.next_deadline()

    def fire(self) -> None:
        self.perform(self.endpoint.fire(self.world.now))

    def deliver(self, data: bytes) -> None:
        self.perform(self.endpoint.receive(data, CALLER, self.world.now))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                self.world.carry(self.to_caller, effect.data)
            else:
                self.told.append(type(effect).__name__)
                self.react(effect)

    def react(self, effect: Effect) -> None:
        world, endpoint = self.world, self.endpoint
        if isinstance(effect, Invited):
            call = effect.call
            self.perform(endpoint.ring(call, world.now))
            if self.ending != "cancel":
                world.at(
                    world.now + 0.3,
                    lambda: self.perform(endpoint.answer(call, SDP, world.now)),
                )
        elif isinstance(effect, Acknowledged) and self.ending == "called":
            hung_up = effect.call
            world.at(world.now + 1.0, lambda: self.perform(endpoint.hang_up(hung_up, world.now)))


class Caller:
    """A phone made of the client transactions."""

    def __init__(self, world: World, ending: str) -> None:
        self.world, self.ending = world, ending
        self.layer = Transactions()
        self.to_called: Callable[[bytes], None] = lambda _: None
        self.branches = (f"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKc{n}" for n in itertools.count())
        self.finals: list[int] = []
        self.dialogs: dict[str | None, Dialog] = {}
        self.cancelled = False

    def invite(self) -> None:
        fields = [
            ("Via", next(self.branches)),
            ("From", "<sip:a@192.0.2.1>;tag=a"),
            ("To", "<sip:b@192.0.2.9>"),
            ("Call-ID", "c1"),
            ("CSeq", "1 INVITE"),
            ("Contact", "<sip:a@192.0.2.1>"),
            ("Content-Type", "application/sdp"),
        ]
        self.request = Request.build("INVITE", "sip:b@192.0.2.9", fields, SDP)
        self.layer.request(self.request, CALLED, self.world.now)
        self.flush()

    def deadline(self) -> float | None:
        return self.layer.next_deadline()

    def fire(self) -> None:
        assert self.layer.fire(self.world.now) == []
        self.flush()

    def flush(self) -> None:
        for send in self.layer.take_outbox():
            self.world.carry(self.to_called, send.data)

    def deliver(self, data: bytes) -> None:
        try:
            told = self.layer.receive(parse(data), CALLED, self.world.now)
        except NotSip:
            told = None  # a copy that came after its transaction
        if isinstance(told, Requested) and told.transaction:
            self.layer.respond(told.transaction, Response.reply(told.request, 200), self.world.now)
        elif isinstance(told, Responded):
            self.heard(told.response)
        self.flush()

    def heard(self, response: Response) -> None:
        if response.status >= 200:
            self.finals.append(response.status)
        if response.cseq.method != "INVITE":
            return
        if response.status < 200 and self.ending == "cancel" and not self.cancelled:
            self.cancelled = True
            self.layer.request(cancel_for(self.request), CALLED, self.world.now)
        elif response.status == 200:
            self.acknowledge(response)

    def acknowledge(self, response: Response) -> None:
        first = not self.dialogs
        tag = response.to.tag
        dialog = self.dialogs.setdefault(tag, Dialog.confirm(self.request, response))
        self.world.carry(self.to_called, bytes(dialog.request("ACK", next(self.branches), cseq=1)))
        if first and self.ending == "caller":
            self.world.at(self.world.now + 1.0, lambda: self.bye(dialog))

    def bye(self, dialog: Dialog) -> None:
        self.layer.request(dialog.request("BYE", next(self.branches)), CALLED, self.world.now)
        self.flush()


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["caller", "called", "cancel"]),
    st.lists(st.integers(0, 6), max_size=30),
)
def test_every_call_ends_once_and_leaves_nothing(ending: str, fates: list[int]) -> None:
    world = World(fates)
    caller, called = Caller(world, ending), Called(world, ending)
    caller.to_called, called.to_caller = called.deliver, caller.deliver
    caller.invite()
    world.run(caller, called)
    told = called.told
    if ending == "cancel":
        assert told == ["Invited", "HungUp", "Forgotten"]
        assert sorted(caller.finals) == [200, 487]
    elif ending == "called":
        assert told == ["Invited", "Acknowledged", "Forgotten"]
        assert set(caller.finals) == {200}
    else:
        assert [word for word in told if word != "Acknowledged"] == [
            "Invited",
            "HungUp",
            "Forgotten",
        ]
        assert set(caller.finals) == {200}
    assert len(caller.dialogs) == (0 if ending == "cancel" else 1)
    assert (len(caller.layer), len(called.endpoint.transactions)) == (0, 0)
    assert called.endpoint.open_calls == 0
