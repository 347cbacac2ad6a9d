"""Accounts on a whole platform: sign-up with a real mail server, or with the log."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from tests.e2e.node import Node

ENTRY = {
    "email": "anna@example.com",
    "password": "correct horse",
    "name": "Anna",
    "company": "Bianchi Srl",
}
PATIENCE_S = 60


class Inbox(MessageHandler):
    """Keeps what arrives; says that it is busy to the first of them."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.refused = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        if self.refused == 0:
            self.refused += 1
            return "451 busy, try again later"
        return str(await super().handle_DATA(server, session, envelope))

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, "127.0.0.1", port)
    controller.start()
    yield handler, port
    controller.stop()


def run_node(home: Path, **settings: str) -> Node:
    node = Node(home, settings=settings)
    node.start()
    return node


def token_in(text: str) -> str:
    found = re.search(r"#token=([\w-]+)", text)
    assert found is not None, text
    return found[1]


def wait_for_line(log: Path, words: str) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for line in log.read_text().splitlines():
            if words in line:
                return line
        time.sleep(0.1)
    raise AssertionError(f"{words!r} is not in the log")


def test_an_account_by_e_mail_from_sign_up_to_statistics(
    tmp_path: Path, inbox: tuple[Inbox, int]
) -> None:
    handler, port = inbox
    node = run_node(tmp_path, DILLO_SMTP_URL=f"smtp://127.0.0.1:{port}")
    try:
        with httpx.Client(base_url=node.http, trust_env=False) as anna:
            assert anna.post("/api/v1/sign-up", json=ENTRY).status_code == 202
            deadline = time.monotonic() + PATIENCE_S
            while not handler.mails and time.monotonic() < deadline:
                time.sleep(0.1)
            (mail,) = handler.mails
            assert handler.refused == 1, "it was tried again"
            assert mail["To"] == "anna@example.com"
            payload = mail.get_payload(decode=True)
            assert isinstance(payload, bytes)
            text = payload.decode()
            assert f"{node.http}/verify-email#token=" in text
            token = token_in(text)
            assert anna.post("/api/v1/sign-up/verify", json={"token": token}).status_code == 200
            credentials = {name: ENTRY[name] for name in ("email", "password")}
            signed_in = anna.post("/api/v1/sessions", json=credentials)
            assert signed_in.status_code == 201
            assert "dillo_session" in anna.cookies
            csrf = {"X-CSRF-Token": signed_in.json()["csrf_token"]}
            key = anna.post("/api/v1/keys", json={"name": "server"}, headers=csrf).json()
            code = anna.get("/api/v1/me").json()["customer"]["id"]
            contract = {"CustomerCode": code, "ApiKey": key["api_key"]}
            path = "/api/inbound/voice/442079460000/2026-11-01/2026-11-30"
            with_key = httpx.get(f"{node.http}{path}", headers=contract, trust_env=False)
            assert with_key.json()["type"].endswith("number-not-found")
    finally:
        node.stop()
    assert ENTRY["password"] not in (tmp_path / "log").read_text()


def test_the_first_operator_and_links_in_the_log(tmp_path: Path) -> None:
    node = run_node(tmp_path)
    try:
        command = [sys.executable, "-m", "dillo", "operator", "create", "eve@example.com"]
        printed = subprocess.check_output(
            [*command, "--home", str(tmp_path), "--json"], text=True, env=os.environ
        )
        link = json.loads(printed)["Link"]
        assert link.startswith(f"{node.http}/accept-invitation#token=")
        line = json.loads(wait_for_line(tmp_path / "log", "You are invited to Dillo"))
        assert (line["to"], token_in(line["text"])) == ("eve@example.com", token_in(link))
        with httpx.Client(base_url=node.http, trust_env=False) as eve:
            joining = {"token": token_in(link), "name": "Eve", "password": "correct horse"}
            assert eve.post("/api/v1/invitations/accept", json=joining).status_code == 201
            credentials = {"email": "eve@example.com", "password": joining["password"]}
            signed_in = eve.post("/api/v1/sessions", json=credentials).json()
            csrf = {"X-CSRF-Token": signed_in["csrf_token"]}
            opened = eve.post("/api/v1/customers", json={"name": "Acme"}, headers=csrf)
            assert opened.status_code == 201
            assert len(eve.get("/api/v1/customers").json()["items"]) == 1
    finally:
        node.stop()
