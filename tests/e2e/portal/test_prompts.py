"""Prompts in the browser: uploaded, heard, renamed, found where they are played, deleted."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import House
from tests.e2e.portal.looks import LOOKS
from tests.e2e.telephones import noise

from dillo.caller import write_wav


@pytest.fixture
def welcome(tmp_path: Path) -> Path:
    path = tmp_path / "Welcome to Bianchi.wav"
    write_wav(path, noise(2.0, seed=11))
    return path


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.wav"
    path.write_text("no audio at all")
    return path


def test_a_prompt_comes_is_heard_renamed_and_goes(anna: Visitor, welcome: Path) -> None:
    page = anna.page
    anna.go("/voice/prompts")
    page.locator("input[type=file]").first.set_input_files(welcome)
    row = page.get_by_role("row").filter(has_text="Welcome to Bianchi")
    row.wait_for()
    expect(row).to_contain_text("0:02")
    expect(row).to_contain_text("No application")
    row.get_by_role("button", name="Play Welcome to Bianchi").click()
    row.get_by_role("button", name="Stop").wait_for()
    row.get_by_role("button", name="Actions of Welcome to Bianchi").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Greeting")
    page.get_by_role("dialog").get_by_role("button", name="Save changes").click()
    row = page.get_by_role("row").filter(has_text="Greeting")
    row.get_by_role("button", name="Actions of Greeting").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download").click()
    assert download.value.suggested_filename == "Greeting.wav"
    assert Path(download.value.path()).read_bytes() == welcome.read_bytes()
    row.get_by_role("button", name="Actions of Greeting").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_what_is_no_audio_is_refused_in_words(anna: Visitor, notes: Path) -> None:
    page = anna.page
    anna.go("/voice/prompts")
    page.locator("input[type=file]").first.set_input_files(notes)
    page.get_by_role("alert").get_by_text("Neither WAV, MP3, OGG nor FLAC").wait_for()
    anna.complaints.clear()  # the refusal, which the browser writes down


def test_who_plays_it_is_told_and_keeps_it(anna: Visitor, welcome: Path) -> None:
    page = anna.page
    anna.go("/voice/prompts")
    page.locator("input[type=file]").first.set_input_files(welcome)
    page.get_by_role("row").filter(has_text="Welcome to Bianchi").wait_for()
    (prompt,) = anna.ask("GET", "/prompts")["items"]
    play = {
        "ActionType": "Play",
        "ChannelBehaviorAction": {"PromptId": prompt["prompt_id"]},
    }
    made = anna.ask("POST", "/applications", {"name": "Greeter"})
    body = {"behavior": {"ChannelBehaviorNodes": {"0": play}}}
    anna.ask("POST", f"/applications/{made['id']}/versions", body)
    anna.go("/voice/prompts")
    row = page.get_by_role("row").filter(has_text="Welcome to Bianchi")
    row.get_by_role("button", name="Actions of Welcome to Bianchi").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("is played by Greeter").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    row.get_by_role("link", name="Greeter").click()
    expect(page).to_have_url(re.compile(f"/voice/applications/{made['id']}"))


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(browser: Browser, portal_node: Node, house: House, look: str) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    visitor.context.add_cookies(house.cookies)
    visitor.go("/voice/prompts")
    visitor.is_right("prompts", look)
    visitor.leave()
