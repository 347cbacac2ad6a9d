"""CPU of the signalling of one inbound call, without sockets.

INVITE, ACK and BYE go in as octets; 100, 180, 200 and 200 come out as octets. Prints one JSON
object: microseconds a call (median and best), calls a second, and the bytes that the transactions
of a finished call retain.
"""

import argparse
import gc
import itertools
import json
import statistics
import time
import tracemalloc

from dillo.sip.effects import Invited
from dillo.sip.endpoint import Endpoint

BATCH = 1000
"""Calls a sample; the median of the samples is told, and the best, for a machine that is shared."""
SOURCE = ("192.0.2.1", 5060)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    b"m=audio 6000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
)


def request(method: str, number: int, to_tag: bytes = b"", body: bytes = b"") -> bytes:
    """Return one request of call `number` as a trunk sends it."""
    cseq = 2 if method == "BYE" else 1
    verb = method.encode()
    return (
        b"%s sip:+442079460000@192.0.2.9 SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-%s-%d;rport\r\n"
        b"Max-Forwards: 70\r\n"
        b"From: <sip:+393703188051@192.0.2.1>;tag=caller%d\r\n"
        b"To: <sip:+442079460000@192.0.2.9>%s\r\n"
        b"Call-ID: %d@192.0.2.1\r\n"
        b"CSeq: %d %s\r\n"
        b"Contact: <sip:+393703188051@192.0.2.1:5060>\r\n"
        b"User-Agent: bench\r\n"
        b"Content-Type: application/sdp\r\n"
        b"Content-Length: %d\r\n\r\n%s"
        % (verb, verb, number, number, to_tag, number, cseq, verb, len(body), body)
    )


def run_call(endpoint: Endpoint, number: int, now: float) -> None:
    """Let one call come in, be answered and hung up."""
    effects = endpoint.receive(request("INVITE", number, body=SDP), SOURCE, now)
    invited = effects[-1]
    assert isinstance(invited, Invited)
    endpoint.ring(invited.call, now)
    endpoint.answer(invited.call, SDP, now)
    tag = b";tag=%s" % (invited.call.dialog.id[1] or "").encode()
    endpoint.receive(request("ACK", number, tag), SOURCE, now)
    endpoint.receive(request("BYE", number, tag), SOURCE, now)
    endpoint.fire(now)


def new_endpoint() -> Endpoint:
    """Return an endpoint whose tokens are numbers."""
    tokens = itertools.count()
    return Endpoint(
        new_token=lambda: f"{next(tokens):x}", contact_for=lambda _: ("192.0.2.9", 5060)
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rate", type=int, default=1000, help="calls a second of virtual time")
    options = parser.parse_args()
    endpoint = new_endpoint()
    gc.freeze()
    samples = []
    for first in range(0, options.calls, BATCH):
        began = time.process_time()
        for number in range(first, first + BATCH):
            run_call(endpoint, number, number / options.rate)
        samples.append((time.process_time() - began) / BATCH - load_s())
    typical = statistics.median(samples)
    print(
        json.dumps(
            {
                "calls": options.calls,
                "us_per_call": round(typical * 1e6, 1),
                "us_per_call_best": round(min(samples) * 1e6, 1),
                "calls_per_second": round(1 / typical),
                "open_transactions": len(endpoint.transactions),
                "retained_bytes_per_call": retained_bytes(),
            }
        )
    )


def load_s() -> float:
    """Return what making the requests of one call costs, in seconds."""
    began = time.process_time()
    for number in range(BATCH):
        for method in ("INVITE", "ACK", "BYE"):
            request(method, number, body=SDP if method == "INVITE" else b"")
    return (time.process_time() - began) / BATCH


def retained_bytes(calls: int = 2000) -> int:
    """Return what a finished call leaves behind until its transactions end, in bytes."""
    endpoint = new_endpoint()
    run_call(endpoint, 0, 0.0)
    tracemalloc.start()
    for number in range(1, calls + 1):
        run_call(endpoint, number, 0.0)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept // calls


if __name__ == "__main__":
    main()
