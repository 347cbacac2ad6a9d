"""Receive webhooks of Dillo: WEBHOOK_SECRET=whsec_… webhook_receiver.py PORT"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300


def is_genuine(secret: str, header: str, signed: bytes, now_s: float) -> bool:
    """Tell whether Dillo sent this within the last five minutes, and nobody changed it.

    `signed` is the body as it came, or the query string of a GET.
    """
    fields = [field.partition("=") for field in header.split(",")]
    sent = next((value for name, _, value in fields if name == "t"), "")
    if not sent.isdecimal() or abs(now_s - int(sent)) > TOLERANCE_S:
        return False
    expected = hmac.new(secret.encode(), f"{sent}.".encode() + signed, hashlib.sha256).hexdigest()
    return any(
        hmac.compare_digest(value.encode(), expected.encode())
        for name, _, value in fields
        if name == "v1"
    )


class Receiver(BaseHTTPRequestHandler):
    """Greets whoever calls."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        header = self.headers.get("Dillo-Signature", "")
        if not is_genuine(os.environ["WEBHOOK_SECRET"], header, body, time.time()):
            self.send_error(403)
            return
        call = json.loads(body)
        answer = json.dumps({"Variables": {"status": f"sent to {call['Caller']}"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
