"""A replay follows a record as long as the behavior would have done the same."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.behavior import Behavior
from dillo.behavior.events import ActionFailed, HungUp
from dillo.behavior.recorded import Recorded
from dillo.behavior.replay import replay
from dillo.model.events import EndReason
from tests.unit.behavior.drawn import behaviors
from tests.unit.behavior.past_call import PastCall

HAPPENINGS = st.one_of(
    st.tuples(st.floats(0.1, 90), st.sampled_from("0123*#")),
    st.tuples(st.floats(0.1, 20), st.sampled_from("1#")),
    st.tuples(st.floats(0.1, 90), st.sampled_from([HungUp(0), ActionFailed(0, "no voice")])),
    st.tuples(
        st.floats(0.1, 90), st.sampled_from([EndReason.INTERRUPTED, EndReason.MEDIA_TIMEOUT])
    ),
)


@settings(deadline=None, max_examples=300)
@given(
    st.none() | behaviors(),
    st.none() | behaviors(),
    st.lists(HAPPENINGS, max_size=12),
    st.integers(0, 1000),
)
def test_the_same_version_gives_the_same_facts(
    primary: Behavior | None,
    fallback: Behavior | None,
    happenings: list[tuple[float, object]],
    seed: int,
) -> None:
    call = PastCall(Random(seed), primary, fallback)
    for seconds, what in happenings:
        if isinstance(what, str):
            call.press(what, seconds)
        else:
            call.later("in", seconds, what)
    events = call.run()
    replayed = replay(events, primary, fallback)
    assert replayed.parting is None
    assert len(replayed.facts) == len(Recorded.of(events).facts)
    assert not replayed.reworded
