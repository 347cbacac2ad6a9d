"""The verifying code that the guide gives to customers."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dillo.hooks.signature import signature

DOCS = Path(__file__).parents[3] / "docs"
RECEIVER = DOCS / "examples" / "webhook_receiver.py"
GUIDE = (DOCS / "how-to" / "webhooks.md").read_text("utf-8")
SECRET, BODY, AT_S = "whsec_test", b'{"CallId":"c"}', 1_795_000_000

_spec = importlib.util.spec_from_file_location("webhook_receiver", RECEIVER)
assert _spec is not None
assert _spec.loader is not None
receiver = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(receiver)


def test_what_was_sent_is_genuine() -> None:
    header = signature(SECRET, BODY, AT_S)
    assert receiver.is_genuine(SECRET, header, BODY, AT_S + 299)
    assert receiver.is_genuine(SECRET, f"{header},v1=00,v2=future", BODY, AT_S - 10)


@pytest.mark.parametrize(
    ("header", "body", "later_s"),
    [
        (signature(SECRET, BODY, AT_S), BODY + b" ", 0),
        (signature("whsec_other", BODY, AT_S), BODY, 0),
        (signature(SECRET, BODY, AT_S), BODY, 301),
        (signature(SECRET, BODY, AT_S).replace("t=1", "t=2"), BODY, 0),
        ("", BODY, 0),
        ("t=x,v1=00", BODY, 0),
        (f"t={AT_S}", BODY, 0),
        (f"t={AT_S},v1=\u00e4", BODY, 0),
    ],
)
def test_anything_else_is_not(header: str, body: bytes, later_s: int) -> None:
    assert not receiver.is_genuine(SECRET, header, body, AT_S + later_s)


def test_the_guide_shows_the_code_that_is_tested() -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    code = RECEIVER.read_text("utf-8")
    without_docstring = re.sub(r'    """Tell whether.*?"""\n', "", code, flags=re.DOTALL)
    assert shown in without_docstring


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_line_for_openssl_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(BODY)
    (line,) = re.findall(r"```sh\n(\{ printf.*?)\n```", GUIDE)
    given = {"T": str(AT_S), "WEBHOOK_SECRET": SECRET, "PATH": "/usr/bin:/bin"}
    printed = subprocess.check_output(["sh", "-c", line], cwd=tmp_path, env=given, text=True)
    assert signature(SECRET, BODY, AT_S).endswith(f"v1={printed.split()[0]}")
