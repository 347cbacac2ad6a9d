"""Who may do what, written down a second time: a role declared too low is not noticed elsewhere."""

import json
from collections.abc import Iterator
from pathlib import Path

OPENAPI = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"

ANYBODY, MYSELF = "anybody", "myself"

READING_AND_CHANGING = {
    "application-templates": ("viewer", None),
    "applications": ("viewer", "developer"),
    "audit-log": ("viewer", None),
    "available-numbers": ("viewer", None),
    "behavior-schema": ("viewer", None),
    "billing": ("viewer", "operator"),
    "browser-calls": (None, "developer"),
    "calls": ("viewer", "developer"),
    "customer": ("viewer", "owner"),
    "customers": ("operator", "operator"),
    "exports": ("viewer", "viewer"),
    "ice-servers": ("viewer", None),
    "inventory": ("operator", "operator"),
    "invitations": ("owner", "owner"),
    "keys": ("viewer", "developer"),
    "me": (MYSELF, MYSELF),
    "numbers": ("viewer", "owner"),
    "password-resets": (None, ANYBODY),
    "prompts": ("viewer", "developer"),
    "recordings": ("viewer", "developer"),
    "sessions": (MYSELF, MYSELF),
    "sign-up": (None, ANYBODY),
    "tariffs": ("operator", "operator"),
    "transcriptions": ("viewer", None),
    "trunks": ("operator", "operator"),
    "users": ("viewer", "owner"),
    "voices": ("viewer", None),
    "webhook-addresses": ("viewer", "developer"),
    "webhook-deliveries": ("viewer", "developer"),
    "webhook-secret": ("developer", "developer"),
}
EXCEPTIONS = {
    # What changes nothing, although it is no GET.
    "post applications/check": "viewer",
    "post applications/{application_id}/test": "viewer",
    "post prompts/preview": "viewer",
    # An alert is the customer's own affair, and the books are the operator's.
    "put billing/alert": "owner",
    "delete billing/alert": "owner",
    "get billing/check": "operator",
    # What costs no money.
    "patch numbers/{number}": "developer",
    # What people do before they are somebody.
    "post invitations/accept": ANYBODY,
    "post sessions": ANYBODY,
}


def declared() -> Iterator[tuple[str, str]]:
    for path, operations in json.loads(OPENAPI.read_text())["paths"].items():
        address = path.removeprefix("/api/v1/")
        for method, operation in operations.items():
            if address != path:
                nobody = ANYBODY if operation.get("security") == [] else MYSELF
                yield f"{method} {address}", operation.get("x-role", nobody)


def expected(operation: str) -> str | None:
    method, address = operation.split(" ")
    reading, changing = READING_AND_CHANGING[address.split("/")[0]]
    return EXCEPTIONS.get(operation, reading if method == "get" else changing)


def test_every_operation_is_for_the_role_that_was_meant() -> None:
    operations = dict(declared())
    assert len(operations) > 80
    assert operations == {operation: expected(operation) for operation in operations}
    assert EXCEPTIONS.keys() <= operations.keys()
