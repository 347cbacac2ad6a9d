"""How every page is looked at: in both themes, and on a telephone in the other language."""

from typing import Any

from tests.e2e.portal.browser import PHONE

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"size": PHONE, "locale": "it-IT"},
}
