"""Two endpoints call each other over a network that loses, doubles and reorders, on virtual time.

However the network treats the datagrams, and whoever ends the call at whatever moment, each side
is told a story that fits the other's, and in the end nothing is left on either.
"""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sip.lossy_network import World

from dillo.sip.call import Call
from dillo.sip.effects import (
    Acknowledged,
    DigitPressed,
    Effect,
    Failed,
    Invited,
    OfferAnswered,
    Offered,
    Taken,
)
from dillo.sip.endpoint import Endpoint
from dillo.sip.inbound import InboundCall
from dillo.sip.outbound import Order
from dillo.sip.transactions import Send

DIALLER, CALLEE = ("192.0.2.1", 5060), ("192.0.2.9", 5060)
SDP = b"v=0\r\n"
KEYS = "12#"
TALK_S = 60.0
"""Long enough for everything that was lost to be sent again."""


class Party:
    """An endpoint and a user that presses keys and changes the session, once it can."""

    def __init__(self, world: World, own: tuple[str, int], other: tuple[str, int]) -> None:
        tokens = itertools.count()
        self.endpoint = Endpoint(
            new_token=lambda: f"{own[0]}-{next(tokens)}", contact_for=lambda _: own
        )
        self.world, self.other = world, other
        self.peer: Party
        self.calls: list[Call] = []
        self.told: list[str] = []
        self.keys = ""
        self.hangs_up = False

    def deadline(self) -> float | None:
        return self.endpoint.next_deadline()

    def fire(self) -> None:
        self.perform(self.endpoint.fire(self.world.now))

    def deliver(self, data: bytes) -> None:
        self.perform(self.endpoint.receive(data, self.other, self.world.now))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                assert effect.target == self.other
                self.world.carry(self.peer.deliver, effect.data)
            else:
                self.note(effect)
                self.react(effect)

    def note(self, effect: Effect) -> None:
        if isinstance(effect, DigitPressed):
            self.keys += effect.digit
            return
        status = f" {effect.status}" if isinstance(effect, (Failed, OfferAnswered)) else ""
        self.told.append(type(effect).__name__ + status)

    def react(self, effect: Effect) -> None:
        world, endpoint = self.world, self.endpoint
        if isinstance(effect, Offered):
            self.perform(endpoint.accept_offer(effect.call, SDP, world.now))
        elif isinstance(effect, (Taken, Acknowledged)) and self.told.count("Acknowledged") < 2:
            self.talk(effect.call)

    def talk(self, call: Call) -> None:
        world, endpoint = self.world, self.endpoint
        for key in KEYS:
            self.perform(endpoint.press(call, key, world.now))
        self.perform(endpoint.offer(call, SDP, world.now))
        if self.hangs_up:
            world.at(world.now + TALK_S, lambda: self.perform(endpoint.hang_up(call, world.now)))


class Callee(Party):
    """Rings, and after a while answers or refuses."""

    answers_after_s = 0.0
    refuses = False

    def react(self, effect: Effect) -> None:
        if not isinstance(effect, Invited):
            super().react(effect)
            return
        world, call = self.world, effect.call
        self.perform(self.endpoint.progress(call, SDP, world.now))
        world.at(world.now + self.answers_after_s, lambda: self.decide(call))

    def decide(self, call: InboundCall) -> None:
        endpoint, now = self.endpoint, self.world.now
        if self.refuses:
            self.perform(endpoint.refuse(call, 486, "", now))
        else:
            self.perform(endpoint.answer(call, SDP, now))


def meet(fates: list[int]) -> tuple[World, Party, Callee]:
    world = World(fates)
    dialler, callee = Party(world, DIALLER, CALLEE), Callee(world, CALLEE, DIALLER)
    dialler.peer, callee.peer = callee, dialler
    return world, dialler, callee


def dial(dialler: Party) -> Call:
    order = Order("sip:+44@192.0.2.9", SDP, "+39")
    call, effects = dialler.endpoint.dial(order, dialler.world.now)
    dialler.perform(effects)
    return call


def assert_nothing_is_left(*parties: Party) -> None:
    for party in parties:
        assert (party.endpoint.open_calls, len(party.endpoint.transactions)) == (0, 0)


fates = st.lists(st.integers(0, 6), max_size=40)


@settings(deadline=None, max_examples=100)
@given(fates, st.sampled_from(["dialler", "callee", "both"]))
def test_a_call_is_answered_and_ends_once_on_both_sides(fates: list[int], who: str) -> None:
    world, dialler, callee = meet(fates)
    dialler.hangs_up, callee.hangs_up = who != "callee", who != "dialler"
    callee.answers_after_s = 0.3
    dial(dialler)
    world.run(dialler, callee)
    for party in (dialler, callee):
        assert party.keys == KEYS
        assert party.told.count("OfferAnswered 200") == 1
        assert party.told.count("Offered") == 1
        assert party.told.count("Forgotten") == 1
        assert "Lost" not in party.told
    assert dialler.told.count("Taken") == 1
    hung_up = dialler.told.count("HungUp"), callee.told.count("HungUp")
    assert (
        hung_up in {"dialler": [(0, 1)], "callee": [(1, 0)], "both": [(0, 0), (1, 0), (0, 1)]}[who]
    )
    assert_nothing_is_left(dialler, callee)


@settings(deadline=None, max_examples=100)
@given(fates, st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.booleans())
def test_a_call_given_up_at_any_moment_is_over_on_both_sides(
    fates: list[int], given_up_after_s: float, answered_after_s: float, refuses: bool
) -> None:
    world, dialler, callee = meet(fates)
    callee.answers_after_s, callee.refuses = answered_after_s, refuses
    call = dial(dialler)
    world.at(given_up_after_s, lambda: dialler.perform(dialler.endpoint.hang_up(call, world.now)))
    world.run(dialler, callee)
    assert dialler.told.count("Forgotten") == 1
    outcome = [word for word in dialler.told if word == "Taken" or word.startswith("Failed")]
    assert outcome in ([["Failed 486"], ["Failed 487"]] if refuses else [["Failed 487"], ["Taken"]])
    assert callee.told.count("Invited") == callee.told.count("Forgotten") <= 1
    # Lost: its INFO came to a dialog that the dialler had already ended.
    ended = callee.told.count("HungUp") + callee.told.count("Lost")
    assert ended == 1 if callee.told and not refuses else ended <= 1
    assert_nothing_is_left(dialler, callee)


def test_an_endpoint_can_call_itself() -> None:
    world = World([])
    party = Callee(world, CALLEE, CALLEE)
    party.peer = party
    call = dial(party)
    world.at(5.0, lambda: party.perform(party.endpoint.hang_up(call, world.now)))
    world.run(party)
    assert party.told.count("Taken") == party.told.count("Invited") == 1
    assert party.told.count("HungUp") == 1
    assert party.told.count("Forgotten") == 2
    assert_nothing_is_left(party)
