"""Prompts are made ahead of the first call, once for each version."""

from collections.abc import Iterable, Mapping, Sequence

from dillo.jobs.rehearsal import Rehearsal
from dillo.model.prompts import Prompt
from dillo.store.publications import Publication

SAY = (
    '{"ChannelBehaviorNodes": {"0": '
    '{"ActionType": "Say", "ChannelBehaviorAction": {"Text": "%s"}}}}'
)
MINUTE_US = 60_000_000


class Database:
    def __init__(self) -> None:
        self.versions: list[Publication] = []

    def publish(self, version_id: str, text: str, published_us: int) -> None:
        self.versions.append(Publication("c", version_id, SAY % text, published_us))

    async def since(self, published_us: int, besides: Sequence[str]) -> Sequence[Publication]:
        return [
            version
            for version in self.versions
            if version.published_us >= published_us and version.version_id not in besides
        ]


class Warm:
    def __init__(self) -> None:
        self.made: list[str] = []

    async def __call__(self, prompts: Iterable[Prompt], customer_id: str) -> Mapping[Prompt, str]:
        self.made += map(str, prompts)
        return {prompt: "broken" for prompt in prompts if str(prompt) == "Broken."}


async def test_each_version_is_made_once_whatever_the_clocks_say() -> None:
    database, warm = Database(), Warm()
    rehearsal = Rehearsal(database, warm)
    database.publish("1", "One.", 10 * MINUTE_US)
    database.publish("2", "Two. Broken.", 20 * MINUTE_US)
    for _ in range(3):
        await rehearsal.step()
    database.publish("3", "Late.", 20 * MINUTE_US - 1000)
    database.versions.append(Publication("c", "4", "{}", 20 * MINUTE_US))
    for _ in range(3):
        await rehearsal.step()
    assert [text for text in warm.made if text.endswith(".")] == [
        "One.",
        "Two.",
        "Broken.",
        "Late.",
    ]
    assert rehearsal.failed == 1
