"""How an INVITE says that it is a test call, and which draft it tries."""

import pytest

from dillo.model.browser import Mark

CALL, VERSION = "01a207d7-7fd0-70d8-b0bd-588b18201acf", "01a207d7-7fd0-70d8-b0bd-588b18201ad0"


@pytest.mark.parametrize("mark", [Mark(CALL), Mark(CALL, VERSION)])
def test_there_and_back(mark: Mark) -> None:
    assert Mark.parse(mark.write("secret"), "secret") == mark


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"guess {CALL}", "secret"),
        (f" {CALL}", ""),
        ("secret", "secret"),
        ("secret not-an-id", "secret"),
        (f"secret {CALL} not-an-id", "secret"),
        (f"secret {CALL} {VERSION} {VERSION}", "secret"),
        ("", "secret"),
    ],
)
def test_what_is_not_ours_marks_nothing(text: str, secret: str) -> None:
    assert Mark.parse(text, secret) is None
