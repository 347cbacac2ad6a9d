"""A test caller: real SIP and real RTP, for tests, the demo and `dillo call`."""

from dillo.caller.audio import UnreadableAudio, read_audio, rms_dbfs, write_wav
from dillo.caller.call import place_call
from dillo.caller.plan import CallOutcome, CallPlan
from dillo.caller.script import DigitScript, InvalidDigitScript

__all__ = [
    "CallOutcome",
    "CallPlan",
    "DigitScript",
    "InvalidDigitScript",
    "UnreadableAudio",
    "place_call",
    "read_audio",
    "rms_dbfs",
    "write_wav",
]
