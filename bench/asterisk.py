"""Measure the whole calls of `bench.calls` on Asterisk and on Dillo, one after the other; JSON.

Both have one core, the load the other. Asterisk is the one that is installed, or the one of a
Debian in a folder, made by `debootstrap sid DIR` and `chroot DIR apt-get install asterisk`. Where
the machine's name does not resolve there, Asterisk waits for DNS at each call: see `etc/hosts`.

    python -m bench.asterisk --root DIR --asterisk-concurrent 300 --concurrent 700
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.calls import (
    FIRST_PROMPT_S,
    LAST_PROMPT_S,
    LOAD_CORE,
    PLATFORM_CORE,
    RECORDING_S,
    finish,
    measure_calls,
    measure_load,
    place_load,
    platform,
    sound_like_speech,
)
from bench.processes import cpu_us, memory_kb

from dillo.rtp.g711 import Law
from dillo.rtp.pcm import encode

PORT = 25060
TARGET, NUMBER = f"127.0.0.1:{PORT}", "+442079460000"
START_S = 6
MODULES = "/usr/lib/x86_64-linux-gnu/asterisk/modules"
FILES = {
    "asterisk.conf": """
[directories]
astetcdir => {home}
astmoddir => {modules}
astvarlibdir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
astdbdir => {home}
astkeydir => {home}
astspooldir => {home}
astrundir => {home}
astlogdir => {home}
""",
    "modules.conf": """
[modules]
autoload=yes
noload => chan_iax2.so
noload => cdr_csv.so
noload => pbx_lua.so
""",
    "logger.conf": "[logfiles]\nmessages => error\n",
    "pjsip.conf": """
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[load]
type=endpoint
context=bench
disallow=all
allow=ulaw
dtmf_mode=rfc4733
direct_media=no
timers=no
[load-address]
type=identify
endpoint=load
match=127.0.0.1
""",
    "rtp.conf": "[general]\nrtpstart=20000\nrtpend=39998\nstrictrtp=no\nicesupport=no\n",
    "extensions.conf": """
[bench]
exten => _[+0-9].,1,Answer()
 same => n,Read(KEY,{home}/first,1,,1,5)
 same => n,Record({home}/${{UNIQUEID}}.ulaw,0,{recording_s},qn)
 same => n,Playback({home}/last)
 same => n,Hangup()
""",
}


def main() -> None:
    """Measure both and print how much less a call costs here."""
    parser = argparse.ArgumentParser(description="Measure whole calls beside Asterisk.")
    parser.add_argument("--root", type=Path, default=Path("/"), help="a Debian with Asterisk")
    parser.add_argument("--asterisk-concurrent", type=int, default=300, help="calls at once there")
    parser.add_argument("--concurrent", type=int, default=700, help="calls at once on Dillo")
    options = parser.parse_args()
    with asterisk(options.root) as (pid, home):
        theirs = measure_asterisk(pid, options.asterisk_concurrent)
        theirs["recordings"] = len(list(home.glob("*.ulaw"))) - 2
    with platform(media_workers=1) as node:
        ours = measure_calls(node, options.concurrent, 3 * options.concurrent)
    share = ours["cpu_ms_per_call"]["all"] / theirs["cpu_ms_per_call"]
    print(json.dumps({"asterisk": theirs, "dillo": ours, "cpu_share": round(share, 3)}, indent=2))


@contextmanager
def asterisk(root: Path) -> Iterator[tuple[int, Path]]:
    """Run Asterisk on the platform's core; yield its process and its folder."""
    with tempfile.TemporaryDirectory(prefix="asterisk-", dir=root / "tmp") as folder:
        home = Path(folder)
        inside = f"/{home.relative_to(root)}"
        for name, text in FILES.items():
            filled = text.format(home=inside, modules=MODULES, port=PORT, recording_s=RECORDING_S)
            (home / name).write_text(filled)
        for name, seconds in (("first", FIRST_PROMPT_S), ("last", LAST_PROMPT_S)):
            (home / f"{name}.ulaw").write_bytes(encode(sound_like_speech(seconds), Law.ULAW))
        command = ["chroot", str(root)] if root != Path("/") else []
        command += ["asterisk", "-f", "-C", f"{inside}/asterisk.conf"]
        os.sched_setaffinity(0, {PLATFORM_CORE})
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.sched_setaffinity(0, {LOAD_CORE})
        time.sleep(START_S)
        try:
            yield process.pid, home
        finally:
            process.terminate()
            process.wait(30)


def measure_asterisk(pid: int, concurrent: int) -> dict[str, Any]:
    """Place whole calls and tell what they cost."""
    finish(place_load(TARGET, NUMBER, 2, 2))
    before_us, calls = cpu_us(pid), 3 * concurrent
    placed = measure_load(
        lambda: place_load(TARGET, NUMBER, calls, concurrent),
        concurrent,
        lambda: memory_kb([pid]),
    )
    return {**placed, "cpu_ms_per_call": round((cpu_us(pid) - before_us) / 1000 / calls, 3)}


if __name__ == "__main__":
    main()
