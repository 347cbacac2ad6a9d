"""Test calls: those that the gateway for browsers places."""

from typing import Final

TEST_SECRET: Final = "DILLO_TEST_SECRET"  # noqa: S105 - the name of a variable
"""The variable in which the supervisor tells its processes how test calls are marked."""
