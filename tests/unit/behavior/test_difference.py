"""What differs between two versions of a channel behavior."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dillo.behavior.difference import Difference, FieldChange, Kind, difference


def behavior(**nodes: Any) -> dict[str, Any]:
    return {"ChannelBehaviorNodes": {number[1:]: node for number, node in nodes.items()}}


def say(text: str, **node: Any) -> dict[str, Any]:
    return {"ActionType": "Say", "ChannelBehaviorAction": {"Text": text}, **node}


def test_nodes_come_and_go_and_fields_change() -> None:
    before = behavior(n0=say("Hi.", NextNode=1), n1=say("Bye."))
    after = behavior(n0=say("Hello.", NextNode=2), n2=say("Bye.")) | {
        "StatusCallbackUrl": "http://a"
    }
    assert difference(before, after) == Difference(
        added=("2",),
        removed=("1",),
        changed=(
            FieldChange(Kind.ADDED, None, "StatusCallbackUrl", None, "http://a"),
            FieldChange(Kind.CHANGED, "0", "ChannelBehaviorAction.Text", "Hi.", "Hello."),
            FieldChange(Kind.CHANGED, "0", "NextNode", 1, 2),
        ),
    )


def test_items_of_arrays_are_compared_one_by_one() -> None:
    before = behavior(n0={"Cases": [{"NextNode": 1}, {"NextNode": 2}]})
    after = behavior(n0={"Cases": [{"NextNode": 1}, {"NextNode": 3}, {"NextNode": True}]})
    assert difference(before, after).changed == (
        FieldChange(Kind.CHANGED, "0", "Cases.1.NextNode", 2, 3),
        FieldChange(Kind.ADDED, "0", "Cases.2", None, {"NextNode": True}),
    )


def test_true_is_not_one() -> None:
    (change,) = difference(behavior(n0={"a": 1}), behavior(n0={"a": True})).changed
    assert (change.before, change.after) == (1, True)


def test_what_is_no_behavior_has_no_nodes() -> None:
    assert difference([], behavior(n0=say("Hi."))).added == ("0",)
    assert difference("x", None) == Difference((), (), ())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(JSON, JSON)
def test_a_behavior_differs_from_itself_in_nothing(one: Any, other: Any) -> None:
    nothing = Difference((), (), ())
    document = {"ChannelBehaviorNodes": one, "StatusCallbackUrl": other}
    assert difference(document, document) == nothing
    difference(document, {"ChannelBehaviorNodes": other})
