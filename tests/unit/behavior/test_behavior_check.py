"""check() names node and field of everything that is wrong, and says what is expected."""

import json
from typing import Any

import pytest

from dillo.behavior import InvalidBehavior, Severity, check, load
from dillo.behavior.nodes import KINDS, LATER


def text_of(nodes: dict[str, Any]) -> str:
    return json.dumps({"ChannelBehaviorNodes": nodes})


def node(action_type: str, next_node: Any = None, **fields: Any) -> dict[str, Any]:
    document = {"ActionType": action_type, "ChannelBehaviorAction": fields}
    return document if next_node is None else {**document, "NextNode": next_node}


SAY = node("Say", Text="Hello.")
MENU = node("Menu", 1, Digits={"1": {"NextNode": 1}})


def problems_of(*nodes: dict[str, Any]) -> list[str]:
    numbered = {str(number): fields for number, fields in enumerate(nodes)}
    return [str(problem) for problem in check(text_of(numbered), lambda known: known == "p1")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON: line 1, column 1: Expecting value"),
        ('{"a":\n x}', "is not JSON: line 2, column 2: Expecting value"),
        ("[]", 'an array is wrong: {"ChannelBehaviorNodes": {…}} is expected'),
        ("{}", "ChannelBehaviorNodes is missing"),
        (
            '{"channelBehaviorNodes": {}}',
            'ChannelBehaviorNodes is missing: "channelBehaviorNodes" is there instead',
        ),
        ('{"ChannelBehaviorNodes": 5}', "ChannelBehaviorNodes: 5 is wrong: an object of nodes"),
        (
            '{"ChannelBehaviorNodes": {}, "x": 1}',
            '"x" is unknown: ChannelBehaviorNodes, StatusCallbackUrl',
        ),
        ('{"ChannelBehaviorNodes": {}}', 'ChannelBehaviorNodes: node "0" is missing'),
        ('{"a": 1, "a": 2}', 'has the field "a" twice in one object'),
        ('{"a": NaN}', "is not JSON: NaN is no number that JSON knows"),
        ('{"a": "\\ud800"}', "is not JSON: a \\ud800 to \\udfff stands without its pair"),
        ("1" * 5000, "is not a channel behavior: a number has too many digits"),
        ("[" * 100_000, "is not a channel behavior: nested too deep"),
        (" " * 1_000_001, "has 1000001 characters: at most 1000000 are allowed"),
        (
            text_of({str(number): SAY for number in range(1001)}),
            "ChannelBehaviorNodes has 1001 nodes: at most 1000 are allowed",
        ),
    ],
)
def test_documents_that_cannot_be_read(text: str, message: str) -> None:
    (problem,) = check(text)
    assert str(problem).startswith(message)
    assert problem.severity is Severity.ERROR
    with pytest.raises(InvalidBehavior):
        load(text)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "node 0: ActionType: is missing: an action such as Say is expected"),
        ({"ActionType": "Enqueue"}, "node 0: ActionType: Enqueue is not available yet"),
        ({"ActionType": "say"}, 'node 0: ActionType: "say" is unknown; did you mean Say?'),
        ({"ActionType": 5}, "node 0: ActionType: 5 is unknown: it is one of Say, Play"),
        ("Say", 'node 0: "Say" is wrong: an object with an ActionType is expected'),
        ({**SAY, "NextNod": 1}, "node 0: NextNod: is unknown; did you mean NextNode?"),
        ({**SAY, "NextNode": 7}, "node 0: NextNode: there is no node 7"),
        ({**SAY, "NextNode": "07"}, 'node 0: NextNode: "07" is wrong: a node number such as 3'),
        ({**SAY, "NextNode": True}, "node 0: NextNode: true is wrong: a node number"),
        ({**SAY, "NextNode": -1}, "node 0: NextNode: -1 is wrong: a node number"),
        (
            {"ActionType": "Say", "ChannelBehaviorAction": []},
            "node 0: ChannelBehaviorAction: an array is wrong: an object is expected",
        ),
    ],
)
def test_nodes(fields: Any, message: str) -> None:
    assert problems_of(fields)[0].startswith(message)


A = "ChannelBehaviorAction"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (node("Say"), f"{A}.Text: is missing: a text is expected"),
        (node("Say", Text=5), f"{A}.Text: 5 is wrong: a text that is not empty is expected"),
        (node("Say", Text=" "), f'{A}.Text: " " is wrong: a text that is not empty'),
        (node("Say", Text="x" * 4001), f"{A}.Text: has 4001 characters: at most 4000"),
        (node("Say", Text="x", Voice="y"), f"{A}.Voice: is unknown; did you mean VoiceId?"),
        (
            node("Say", Text="x", Qqq=1),
            f"{A}.Qqq: is unknown: Say has Text, LanguageCode, VoiceId or Loop",
        ),
        (node("Say", Text="x", Loop=-1), f"{A}.Loop: -1 is wrong: a whole number from 0 to 1000"),
        (node("Say", Text="x", Loop=1.5), f"{A}.Loop: 1.5 is wrong: a whole number"),
        (node("Say", Text="x", Loop=True), f"{A}.Loop: true is wrong: a whole number"),
        (node("Say", Text="{{x.y}}"), f"{A}.Text: {{{{x.y}}}} refers to nothing: caller, called,"),
        (node("Say", Text="{{caller"), f"{A}.Text: {{{{ is never closed"),
        (
            node("Say", Text="x", LanguageCode="english"),
            f'{A}.LanguageCode: "english" is wrong: a BCP 47 language tag such as en-GB',
        ),
        (
            node("Say", Text="x", LanguageCode="en_gb"),
            f'{A}.LanguageCode: "en_gb" is wrong: a BCP 47 language tag such as en-GB; '
            "did you mean en-GB?",
        ),
        (node("Play"), f"{A}.Url: is missing: Url or PromptId is expected"),
        (
            node("Play", Url="http://a/b", PromptId="p1"),
            f"{A}.PromptId: Url or PromptId is expected, not both",
        ),
        (node("Play", Url="ftp://a/b"), f'{A}.Url: "ftp://a/b" is wrong: an ASCII address that'),
        (node("Play", Url="http://"), f'{A}.Url: "http://" is wrong'),
        (node("Play", Url="http://[x/"), f'{A}.Url: "http://[x/" is wrong'),
        (node("Play", Url="http://a:b/"), f'{A}.Url: "http://a:b/" is wrong'),
        (node("Play", Url="http://a/b c"), f'{A}.Url: "http://a/b c" is wrong'),
        (node("Play", PromptId="p2"), f'{A}.PromptId: there is no prompt "p2" in this account'),
        (node("Pause", Seconds=0), f"{A}.Seconds: 0 is wrong: a number of seconds from 0.1 to 600"),
        (node("Pause", Seconds="1"), f'{A}.Seconds: "1" is wrong: a number of seconds'),
        (node("Menu"), f"{A}.Digits: is missing: an object such as"),
        (node("Menu", Digits={}), f"{A}.Digits: is empty: at least one key is expected"),
        (node("Menu", Digits={"E": {}}), f"{A}.Digits.E: is no key of a telephone"),
        (node("Menu", Digits={"12": {}}), f"{A}.Digits.12: is no key of a telephone"),
        (node("Menu", Digits={"1": 2}), f"{A}.Digits.1: 2 is wrong: an object such as"),
        (
            node("Menu", Digits={"1": {"NextNode": 9}}),
            f"{A}.Digits.1.NextNode: there is no node 9",
        ),
        (
            node("Menu", Digits={"1": {"Next": 0}}),
            f"{A}.Digits.1.Next: is unknown; did you mean NextNode?",
        ),
        (
            node("Menu", Digits={"1": {}}, Intro={"Text": "x", "Loop": 11}),
            f"{A}.Intro.Loop: 11 is wrong: a whole number from 1 to 10",
        ),
        (
            node("Menu", Digits={"1": {}}, Intro={"Url": "x"}),
            f'{A}.Intro.Url: "x" is wrong',
        ),
        (
            node("Menu", Digits={"1": {}}, OptionStatusCallbackMethod="PUT"),
            f'{A}.OptionStatusCallbackMethod: "PUT" is wrong: GET or POST is expected',
        ),
        (
            node("Collect", NumberOfDigits=2, MinDigits=3),
            f"{A}.MinDigits: 3 is wrong: at most the 2 of NumberOfDigits is expected",
        ),
        (node("Collect", FinishOnKey="x"), f'{A}.FinishOnKey: "x" is wrong: one or more of the'),
        (node("Collect", PlayBeep=1), f"{A}.PlayBeep: 1 is wrong: true or false is expected"),
        (node("Collect", StorageKey="a b"), f'{A}.StorageKey: "a b" is wrong: a name of up to 64'),
        (node("Collect", NoInputNextNode=3), f"{A}.NoInputNextNode: there is no node 3"),
        (
            node("Record", RecordingStoragePeriodCode="3M"),
            f'{A}.RecordingStoragePeriodCode: "3M" is wrong: days, months or years',
        ),
        (
            node("Record", RecordingStoragePeriodCode="11-Y"),
            f'{A}.RecordingStoragePeriodCode: "11-Y" is wrong',
        ),
        (node("Record", MaxLength=0), f"{A}.MaxLength: 0 is wrong: a number of seconds from 1"),
        (node("Set", Value="x"), f"{A}.Name: is missing: a name is expected"),
        (node("Set", Name="x"), f"{A}.Value: is missing: a text is expected"),
        (
            node("Reject", Cause="busy"),
            f'{A}.Cause: "busy" is wrong: Rejected, Busy, NotFound, Forbidden, NoAnswer or '
            "Unavailable is expected; did you mean Busy?",
        ),
        (node("Switch"), f"{A}.Cases: is missing: an array of cases is expected"),
        (node("Switch", Cases=[]), f"{A}.Cases: an array is wrong: an array of cases, 1 to 100"),
        (node("Switch", Cases=[1]), f"{A}.Cases.0: 1 is wrong: an object is expected"),
    ],
)
def test_fields(fields: dict[str, Any], message: str) -> None:
    problems = problems_of(fields)
    assert problems[0].startswith(f"node 0: {message}")
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({}, ": has no condition: Variable, Digits, Caller, CallerPrefix, LocalTime, Weekdays or"),
        ({"Variable": "x"}, ".Equals: is missing: a text or an array of texts"),
        ({"Equals": "x"}, ".Equals: needs a Variable or Digits"),
        (
            {"Variable": "x", "Digits": "y", "Equals": "1"},
            ".Digits: Variable or Digits is expected, not both of them",
        ),
        ({"CallerPrefix": "39"}, '.CallerPrefix: "39" is wrong: a number prefix such as +39'),
        ({"CallerPrefix": []}, ".CallerPrefix: an array is wrong: a number prefix such as +39"),
        ({"Caller": "3933"}, '.Caller: "3933" is wrong: a number such as +393703188051'),
        (
            {"PublicHoliday": {"Country": "IT"}},
            ".TimeZone: is missing: a name such as Europe/London",
        ),
        (
            {"PublicHoliday": {"Country": "Italy"}, "TimeZone": "UTC"},
            '.PublicHoliday.Country: no holidays of "Italy" are known: a code of ISO 3166-1',
        ),
        (
            {"PublicHoliday": {"Country": "GB", "Region": "XX"}, "TimeZone": "UTC"},
            '.PublicHoliday.Region: GB has no region "XX": one of ENG, NIR, SCT, WLS',
        ),
        (
            {"PublicHoliday": {"Region": "BZ"}, "TimeZone": "UTC"},
            ".PublicHoliday.Country: is missing: a country code such as IT",
        ),
        ({"Weekdays": "Monday"}, ".TimeZone: is missing: a name such as Europe/London"),
        (
            {"Weekdays": ["Mon"], "TimeZone": "UTC"},
            '.Weekdays: "Mon" is wrong: names such as Monday',
        ),
        ({"TimeZone": "UTC", "CallerPrefix": "+39"}, ".TimeZone: needs a LocalTime, Weekdays"),
        (
            {"Weekdays": "Monday", "TimeZone": "Europe/Londn"},
            '.TimeZone: there is no time zone "Europe/Londn": a name such as Europe/London is '
            "expected; did you mean Europe/London?",
        ),
        ({"Weekdays": "Monday", "TimeZone": "Europe"}, '.TimeZone: there is no time zone "Europe"'),
        (
            {"LocalTime": {"From": "9:00", "To": "17:00"}, "TimeZone": "UTC"},
            '.LocalTime.From: "9:00" is wrong: a time of day such as 09:00',
        ),
        (
            {"LocalTime": {"From": "24:00", "To": "17:00"}, "TimeZone": "UTC"},
            '.LocalTime.From: "24:00" is wrong',
        ),
        (
            {"LocalTime": {"From": "09:00", "To": "09:00"}, "TimeZone": "UTC"},
            ".LocalTime.To: is the same time as From",
        ),
    ],
)
def test_cases_of_a_switch(case: dict[str, Any], message: str) -> None:
    fields = node("Switch", Cases=[{**case, "NextNode": 1}])
    (problem,) = problems_of(fields, SAY)
    assert problem.startswith(f"node 0: {A}.Cases.0{message}")


def test_a_case_must_lead_somewhere() -> None:
    (problem,) = problems_of(node("Switch", Cases=[{"CallerPrefix": "+39"}]))
    assert problem == (
        f"node 0: {A}.Cases.0.NextNode: is missing: a node number such as 3 is expected"
    )


def test_everything_is_found_at_once() -> None:
    problems = problems_of(
        node("Say", 9, Loop="x"), node("Enqueue"), node("Menu", Digits={"1": {"NextNode": 8}}, x=1)
    )
    assert [problem.split(":")[:2] for problem in problems] == [
        ["node 0", " NextNode"],
        ["node 0", f" {A}.Text"],
        ["node 0", f" {A}.Loop"],
        ["node 1", " ActionType"],
        ["node 2", f" {A}.Digits.1.NextNode"],
        ["node 2", f" {A}.x"],
    ]


def test_after_a_hundred_errors_the_rest_is_only_mentioned() -> None:
    problems = problems_of(*[node("Say")] * 200)
    assert len(problems) == 101
    assert problems[-1] == "there are more errors than these 100"


@pytest.mark.parametrize(
    ("nodes", "numbers"),
    [
        ([node("Say", 0, Text="x")], "leads back to itself"),
        ([node("Set", 1, Name="x", Value="y"), node("Pause", 0)], "nodes 0, 1 lead back"),
        ([node("Play", 1, PromptId="p1"), SAY | {"NextNode": 2}, SAY | {"NextNode": 0}], "0, 1, 2"),
        ([node("Switch", 0, Cases=[{"CallerPrefix": "+1", "NextNode": 0}])], "back to itself"),
    ],
)
def test_loops_that_never_wait_for_the_caller(nodes: list[dict[str, Any]], numbers: str) -> None:
    (problem,) = problems_of(*nodes)
    assert problem.startswith("node 0: ")
    assert numbers in problem
    assert problem.endswith(
        "without waiting for the caller: a Menu, Collect or Record is expected between"
    )


@pytest.mark.parametrize("waiting", [MENU, node("Collect", 1), node("Record", 1)])
def test_loops_that_wait_for_the_caller(waiting: dict[str, Any]) -> None:
    nodes = {"0": waiting, "1": SAY | {"NextNode": 0}}
    assert load(text_of(nodes)).nodes.keys() == nodes.keys()


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([SAY, SAY], "node 1: is unreachable: no path from node 0 leads here"),
        ([node("Hangup", 1), SAY], "node 0: NextNode: is never followed: Hangup ends the call"),
        (
            [node("Say", 1, Text="x", Loop=0), SAY],
            "node 1: is unreachable: no path from node 0 leads here",
        ),
        (
            [node("Collect")],
            "node 0: has no way out but hanging up: a NextNode is expected",
        ),
        (
            [node("Menu", 0, Digits={"1": {"NextNode": 0}})],
            "node 0: has no way out but hanging up: all that follows leads back here",
        ),
    ],
)
def test_warnings_do_not_keep_a_behavior_from_running(
    nodes: list[dict[str, Any]], message: str
) -> None:
    text = text_of({str(number): fields for number, fields in enumerate(nodes)})
    assert message in [str(problem) for problem in check(text)]
    assert {problem.severity for problem in check(text)} == {Severity.WARNING}
    load(text)


def test_null_means_absent() -> None:
    assert problems_of({**SAY, "NextNode": None}) == []
    assert problems_of(node("Say", Text="x", LanguageCode=None, Loop=None)) == []


def test_every_action_is_there_or_announced() -> None:
    assert set(KINDS) == {
        "Say", "Play", "Pause", "Menu", "Collect", "Record", "Dial", "External", "Stream", "Switch",
        "Set", "Hangup", "Reject",
    }  # fmt: skip
    assert not LATER & set(KINDS)
