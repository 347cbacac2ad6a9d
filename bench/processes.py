"""What the processes of a platform have used, read from /proc."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessTimes:
    """CPU microseconds by kind of process: `signal`, `media`, `web`, `jobs`, `prompts`, `up`."""

    by_kind_us: Counter[str]

    @classmethod
    def of(cls, supervisor: int) -> "ProcessTimes":
        """Read a running platform."""
        spent: Counter[str] = Counter()
        for pid in descendants(supervisor):
            spent[_kind(pid)] += cpu_us(pid)
        return cls(spent)

    def per_call_ms(self, before: "ProcessTimes", calls: int) -> dict[str, float]:
        """Return what each kind has used since, for one of so many calls."""
        used = {
            kind: (spent - before.by_kind_us[kind]) / 1000 / calls
            for kind, spent in self.by_kind_us.items()
        }
        rounded = {kind: round(spent, 3) for kind, spent in sorted(used.items())}
        return {**rounded, "all": round(sum(used.values()), 3)}


def descendants(root: int) -> list[int]:
    """Return a process and all below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue  # ended meanwhile
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_kb(pids: list[int]) -> int:
    """Return the memory of some processes, what they share counted once (PSS)."""
    total = 0
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
    return total


def cpu_us(pid: int) -> int:
    """Return what all threads of a process have used, from its CPU clock (clock_getcpuclockid(3)).

    The times in /proc/PID/stat are sampled at the kernel's tick, and wrong for a process that wakes
    by timers: it tends to run just when the tick looks.
    """
    return time.clock_gettime_ns(~pid << 3 | 2) // 1000


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on, which follow the name in brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _kind(pid: int) -> str:
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    module = arguments[2].decode() if len(arguments) > 2 else ""
    kinds = {"dillo.media.worker": "media", "dillo.prompt_worker": "prompts", "dillo": "up"}
    return kinds.get(module, module.removeprefix("dillo.app."))
