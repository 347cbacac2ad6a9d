"""Users and invitations: who joins, what they may do, and that somebody always looks after it."""

from typing import TYPE_CHECKING, Any

from tests.contract.management.mailbox import mails_to, token_to

from dillo.accounts.roles import Role

if TYPE_CHECKING:
    import httpx
    from tests.contract.management.conftest import Platform

USERS, INVITATIONS = "/api/v1/users", "/api/v1/invitations"
JOINING = {"name": "Carla", "password": "correct horse"}


async def by_role(client: "httpx.AsyncClient") -> dict[str, dict[str, Any]]:
    items = (await client.get(USERS)).json()["items"]
    return {user["role"]: user for user in items}


async def test_who_is_invited_joins_with_the_role_meant(platform: "Platform") -> None:
    entry = {"email": "Carla@example.com", "role": "developer"}
    async with platform.client("alice") as alice, platform.client() as carla:
        invited = await alice.post(INVITATIONS, json=entry)
        joining = JOINING | {"token": await token_to(platform, "carla@example.com")}
        joined = await carla.post(f"{INVITATIONS}/accept", json=joining)
        twice = await carla.post(f"{INVITATIONS}/accept", json=joining)
        shown = (await alice.get(f"{INVITATIONS}/{invited.json()['id']}")).json()
        listed = (await alice.get(USERS)).json()["items"]
        credentials = {"email": "carla@example.com", "password": JOINING["password"]}
        signed_in = await carla.post("/api/v1/sessions", json=credentials)
    assert (invited.status_code, invited.json()["status"]) == (201, "open")
    assert (joined.status_code, twice.status_code) == (201, 404)
    assert shown["status"] == "accepted"
    assert (listed[0]["email"], listed[0]["role"]) == ("carla@example.com", "developer")
    assert signed_in.status_code == 201


async def test_an_invitation_can_be_withdrawn(platform: "Platform") -> None:
    entry = {"email": "carla@example.com", "role": "viewer"}
    async with platform.client("alice") as alice, platform.client() as carla:
        path = f"{INVITATIONS}/{(await alice.post(INVITATIONS, json=entry)).json()['id']}"
        assert (await alice.delete(path)).status_code == 204
        assert (await alice.delete(path)).status_code == 404
        joining = JOINING | {"token": await token_to(platform, "carla@example.com")}
        assert (await carla.post(f"{INVITATIONS}/accept", json=joining)).status_code == 404
        assert (await alice.get(path)).json()["status"] == "revoked"


async def test_who_has_an_account_cannot_have_a_second(platform: "Platform") -> None:
    email = "owner@bob.example.com"
    async with platform.client("alice") as alice, platform.client() as bob:
        known = await alice.post(INVITATIONS, json={"email": email, "role": "viewer"})
        joining = JOINING | {"token": await token_to(platform, email)}
        refused = await bob.post(f"{INVITATIONS}/accept", json=joining)
    assert known.status_code == 201, "an inviter does not learn who has an account"
    assert refused.json()["type"][18:] == "email-taken"
    ((subject, text),) = await mails_to(platform, email)
    assert subject == "You are invited to Dillo"
    assert "owner@alice.example.com invites you to alice as viewer" in text


async def test_roles_change_and_one_owner_remains(platform: "Platform") -> None:
    async with platform.client("alice") as alice:
        users = await by_role(alice)
        developer, owner = (f"{USERS}/{users[role]['id']}" for role in ("developer", "owner"))
        alone = await alice.patch(owner, json={"role": "viewer"})
        gone = await alice.delete(owner)
        raised = await alice.patch(developer, json={"role": "owner"})
        impossible = await alice.patch(developer, json={"role": "operator"})
        lowered = await alice.patch(owner, json={"role": "viewer"})
        powerless = await alice.delete(developer)
    async with platform.client("alice", Role.DEVELOPER) as new_owner:
        removed = await new_owner.delete(owner)
    async with platform.client("alice") as alice:
        assert (await alice.get("/api/v1/me")).status_code == 401
    assert alone.json()["type"][18:] == gone.json()["type"][18:] == "last-owner"
    assert raised.json()["role"] == "owner"
    assert impossible.status_code == 400
    assert lowered.status_code == 200
    assert powerless.status_code == 403
    assert removed.status_code == 204


async def test_operators_are_the_users_of_nobody(platform: "Platform") -> None:
    async with platform.client("operator", Role.OPERATOR) as operator:
        (only,) = (await operator.get(USERS)).json()["items"]
        alone = await operator.delete(f"{USERS}/{only['id']}")
        entry = {"email": "carla@example.com", "role": "operator"}
        invited = await operator.post(INVITATIONS, json=entry)
        wrong = await operator.post(INVITATIONS, json=entry | {"role": "owner"})
        code = {"CustomerCode": platform.customers["alice"]}
        theirs = (await operator.get(USERS, headers=code)).json()["items"]
    assert only["role"] == "operator"
    assert alone.status_code == 409
    assert invited.status_code == 201
    assert wrong.status_code == 400
    assert len(theirs) == 3
