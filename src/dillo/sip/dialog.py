"""Dialogs: what two user agents have agreed on, from either side (RFC 3261 §12)."""

from dillo.sip.errors import SipError
from dillo.sip.message import Fields, Request, Response
from dillo.sip.routing import Address, is_ip
from dillo.sip.uri import Uri

DialogId = tuple[str, str | None, str | None]
"""Call-ID, local tag, remote tag; an RFC 2543 peer has no tag."""


class OutOfOrder(SipError):
    """A request has a lower CSeq than one before it in its dialog (RFC 3261 §12.2.2)."""

    status = 500


class Dialog:
    """One side's view of a dialog."""

    __slots__ = ("_peer", "id", "local", "local_cseq", "remote", "remote_cseq", "routes", "target")

    def __init__(
        self,
        dialog_id: DialogId,
        local: str,
        remote: str,
        *,
        local_cseq: int,
        remote_cseq: int | None,
        routes: list[str],
        target: str,
        peer: Address | None = None,
    ) -> None:
        self.id = dialog_id
        self.local = local
        """Our From or To, with our tag, as it goes into requests of ours."""
        self.remote = remote
        self.local_cseq = local_cseq
        self.remote_cseq = remote_cseq
        self.routes = routes
        self.target = target
        """Where the peer wants to be reached: the URI of its last Contact."""
        self._peer = peer

    @classmethod
    def accept(cls, request: Request, tag: str, source: Address) -> "Dialog":
        """Begin the dialog that a request asks us for, with our `tag` (§12.1.1).

        Where the sender sits behind a NAT (its Via is another address than it sends from),
        requests of ours go to `source`: nothing else gets through. An INVITE without Contact, as
        RFC 2543 allowed, is answered to its From. Raises Malformed.
        """
        contacts = request.contacts
        routes = request.items("record-route")
        sent_by = request.via.host
        behind_nat = not routes and sent_by.strip("[]") != source[0] and is_ip(sent_by)
        return cls(
            (request.call_id, tag, request.from_.tag),
            f"{request.single('to')};tag={tag}",
            request.single("from"),
            local_cseq=0,
            remote_cseq=request.cseq.number,
            routes=routes,
            target=contacts[0].uri if contacts else request.from_.uri,
            peer=source if behind_nat else None,
        )

    @classmethod
    def propose(cls, call_id: str, tag: str, uri: str) -> "Dialog":
        """Begin what an INVITE to `uri` may make a dialog; `local` is set before it is sent."""
        return cls(
            (call_id, tag, None),
            "",
            f"<{uri}>",
            local_cseq=0,
            remote_cseq=None,
            routes=[],
            target=uri,
        )

    @classmethod
    def confirm(cls, request: Request, response: Response) -> "Dialog":
        """Begin the dialog that a response to our INVITE opens (§12.1.2). Raises Malformed."""
        contacts = response.contacts
        return cls(
            (request.call_id, request.from_.tag, response.to.tag),
            request.single("from"),
            response.single("to"),
            local_cseq=request.cseq.number,
            remote_cseq=None,
            routes=response.items("record-route")[::-1],
            target=contacts[0].uri if contacts else request.uri,
        )

    def admit(self, request: Request) -> None:
        """Take note of a request of the peer; raises OutOfOrder for a CSeq gone down (§12.2.2)."""
        number = request.cseq.number
        if self.remote_cseq is not None and number < self.remote_cseq:
            raise OutOfOrder("CSeq", f"{number} came after {self.remote_cseq}")
        self.remote_cseq = number

    def refresh(self, message: Request | Response) -> None:
        """Move to the Contact of a re-INVITE or UPDATE, or of the 2xx to one (§12.2)."""
        contacts = message.contacts
        if contacts:
            self.target = contacts[0].uri

    def request(
        self,
        method: str,
        via: str,
        fields: Fields = (),
        body: bytes = b"",
        cseq: int | None = None,
        *,
        max_forwards: int = 70,
    ) -> Request:
        """Make a request within the dialog (§12.2.1.1), or the INVITE that shall open it.

        `via` is a whole Via with its branch. An ACK takes the `cseq` of its INVITE, every other
        request the next number.
        """
        if cseq is None:
            cseq = self.local_cseq = self.local_cseq + 1
        uri, routes = self._route()
        return Request.build(
            method,
            uri,
            [
                ("Via", via),
                *[("Route", route) for route in routes],
                ("Max-Forwards", str(max_forwards)),
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.id[0]),
                ("CSeq", f"{cseq} {method}"),
                *fields,
            ],
            body,
        )

    def _route(self) -> tuple[str, list[str]]:
        """Return Request-URI and Route headers; a strict router takes the URI's place."""
        if not self.routes:
            return self.target, []
        uri = _route_uri(self.routes[0])
        if ";lr" in uri.lower():
            return self.target, self.routes
        return uri, [*self.routes[1:], f"<{self.target}>"]

    def next_hop(self, otherwise: Address) -> Address:
        """Return where requests of ours go; `otherwise` where only a name is known (no DNS)."""
        if self._peer is not None:
            return self._peer
        try:
            uri = Uri.parse(_route_uri(self.routes[0]) if self.routes else self.target)
        except SipError:
            return otherwise
        return uri.address if is_ip(uri.host) else otherwise


def _route_uri(route: str) -> str:
    return route.partition("<")[2].partition(">")[0] or route
