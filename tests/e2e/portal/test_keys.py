"""API keys in the browser: shown once, and good for what they are shown with."""

import shlex
import subprocess

from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import NUMBER

_SHOWN_MS = 5_000


def test_a_key_is_shown_once_with_a_command_that_works(anna: Visitor) -> None:
    page = anna.page
    anna.go("/developers/keys")
    page.get_by_role("button", name="New API key").first.click()
    page.get_by_label("Name").fill("Statistics")
    page.get_by_role("button", name="Create").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("shown this once").wait_for(timeout=_SHOWN_MS)
    key, curl = dialog.locator("pre").all_inner_texts()
    assert key in curl
    command = shlex.split(curl.replace("NUMBER", NUMBER.removeprefix("+")).replace("\\\n", ""))
    answer = subprocess.run([*command, "-s"], capture_output=True, text=True, check=True)
    assert '"CallDuration"' in answer.stdout, answer.stdout
    dialog.get_by_role("button", name="I have kept it").click()
    page.get_by_role("cell", name="Statistics", exact=True).wait_for()
    assert key not in page.content()


def test_a_revoked_key_is_refused(anna: Visitor) -> None:
    page = anna.page
    anna.go("/developers/keys")
    page.get_by_role("button", name="New API key").first.click()
    page.get_by_label("Name").fill("Short-lived")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("button", name="Actions of Short-lived").click()
    page.get_by_role("menuitem", name="Revoke").click()
    page.get_by_role("dialog").get_by_text("Revoke “Short-lived”?").wait_for()
    page.get_by_role("button", name="Revoke", exact=True).click()
    row = page.get_by_role("row").filter(has_text="Short-lived")
    row.get_by_text("Revoked").wait_for()
