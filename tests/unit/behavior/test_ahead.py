"""What is made ahead of the first call."""

import json

from dillo.behavior import load
from dillo.behavior.ahead import prompts_ahead, voices_needed
from dillo.behavior.announcements import Spoken
from dillo.behavior.templates import Scope, Value, parse
from dillo.model.prompts import Audio, Beep, Silence, Speech


def test_fixed_sentences_and_files_are_made_ahead() -> None:
    nodes = {
        "0": {
            "ActionType": "Say",
            "ChannelBehaviorAction": {"Text": "Hello. Welcome."},
            "NextNode": 1,
        },
        "1": {
            "ActionType": "Say",
            "ChannelBehaviorAction": {
                "Text": "You pressed {{digits.Key}}. Thank you.",
                "LanguageCode": "it-IT",
                "VoiceId": "if_sara",
            },
            "NextNode": 2,
        },
        "2": {
            "ActionType": "Collect",
            "ChannelBehaviorAction": {
                "Intro": {"Url": "http://example.com/a.wav"},
                "NumberOfDigits": 1,
                "StorageKey": "Key",
            },
        },
    }
    behavior = load(json.dumps({"ChannelBehaviorNodes": nodes}))
    assert prompts_ahead(behavior) == (
        Speech("Hello.", "en-GB"),
        Silence(220),
        Speech("Welcome.", "en-GB"),
        Speech("Thank you.", "it-IT", "if_sara"),
        Audio("http://example.com/a.wav"),
        Beep(),
    )
    assert voices_needed(behavior) == {("it-IT", "if_sara")}


def test_values_of_the_call_cannot_become_markup() -> None:
    template, _ = parse("<speak>You are <sub alias='x'>y</sub> {{vars.name}}</speak>")
    spoken = Spoken(template, "en-GB", None, 1)
    scope = Scope("a", "b", variables={"name": Value("<break/> & co", "*")})
    cue = spoken.cue(scope)
    assert cue is not None
    assert isinstance(cue.prompt, Speech)
    assert cue.prompt.text.endswith("&lt;break/&gt; &amp; co</speak>")
