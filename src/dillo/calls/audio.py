"""A leg's one audio stream: what was agreed with the peer, and the RTP port that keeps to it."""

import structlog

from dillo.calls.ports import Invitation, MediaPool, MediaPort, OnMediaEvent
from dillo.model.media import ChangePeer, OpenPort
from dillo.sdp import (
    PCMA,
    PCMU,
    Agreement,
    LocalMedia,
    Proposal,
    SdpError,
    accept,
    negotiate,
    offer,
    read_offer,
)

_log = structlog.get_logger(__name__)

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
_DIRECTIONS = {
    (True, True): "sendrecv",
    (True, False): "sendonly",
    (False, True): "recvonly",
    (False, False): "inactive",
}
"""By whether the author of an offer sends and receives (RFC 3264 §5.1)."""


class AudioStream:
    """Offers, answers and the media port of one leg."""

    def __init__(
        self,
        local: LocalMedia,
        port: MediaPort,
        terms: Agreement,
        trusted_ips: tuple[str, ...] = (),
        proposal: Proposal | None = None,
        *,
        hears_tones: bool = False,
    ) -> None:
        """`hears_tones`: keys of a peer that can send no events are heard in its audio."""
        self.port = port
        self._local = local
        self._terms = terms
        self._trusted_ips = trusted_ips
        self._proposal = proposal
        self._hears_tones = hears_tones
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
        trusted_ips = (invitation.source_ip,)
        command = _open_port(
            call_id, invitation.local_ip, terms, trusted_ips, timeout_s, hears_tones=True
        )
        port = await pool.open(command, on_event)
        local = _local_media(invitation.local_ip, port, invitation.sip_call_id)
        return cls(local, port, terms, trusted_ips, proposal, hears_tones=True)

    @classmethod
    async def dial(
        cls,
        leg_id: str,
        local_ip: str,
        caller: "AudioStream",
        pool: MediaPool,
        timeout_s: float,
        on_event: OnMediaEvent,
    ) -> "AudioStream":
        """Open a media port for a callee, beside the caller's.

        Its offer prefers what the caller speaks, so that audio passes untouched. Raises
        Unavailable where no port is to be had.
        """
        terms = Agreement(
            peer_ip=None,
            peer_port=0,
            peer_rtcp_port=0,
            payload_type=caller._terms.payload_type,
            telephone_event_type=_UNKNOWN_PEER.telephone_event_type,
            ptime_ms=caller._terms.ptime_ms,
            sends=True,
            receives=True,
        )
        command = _open_port(leg_id, local_ip, terms, (), timeout_s)
        port = await pool.open(command, on_event, beside=caller.port)
        return cls(_local_media(local_ip, port, leg_id), port, terms)

    @property
    def is_alaw(self) -> bool:
        """Whether the leg speaks PCMA; else it is PCMU."""
        return self._terms.payload_type == PCMA

    @property
    def awaits_answer(self) -> bool:
        """Whether the peer still has to answer an offer of ours."""
        return self._proposal is None

    @property
    def peer_sends(self) -> bool:
        """Whether the peer sends audio: not while it is held, nor while it holds in silence."""
        return self._terms.receives

    @property
    def peer_receives(self) -> bool:
        """Whether the peer wants audio: not while it holds the call."""
        return self._terms.sends

    def describe(self) -> bytes:
        """Return our first SDP: the answer, or an offer where the peer made none."""
        if self._proposal is None:
            return self._offer()
        self._description = self._proposal.answer(self._local, self._description)
        return self._description

    def accept(self, answer: bytes) -> None:
        """Take the peer's answer to our offer. Raises SdpError."""
        self._follow(accept(answer))

    def renegotiate(self, new_offer: bytes | None) -> bytes:
        """Answer a re-INVITE; one without an offer is given ours. Raises SdpError."""
        if new_offer is None:
            return self._offer()
        terms = negotiate(new_offer, self._local, self._description)
        self._description = terms.answer
        self._follow(terms)
        return terms.answer

    def reoffer(self, *, sends: bool, receives: bool) -> bytes:
        """Return an offer that holds the peer, or takes the call up again (RFC 3264 §8.4)."""
        return self._offer(_DIRECTIONS[sends, receives])

    def reoffer_answered(self, status: int, answer: bytes | None) -> None:
        """Take what came of the offer of a re-INVITE; one refused leaves all as it was."""
        if answer is None or not 200 <= status < 300:
            return
        try:
            self.accept(answer)
        except SdpError as error:
            _log.info("answer to a re-INVITE", port=self.port.call_id, error=str(error))

    def await_media(self) -> None:
        """Wait for the peer's packets anew: until now it had no reason to send any."""
        self.port.send(self._change_peer(restarts_timeout=True))

    def _offer(self, direction: str = "sendrecv") -> bytes:
        preferred = self._terms.payload_type
        self._description = offer(
            self._local,
            payload_types=(preferred, PCMU if preferred == PCMA else PCMA),
            telephone_event_type=self._terms.telephone_event_type,
            ptime_ms=self._terms.ptime_ms,
            direction=direction,
            previous=self._description,
        )
        return self._description

    def _follow(self, terms: Agreement) -> None:
        self._terms = terms
        self.port.send(self._change_peer())

    def _change_peer(self, *, restarts_timeout: bool = False) -> ChangePeer:
        terms = self._terms
        return ChangePeer(
            call_id=self.port.call_id,
            peer_ip=terms.peer_ip,
            peer_port=terms.peer_port,
            trusted_ips=self._trusted_ips,
            payload_type=terms.payload_type,
            telephone_event_type=terms.telephone_event_type,
            ptime_ms=terms.ptime_ms,
            sends=terms.sends,
            restarts_timeout=restarts_timeout,
            hears_tones=self._hears_tones and terms.telephone_event_type is None,
        )


def _local_media(ip: str, port: MediaPort, session: str) -> LocalMedia:
    # Any number that stays the same for the dialog will do (RFC 8866 §5.2).
    return LocalMedia(ip, port.rtp_port, hash(session) & (1 << 62) - 1)


def _open_port(
    call_id: str,
    local_ip: str,
    terms: Agreement,
    trusted_ips: tuple[str, ...],
    timeout_s: float,
    *,
    hears_tones: bool = False,
) -> OpenPort:
    return OpenPort(
        call_id=call_id,
        local_ip=local_ip,
        peer_ip=terms.peer_ip,
        peer_port=terms.peer_port,
        trusted_ips=trusted_ips,
        payload_type=terms.payload_type,
        telephone_event_type=terms.telephone_event_type,
        ptime_ms=terms.ptime_ms,
        timeout_s=timeout_s,
        hears_tones=hears_tones and terms.telephone_event_type is None,
    )
