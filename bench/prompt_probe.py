"""A caller that listens to a prompt for a while, and tells when its first packet came."""

import select
import socket
import time
from dataclasses import dataclass

from bench.load_dialog import Dialog, media_of, method_of, ok_to, status_of

from dillo.caller.ports import bind_pair
from dillo.rtp.g711 import Law
from dillo.rtp.packet import HEADER_SIZE

_PATIENCE_S = 30.0
_LISTENING_S = 1.0
_BUFFER = 65536
_SILENCE = bytes((Law.ULAW.silence,))


@dataclass(frozen=True, slots=True)
class Probe:
    """What a call heard."""

    call_id: str
    heard_at_us: int | None
    """When the first packet of a prompt came, by the wall clock; None where none did."""


def probe(target: tuple[str, int], number: str, caller: str) -> Probe:
    """Place a call whose application says something after a silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.connect(target)
        ip, port = sip.getsockname()
        rtp, rtcp = bind_pair(ip)
        with rtp, rtcp:
            dialog = Dialog(f"sip:{number}@{target[0]}:{target[1]}", caller, f"{ip}:{port}")
            sip.send(dialog.invite(rtp.getsockname()[1]))
            return Probe(dialog.key, _follow(sip, rtp, dialog))


def _follow(sip: socket.socket, rtp: socket.socket, dialog: Dialog) -> int | None:
    """Answer SIP until the first packet that is more than silence."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        readable, _, _ = select.select([sip, rtp], [], [], deadline - time.monotonic())
        if rtp in readable and rtp.recv(_BUFFER)[HEADER_SIZE:].strip(_SILENCE):
            heard_at_us = time.time_ns() // 1000
            time.sleep(_LISTENING_S)
            _hang_up(sip, dialog)
            return heard_at_us
        if sip in readable and not _answer(sip, dialog):
            return None
    return None


def _answer(sip: socket.socket, dialog: Dialog) -> bool:
    """Do what a SIP message asks for; false where the call is over."""
    message = sip.recv(_BUFFER)
    status = status_of(message)
    if not status:
        sip.send(ok_to(message))
        return method_of(message) != "BYE"
    if status >= 200:
        dialog.take_final(message)
        sip.send(dialog.ack)
    return status < 300 and (status < 200 or media_of(message) is not None)


def _hang_up(sip: socket.socket, dialog: Dialog) -> None:
    sip.send(dialog.bye())
    sip.settimeout(1)
    try:
        while status_of(sip.recv(_BUFFER)) < 200:
            pass
    except TimeoutError:
        pass
