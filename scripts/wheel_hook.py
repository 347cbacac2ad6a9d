"""Builds the portal before it goes into the wheel."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PortalHook(BuildHookInterface[Any]):
    """Runs `scripts/portal build`, except where the package is only linked to its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are gathered. Raises CalledProcessError where that fails."""
        if version != "editable":
            script = Path(self.root, "scripts", "portal")
            subprocess.run([sys.executable, script, "build"], check=True)  # noqa: S603 - our own script
