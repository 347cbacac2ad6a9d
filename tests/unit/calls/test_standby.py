"""Engines are kept ready for texts that say values of the call."""

from collections.abc import Sequence

from tests.unit.calls.test_playback import Maker

from dillo.behavior import load
from dillo.calls.ports import Application
from dillo.calls.standby import Standby

SAY = (
    '{"ChannelBehaviorNodes": {"0": {"ActionType": "Say", "ChannelBehaviorAction":'
    ' {"Text": "%s", "LanguageCode": "it-IT", "VoiceId": "if_sara"}}}}'
)


class Database:
    async def with_values(self) -> Sequence[Application]:
        return [
            Application("1", "Fixed", SAY % "Ciao."),
            Application("2", "Broken", "{}"),
            Application("3", "Greeting", SAY % "Ciao {{caller}}."),
        ]


class Prompts(Maker):
    def __init__(self) -> None:
        super().__init__()
        self.expected: list[tuple[str, str | None]] = []

    def expect(self, language: str, voice: str | None) -> None:
        self.expected.append((language, voice))


async def test_voices_of_texts_with_values_are_expected() -> None:
    prompts = Prompts()
    await Standby(Database(), lambda each: load(each.behavior, each.version_id), prompts).step()
    assert prompts.expected == [("it-IT", "if_sara")]
