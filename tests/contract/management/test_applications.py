"""Phone applications over HTTP: drafts, publishing, rolling back, comparing, trying."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema_rs

from dillo.accounts.roles import Role

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

APPLICATIONS = "/api/v1/applications"
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
HELLO = {
    "ChannelBehaviorNodes": {
        "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}
    }
}
REJECT = {"ChannelBehaviorNodes": {"0": {"ActionType": "Reject"}}}
WRONG = {"ChannelBehaviorNodes": {"0": {"ActionType": "Say", "NextNode": 7}}}
SAYS_HELLO = """
Scenario: Hello
at | in | out
0 | Started | Answer, Say Hello.
2 | Prompt finished | Hang up FlowEnded
"""


async def make(client: httpx.AsyncClient, **entry: Any) -> dict[str, Any]:
    response = await client.post(APPLICATIONS, json={"name": "Line"} | entry)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def address(application: dict[str, Any], *parts: object) -> str:
    return "/".join([APPLICATIONS, application["id"], *map(str, parts)])


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    return found


async def test_a_draft_is_saved_however_wrong_and_published_when_right(
    platform: "Platform",
) -> None:
    async with platform.client("alice", Role.DEVELOPER) as alice:
        line = await make(alice)
        assert (line["version"], line["has_draft"]) == (0, False)
        saved = await alice.put(address(line, "draft"), json={"behavior": WRONG})
        draft = saved.json()
        assert (draft["behavior"], draft["is_publishable"]) == (WRONG, False)
        assert [(each["node"], each["field"]) for each in draft["problems"]] == [
            ("0", "NextNode"),
            ("0", "ChannelBehaviorAction.Text"),
        ]
        refused = problem(await alice.post(address(line, "versions"), json={}), 422)
        assert refused["type"] == "urn:dillo:problem:invalid-behavior"
        assert refused["problems"] == draft["problems"]
        layout = {"0": {"x": 40, "y": 80}}
        entry = {"behavior": HELLO, "layout": layout}
        await alice.put(address(line, "draft"), json=entry)
        published = await alice.post(address(line, "versions"), json={"note": "First"})
        assert published.status_code == 201
        assert published.json()["version"]["number"] == 1
        version = (await alice.get(address(line, "versions", 1))).json()
        assert (version["behavior"], version["layout"], version["note"]) == (HELLO, layout, "First")
        now = (await alice.get(address(line))).json()
        assert (now["version"], now["has_draft"]) == (1, False)
        again = problem(await alice.post(address(line, "versions"), json={}), 409)
        assert again["type"] == "urn:dillo:problem:nothing-to-publish"


async def test_two_who_edit_lose_nothing(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line = await make(alice, behavior=HELLO)
        seen = (await alice.get(address(line, "draft"))).headers["ETag"]
        mine = {"If-Match": seen}
        first = await alice.put(address(line, "draft"), json={"behavior": REJECT}, headers=mine)
        assert first.status_code == 200
        second = await alice.put(address(line, "draft"), json={"behavior": WRONG}, headers=mine)
        problem(second, 412)
        current = await alice.get(address(line, "draft"))
        assert current.json()["behavior"] == REJECT
        assert current.headers["ETag"] == first.headers["ETag"]
        known = {"If-None-Match": first.headers["ETag"]}
        assert (await alice.get(address(line, "draft"), headers=known)).status_code == 304


async def test_a_publication_sent_twice_is_one(platform: "Platform") -> None:
    once = {"Idempotency-Key": "release-1"}
    async with platform.client("alice") as alice:
        line = await make(alice, behavior=HELLO)
        first = await alice.post(address(line, "versions"), json={}, headers=once)
        again = await alice.post(address(line, "versions"), json={}, headers=once)
        other = await alice.post(address(line, "versions"), json={"note": "x"}, headers=once)
        listed = (await alice.get(address(line, "versions"))).json()["items"]
    assert (first.status_code, again.json()) == (201, first.json())
    assert problem(other, 422)["type"] == "urn:dillo:problem:idempotency-key-reused"
    assert [each["number"] for each in listed] == [1]


async def test_an_old_version_comes_back(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line = await make(alice)
        for behavior in (HELLO, REJECT):
            await alice.post(address(line, "versions"), json={"behavior": behavior})
        restored = await alice.post(address(line, "versions", 1, "restore"), json={"note": "Oops"})
        assert restored.json()["version"]["restored_from"] == 1
        page = (await alice.get(address(line, "versions"), params={"limit": 2})).json()
        assert [each["number"] for each in page["items"]] == [3, 2]
        rest = {"limit": 2, "cursor": page["next_cursor"]}
        following = (await alice.get(address(line, "versions"), params=rest)).json()
        assert [each["number"] for each in following["items"]] == [1]
        assert following["next_cursor"] is None
        unknown = await alice.post(address(line, "versions", 9, "restore"), json={})
        assert problem(unknown, 404)["type"] == "urn:dillo:problem:version-not-found"


async def test_versions_are_compared(platform: "Platform") -> None:
    goodbye = json.loads(json.dumps(HELLO).replace("Hello", "Goodbye"))
    goodbye["ChannelBehaviorNodes"]["1"] = {"ActionType": "Hangup"}
    async with platform.client("alice") as alice:
        line = await make(alice)
        await alice.post(address(line, "versions"), json={"behavior": HELLO})
        await alice.put(address(line, "draft"), json={"behavior": goodbye})
        found = (await alice.get(address(line, "difference"), params={"before": 1})).json()
        same = (
            await alice.get(address(line, "difference"), params={"before": 1, "after": 1})
        ).json()
    assert found == {
        "added_nodes": ["1"],
        "removed_nodes": [],
        "changes": [
            {
                "kind": "changed",
                "node": "0",
                "field": "ChannelBehaviorAction.Text",
                "before": "Hello.",
                "after": "Goodbye.",
            }
        ],
    }
    assert same == {"added_nodes": [], "removed_nodes": [], "changes": []}


async def test_scenarios_are_tried_and_may_be_required(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line = await make(alice, behavior=HELLO)
        entry = {"text": SAYS_HELLO, "required": True}
        assert (await alice.put(address(line, "scenarios"), json=entry)).json() == entry
        trial = (await alice.post(address(line, "test"), json={})).json()
        assert trial["holds"]
        (scenario,) = trial["scenarios"]
        assert scenario["rows"][0] == {
            "at_s": 0.0,
            "happening": "Started",
            "outcome": "Answer, Say Hello.",
        }
        (visit,) = scenario["path"]
        assert (visit["node"], visit["branch"], visit["left_s"]) == ("0", "done", 2.0)
        taken = [{"node": "0", "name": "done", "next_node": None}]
        assert trial["coverage"] == {"taken": taken, "missed": []}
        entry = {"behavior": REJECT}
        assert not (await alice.post(address(line, "test"), json=entry)).json()["holds"]
        refused = problem(await alice.post(address(line, "versions"), json=entry), 422)
        assert refused["type"] == "urn:dillo:problem:scenarios-failed"
        assert [each["name"] for each in refused["scenarios"]] == ["Hello"]
        published = (await alice.post(address(line, "versions"), json={})).json()
        assert published["trial"]["holds"]
        wrong = await alice.put(address(line, "scenarios"), json={"text": "Scenario:"})
        assert problem(wrong, 422)["type"] == "urn:dillo:problem:invalid-scenarios"


async def test_a_behavior_is_checked_without_saving(platform: "Platform") -> None:
    async with platform.client("alice", Role.VIEWER) as alice:
        wrong = (await alice.post(f"{APPLICATIONS}/check", json={"behavior": WRONG})).json()
        opening_hours = json.loads((EXAMPLES / "opening-hours.json").read_text())
        right = (await alice.post(f"{APPLICATIONS}/check", json={"behavior": opening_hours})).json()
    assert (wrong["is_publishable"], wrong["longest_path"]) == (False, None)
    longest = right["longest_path"]
    assert (longest["nodes"], longest["is_unbounded"]) == (["0", "2", "3", "5"], True)
    assert 80 < longest["seconds"] < 90


async def test_an_application_is_renamed_disabled_and_deleted(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line, other = await make(alice), await make(alice, name="Other")
        problem(await alice.post(APPLICATIONS, json={"name": "Line"}), 409)
        problem(await alice.patch(address(other), json={"name": "Line"}), 409)
        change = {"name": "Front desk", "is_enabled": False}
        changed = (await alice.patch(address(line), json=change)).json()
        assert (changed["name"], changed["is_enabled"]) == ("Front desk", False)
        stale = await alice.patch(address(line), json=change, headers={"If-Match": '"old"'})
        problem(stale, 412)
        assert (await alice.delete(address(line))).status_code == 204
        problem(await alice.get(address(line)), 404)
        listed = (await alice.get(APPLICATIONS)).json()["items"]
        assert [each["name"] for each in listed] == ["Other"]


async def test_templates_begin_an_application(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        listed = (await alice.get("/api/v1/application-templates")).json()["items"]
        for template in listed:
            line = await make(alice, name=template["title"], template=template["name"])
            published = await alice.post(address(line, "versions"), json={})
            assert published.status_code == 201, template["name"]
            assert published.json()["trial"]["holds"]
        problem(await alice.post(APPLICATIONS, json={"name": "x", "template": "y"}), 404)


async def test_an_application_moves_to_another_account(platform: "Platform") -> None:
    async with platform.client("alice") as alice, platform.client("bob") as bob:
        line = await make(alice, template="menu", description="Main line")
        document = (await alice.get(address(line, "export"))).json()
        imported = await bob.post(f"{APPLICATIONS}/import", json={"document": document})
        assert imported.status_code == 201, imported.text
        copy = (await bob.get(address(imported.json(), "export"))).json()
        assert copy == document
        problem(await bob.get(address(line)), 404)


async def test_the_schema_is_one_and_fits_the_templates(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        schema = (await alice.get("/api/v1/behavior-schema")).json()
        templates = (await alice.get("/api/v1/application-templates")).json()["items"]
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert all(validator.is_valid(each["behavior"]) for each in templates)
    assert (
        schema["$defs"]["Menu"]["properties"]["ChannelBehaviorAction"]["properties"]["Timeout"][
            "x-unit"
        ]
        == "s"
    )


async def test_viewers_change_nothing(platform: "Platform") -> None:
    async with platform.client("alice") as owner, platform.client("alice", Role.VIEWER) as viewer:
        line = await make(owner, behavior=HELLO)
        problem(await viewer.post(APPLICATIONS, json={"name": "x"}), 403)
        problem(await viewer.put(address(line, "draft"), json={"behavior": HELLO}), 403)
        problem(await viewer.post(address(line, "versions"), json={}), 403)
        assert (await viewer.get(address(line, "draft"))).status_code == 200


async def test_text_that_cannot_be_stored_is_refused(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line = await make(alice)
        for body in (
            '{"behavior": {"a": "\\ud800"}}',
            '{"behavior": {"a": NaN}}',
            '{"behavior": {"a": ' + "[" * 20_000 + "]" * 20_000 + "}}",
        ):
            headers = {"Content-Type": "application/json"}
            answer = await alice.put(address(line, "draft"), content=body, headers=headers)
            problem(answer, 400)


async def test_publications_at_once_make_one_version_each(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        line = await make(alice)
        entry = {"behavior": HELLO}
        answers = await asyncio.gather(
            *(alice.post(address(line, "versions"), json=entry) for _ in range(4))
        )
    assert sorted(each.json()["version"]["number"] for each in answers) == [1, 2, 3, 4]
