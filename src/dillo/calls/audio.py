"""A call's one audio stream: what was agreed with the peer, and the RTP port that keeps to it."""

from dillo.calls.ports import Invitation, MediaPool, MediaPort, OnMediaEvent
from dillo.model.media import ChangePeer, OpenPort
from dillo.sdp import Agreement, LocalMedia, Proposal, accept, negotiate, offer, read_offer

PCMU, PCMA = 0, 8  # static payload types, RFC 3551 §6

_UNKNOWN_PEER = Agreement(
    peer_ip=None,
    peer_port=0,
    peer_rtcp_port=0,
    payload_type=PCMU,
    telephone_event_type=101,
    ptime_ms=20,
    sends=True,
    receives=True,
)


class AudioStream:
    """Offers, answers and the media port of one call."""

    def __init__(self, invitation: Invitation, port: MediaPort, proposal: Proposal | None) -> None:
        self.port = port
        self._trusted_ips = (invitation.source_ip,)
        self._proposal = proposal
        self._payload_type = proposal.agreement.payload_type if proposal else PCMU
        # Any number that stays the same for the dialog will do (RFC 8866 §5.2).
        self._local = LocalMedia(
            invitation.local_ip, port.rtp_port, hash(invitation.sip_call_id) & (1 << 62) - 1
        )
        self._description: bytes | None = None

    @classmethod
    async def open(
        cls,
        call_id: str,
        invitation: Invitation,
        pool: MediaPool,
        timeout_s: float,
        on_event: OnMediaEvent,
    ) -> "AudioStream":
        """Read the INVITE's offer, if it has one, and open a media port that fits.

        Raises SdpError for an offer that cannot be taken, Unavailable where no port is to be had.
        """
        proposal = read_offer(invitation.offer) if invitation.offer is not None else None
        terms = proposal.agreement if proposal else _UNKNOWN_PEER
        command = OpenPort(
            call_id=call_id,
            local_ip=invitation.local_ip,
            peer_ip=terms.peer_ip,
            peer_port=terms.peer_port,
            trusted_ips=(invitation.source_ip,),
            payload_type=terms.payload_type,
            telephone_event_type=terms.telephone_event_type,
            ptime_ms=terms.ptime_ms,
            timeout_s=timeout_s,
        )
        port = await pool.open(command, on_event)
        return cls(invitation, port, proposal)

    @property
    def is_alaw(self) -> bool:
        """Whether the call speaks PCMA; else it is PCMU."""
        return self._payload_type == PCMA

    @property
    def awaits_answer(self) -> bool:
        """Whether the peer still has to answer an offer of ours, in its ACK."""
        return self._proposal is None

    def describe(self) -> bytes:
        """Return the SDP of our 200: the answer, or an offer where the INVITE had none."""
        if self._proposal is None:
            self._description = offer(self._local, previous=self._description)
        else:
            self._description = self._proposal.answer(self._local, self._description)
        return self._description

    def accept(self, answer: bytes) -> None:
        """Take the peer's answer to our offer. Raises SdpError."""
        self._follow(accept(answer))

    def renegotiate(self, new_offer: bytes | None) -> bytes:
        """Answer a re-INVITE; one without an offer is given ours. Raises SdpError."""
        if new_offer is None:
            self._description = offer(self._local, previous=self._description)
            return self._description
        terms = negotiate(new_offer, self._local, self._description)
        self._description = terms.answer
        self._follow(terms)
        return terms.answer

    def _follow(self, terms: Agreement) -> None:
        self._payload_type = terms.payload_type
        self.port.send(
            ChangePeer(
                call_id=self.port.call_id,
                peer_ip=terms.peer_ip,
                peer_port=terms.peer_port,
                trusted_ips=self._trusted_ips,
                payload_type=terms.payload_type,
                telephone_event_type=terms.telephone_event_type,
                ptime_ms=terms.ptime_ms,
                sends=terms.sends,
            )
        )
