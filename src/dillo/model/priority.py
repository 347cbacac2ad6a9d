"""How much of a busy core a process gets beside the others of its machine."""

import os
import threading
from contextlib import suppress
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def set_thread_niceness(niceness: int) -> None:
    """Set the niceness of this thread alone, as far as permitted."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def set_niceness(niceness: int) -> None:
    """Set the niceness of this thread and of its session, -20 to 19, as far as permitted.

    Each of the platform's processes leads a session. Where the kernel groups threads by session
    (sched_autogroup, sched(7)), niceness counts only within one, and it is the session's own that
    counts between them.
    """
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    with suppress(OSError):
        _AUTOGROUP.write_text(str(niceness))
