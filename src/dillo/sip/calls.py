"""The calls of an endpoint, and their tables at work."""

from collections.abc import Callable

from dillo.sip.call import Call, CallAction, CallEvent
from dillo.sip.dialog import DialogId
from dillo.sip.effects import Effect, Forgotten
from dillo.sip.headers.via import MAGIC_COOKIE
from dillo.sip.message import Request, Response
from dillo.sip.routing import Address
from dillo.sip.uri import bracketed

Subject = Request | Response | None
"""What a step is about: the ACK that came, the response that came or is to be sent."""
Perform = Callable[[Call, Subject, float], None]


class Calls:
    """Finds calls by their dialog and lets events happen to them; what is told gathers here.

    Whoever can perform an action enters it into `performs`.
    """

    def __init__(self, new_token: Callable[[], str]) -> None:
        self.by_dialog: dict[DialogId, Call] = {}
        self.unsettled: set[object] = set()
        """Outbound calls before their answer, and INVITEs that wait to be cancelled."""
        self.told: list[Effect] = []
        self.new_token = new_token
        self.performs: dict[CallAction, Perform] = {CallAction.FORGET: self._forget}

    def __len__(self) -> int:
        return len(self.by_dialog) + len(self.unsettled)

    def step(self, call: Call, event: CallEvent, subject: Subject, now: float) -> None:
        """Let an event happen to a call."""
        call.state, actions = call.table.get((call.state, event)) or (call.state, ())
        for action in actions:
            self.performs[action](call, subject, now)

    def via(self, contact: Address) -> str:
        """Return the Via of a new request."""
        host, port = contact
        branch = f"{MAGIC_COOKIE}{self.new_token()}"
        return f"SIP/2.0/UDP {bracketed(host)}:{port};branch={branch};rport"

    def _forget(self, call: Call, _: Subject, __: float) -> None:
        self.by_dialog.pop(call.dialog.id, None)
        self.unsettled.discard(call)
        self.told.append(Forgotten(call))


def contact_field(contact: Address) -> tuple[str, str]:
    """Return the header that says where the peer's requests shall go."""
    host, port = contact
    return "Contact", f"<sip:{bracketed(host)}:{port}>"
