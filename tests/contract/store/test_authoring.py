"""Drafts, scenarios and versions of phone applications, in every database."""

import json
from collections.abc import Iterable, Mapping, Sequence

import pytest
from sqlalchemy import select

from dillo.accounts import Change, Registry, applications, customers, numbers
from dillo.accounts.authoring import Authored, Edition
from dillo.accounts.errors import (
    ApplicationExists,
    ApplicationInUse,
    NothingToPublish,
    ScenariosFailed,
    StaleChange,
    UnknownApplication,
    UnknownCustomer,
    UnknownVersion,
)
from dillo.accounts.publishing import (
    draft_edition,
    edited,
    prove,
    publish,
    restored_edition,
    tried,
)
from dillo.behavior import InvalidBehavior
from dillo.behavior.prompts import WantedVoice
from dillo.model.prompts import Audio
from dillo.store.authoring import SqlAuthoring
from dillo.store.database import Database
from dillo.store.registry import sql_registry
from dillo.store.tables import application_versions

NUMBER = "+442079460000"
HANGUP = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Hangup"}}}'
REJECT = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Reject"}}}'
HANGS_UP = "Scenario: x\nat | in | out\n0 | Started | Refuse 603"
ANSWERS = "Scenario: x\nat | in | out\n0 | Started | Answer"


class Offline:
    """Fetches nothing."""

    async def fetch(self, files: Iterable[Audio], customer_id: str) -> Mapping[Audio, str]:
        return dict.fromkeys(files, "we are offline")

    async def voice_warnings(
        self, voices: Iterable[WantedVoice]
    ) -> Mapping[WantedVoice, Sequence[str]]:
        return {wanted: (f"no voice {wanted[1]!r}",) for wanted in voices if wanted[1]}


OFFLINE = Offline()


@pytest.fixture
def store(database: Database) -> SqlAuthoring:
    return SqlAuthoring(database)


@pytest.fixture
def accounts(database: Database) -> Registry:
    return sql_registry(database)


@pytest.fixture
async def line(store: SqlAuthoring, accounts: Registry, change: Change) -> Authored:
    customer = await customers.create(accounts, change, "Acme")
    return await store.create(customer.id, "Line", "The first", change)


async def again(store: SqlAuthoring, application: Authored) -> Authored:
    return await store.get(application.customer_id, application.id)


async def release(
    accounts: Registry, store: SqlAuthoring, change: Change, line: Authored, edition: Edition
) -> int:
    proof = await prove(accounts, store, OFFLINE, line, edition)
    return (await publish(store, change, line, edition, proof)).version.number


async def test_an_application_begins_without_a_version(store: SqlAuthoring, line: Authored) -> None:
    assert (line.version, line.version_id, line.drafted_us, line.is_enabled) == (
        0,
        None,
        None,
        True,
    )
    assert (await edited(store, line)).behavior == '{"ChannelBehaviorNodes": {}}'
    with pytest.raises(NothingToPublish):
        await draft_edition(store, line, "")


async def test_names_are_unique_within_a_customer(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    with pytest.raises(ApplicationExists):
        await store.create(line.customer_id, "Line", "", change)
    other = await customers.create(accounts, change, "Other")
    with pytest.raises(UnknownApplication):
        await store.get(other.id, line.id)
    second = await store.create(line.customer_id, "Second", "", change)
    with pytest.raises(ApplicationExists):
        await store.describe(second, "Line", "", change)
    with pytest.raises(UnknownCustomer):
        await store.create("nobody", "Line", "", change)


async def test_pages_are_newest_first(store: SqlAuthoring, change: Change, line: Authored) -> None:
    second = await store.create(line.customer_id, "Second", "", change)
    assert [each.name for each in await store.page(line.customer_id, None, 5)] == ["Second", "Line"]
    (after,) = await store.page(line.customer_id, second.id, 5)
    assert after == line


async def test_a_draft_may_be_wrong_and_is_not_what_runs(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await store.save_draft(line, '{"ChannelBehaviorNodes": 1}', '{"0": [1, 2]}', change)
    await store.save_draft(line, '{"ChannelBehaviorNodes": 2}', None, change)
    line = await again(store, line)
    assert (line.drafted_us, line.version) == (change.at_us, 0)
    draft = await edited(store, line)
    assert (draft.behavior, draft.saved_by) == ('{"ChannelBehaviorNodes": 2}', "operator")
    with pytest.raises(InvalidBehavior):
        await prove(accounts, store, OFFLINE, line, await draft_edition(store, line, ""))
    await store.discard_draft(line, change)
    assert (await again(store, line)).drafted_us is None


async def test_a_draft_becomes_the_version_in_force(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await store.save_draft(line, HANGUP, '{"0": [1, 2]}', change)
    line = await again(store, line)
    edition = await draft_edition(store, line, "First")
    assert await release(accounts, store, change, line, edition) == 1
    line = await again(store, line)
    assert (line.version, line.drafted_us) == (1, None)
    version = await store.version(line, 1)
    assert (version.behavior, version.layout) == (HANGUP, '{"0": [1, 2]}')
    assert (version.note, version.published_by) == ("First", "operator")
    assert (await accounts.applications.find(line.customer_id, "Line")).version_id == version.id
    assert (await edited(store, line)).behavior == HANGUP


async def test_a_draft_that_was_saved_meanwhile_is_not_published(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await store.save_draft(line, HANGUP, None, change)
    line = await again(store, line)
    edition = await draft_edition(store, line, "")
    proof = await prove(accounts, store, OFFLINE, line, edition)
    await store.save_draft(line, REJECT, None, Change("user:anna", change.at_us + 1))
    with pytest.raises(StaleChange):
        await publish(store, change, line, edition, proof)


async def test_an_old_version_comes_back_as_a_new_one(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    for behavior in (HANGUP, REJECT):
        await release(accounts, store, change, line, Edition(behavior))
    await store.save_draft(line, REJECT, None, change)
    restored = await restored_edition(store, line, 1, "It was better")
    assert await release(accounts, store, change, line, restored) == 3
    line = await again(store, line)
    assert line.drafted_us == change.at_us, "somebody's draft stays"
    listed = await store.versions(line, None, 5)
    assert [(each.number, each.restored_from) for each in listed] == [(3, 1), (2, None), (1, None)]
    assert listed[0].behavior == HANGUP
    assert [each.number for each in await store.versions(line, 3, 1)] == [2]
    with pytest.raises(UnknownVersion):
        await store.version(line, 4)


async def test_what_is_expected_may_be_required(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await store.expect(line, ANSWERS, False, change)
    proof = await prove(accounts, store, OFFLINE, line, Edition(HANGUP))
    assert proof.trial is not None
    assert [outcome.holds for outcome in proof.trial.outcomes] == [False]
    await store.expect(line, ANSWERS, True, change)
    line = await again(store, line)
    with pytest.raises(ScenariosFailed) as caught:
        await prove(accounts, store, OFFLINE, line, Edition(HANGUP))
    assert caught.value.trial is not None
    await store.expect(line, HANGS_UP, True, change)
    assert (await prove(accounts, store, OFFLINE, line, Edition(HANGUP))).trial is not None
    await store.expect(line, " ", True, change)
    with pytest.raises(ScenariosFailed):
        await prove(accounts, store, OFFLINE, line, Edition(HANGUP))


async def test_a_file_that_cannot_be_fetched_is_a_warning(
    store: SqlAuthoring, accounts: Registry, line: Authored
) -> None:
    play = {"ActionType": "Play", "ChannelBehaviorAction": {"Url": "https://example.com/a.wav"}}
    edition = Edition(json.dumps({"ChannelBehaviorNodes": {"0": play}}))
    (warning,) = (await prove(accounts, store, OFFLINE, line, edition)).warnings
    assert str(warning) == (
        "node 0: ChannelBehaviorAction.Url: cannot be played just now: we are offline"
    )


async def test_a_voice_that_is_not_there_is_a_warning(
    store: SqlAuthoring, accounts: Registry, line: Authored
) -> None:
    said = {"Text": "Hello.", "VoiceId": "Bianca"}
    menu = {"ActionType": "Menu", "ChannelBehaviorAction": {"Intro": said, "Digits": {"1": {}}}}
    edition = Edition(json.dumps({"ChannelBehaviorNodes": {"0": menu}}))
    warnings = map(str, (await prove(accounts, store, OFFLINE, line, edition)).warnings)
    assert "node 0: ChannelBehaviorAction.Intro.VoiceId: no voice 'Bianca'" in warnings


async def test_an_application_in_use_is_not_deleted(
    database: Database, store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await release(accounts, store, change, line, Edition(HANGUP))
    await numbers.add(accounts, change, NUMBER)
    await numbers.buy(accounts, change, NUMBER, line.customer_id)
    await numbers.assign(accounts, change, NUMBER, None, "Line")
    assert (await again(store, line)).numbers == (NUMBER,)
    with pytest.raises(ApplicationInUse, match=r"\+442079460000"):
        await store.delete(line, change)
    await numbers.assign(accounts, change, NUMBER, None)
    await store.delete(line, change)
    with pytest.raises(UnknownApplication):
        await again(store, line)
    with pytest.raises(UnknownApplication):
        await accounts.applications.find(line.customer_id, "Line")
    assert await accounts.applications.of(line.customer_id) == []
    async with database.reading() as connection:
        kept = select(application_versions.c.behavior)
        assert (await connection.scalars(kept)).all() == [HANGUP], "calls refer to it"
    published = await applications.publish(accounts, change, line.customer_id, "Line", HANGUP)
    assert (published.application.version, published.application.id != line.id) == (1, True)


async def test_changes_are_in_the_audit_log(
    store: SqlAuthoring, accounts: Registry, change: Change, line: Authored
) -> None:
    await store.describe(line, "Front desk", "Renamed", change)
    line = await again(store, line)
    assert (line.name, line.description) == ("Front desk", "Renamed")
    await store.enable(line, False, change)
    assert (await again(store, line)).is_enabled is False
    entries = await accounts.audit.entries(line.customer_id)
    assert {entry.action for entry in entries} >= {
        "application.create",
        "application.change",
        "application.disable",
    }


async def test_a_draft_is_tried_without_becoming_a_version(
    store: SqlAuthoring, accounts: Registry, line: Authored, change: Change
) -> None:
    with pytest.raises(InvalidBehavior):
        await tried(accounts, store, line, change)
    await store.save_draft(line, HANGUP, None, change)
    line = await again(store, line)
    first = await tried(accounts, store, line, change)
    assert await tried(accounts, store, line, change) == first
    await store.save_draft(line, REJECT, None, change)
    assert await tried(accounts, store, line, change) != first
    assert await store.versions(line, None, 10) == []
    proof = await prove(accounts, store, OFFLINE, line, Edition(HANGUP))
    release = await publish(store, change, line, Edition(HANGUP), proof)
    assert release.version.number == 1
    assert release.version.id != first


async def test_without_a_draft_the_version_in_force_is_tried(
    store: SqlAuthoring, accounts: Registry, line: Authored, change: Change
) -> None:
    version = await store.publish(line, Edition(HANGUP), change)
    assert await tried(accounts, store, await again(store, line), change) == version.id
