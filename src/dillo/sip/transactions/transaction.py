"""One exchange of a request and its responses, and how it is recognised (RFC 3261 §17)."""

from dillo.sip.headers.via import MAGIC_COOKIE
from dillo.sip.message import Request, Response
from dillo.sip.routing import Address
from dillo.sip.timers import Timer
from dillo.sip.transactions.client import CLIENT
from dillo.sip.transactions.invite_client import INVITE_CLIENT
from dillo.sip.transactions.invite_server import INVITE_SERVER
from dillo.sip.transactions.machine import State, Table
from dillo.sip.transactions.server import SERVER

Key = tuple[str | int | None, ...]


class Transaction:
    """What both sides share: the state, the peer, the last message sent and the timers.

    `user` is whatever the layer above keeps with it.
    """

    __slots__ = (
        "data",
        "interval_s",
        "key",
        "lifetime",
        "retransmit",
        "state",
        "table",
        "target",
        "user",
    )

    def __init__(self, table: Table, state: State, key: Key, target: Address) -> None:
        self.table = table
        self.state = state
        self.key = key
        self.target = target
        self.data = b""
        self.interval_s = 0.0
        self.retransmit: Timer | None = None
        self.lifetime: Timer | None = None
        self.user: object | None = None


class ServerTransaction(Transaction):
    """A request we serve; it remembers the last response, not the request.

    `merge_key` tells copies of a request that came over different paths (RFC 3261 §8.2.2.2).
    """

    __slots__ = ("merge_key",)

    def __init__(self, request: Request, key: Key, target: Address) -> None:
        self.merge_key: Key | None = None
        if request.method == "INVITE":
            super().__init__(INVITE_SERVER, State.PROCEEDING, key, target)
        else:
            super().__init__(SERVER, State.TRYING, key, target)


class ClientTransaction(Transaction):
    """A request of ours."""

    __slots__ = ("request",)

    def __init__(self, request: Request, target: Address) -> None:
        table = INVITE_CLIENT if request.method == "INVITE" else CLIENT
        key = (request.via.branch, request.method)
        super().__init__(table, State.INITIAL, key, target)
        self.request = request


def server_key(request: Request, method: str) -> Key:
    """Return what identifies the server transaction of `method` that a request belongs to.

    An ACK and a CANCEL ask with `INVITE`. A branch without the magic cookie falls back to the
    rules for RFC 2543 senders (RFC 3261 §17.2.3), where the whole top Via has to be the same.
    """
    via = request.via
    branch = via.branch
    if branch is not None and branch.startswith(MAGIC_COOKIE):
        return branch, via.host.lower(), via.port, method
    number = request.cseq.number
    return str(via), request.uri, request.call_id, request.from_.tag, number, method


def client_key(response: Response) -> Key:
    """Return what identifies the client transaction that a response answers (§17.1.3)."""
    return response.via.branch, response.cseq.method


def ack_for(request: Request, response: Response) -> Request:
    """Return the ACK of a 3xx-6xx to an INVITE of ours (RFC 3261 §17.1.1.3)."""
    return _derived(request, "ACK", response.lines["to"])


def cancel_for(request: Request) -> Request:
    """Return the CANCEL of an INVITE of ours, to be sent once a 1xx came (RFC 3261 §9.1)."""
    return _derived(request, "CANCEL", request.lines["to"])


def _derived(request: Request, method: str, to: list[bytes]) -> Request:
    kept = ("via", "from", "call-id", "route", "max-forwards")
    derived = Request.build(method, request.uri, [("CSeq", f"{request.cseq.number} {method}")])
    derived.lines |= {name: request.lines[name] for name in kept if name in request.lines}
    derived.lines["to"] = to
    return derived
