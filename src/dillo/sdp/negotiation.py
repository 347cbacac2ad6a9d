"""Offer and answer (RFC 3264) for one G.711 stream with telephone events.

Our own descriptions carry PCMU and PCMA over RTP/AVP (or RTP/AVPF where the peer offers that) to
an IPv4 address. The first stream of an offer that fits is taken, all others are refused. RTCP uses
the port above RTP's: `rtcp-mux` is never accepted.
"""

import ipaddress
from collections.abc import Iterator
from itertools import chain

import msgspec

from dillo.sdp.description import (
    Attribute,
    Connection,
    Media,
    Origin,
    SessionDescription,
    Timing,
)
from dillo.sdp.errors import MalformedSdp, NotAcceptable
from dillo.sdp.formats import (
    CODEC_NAMES,
    DEFAULT_PTIME_MS,
    EVENTS,
    PCMA,
    PCMU,
    RtpMap,
    choose_codec,
    choose_ptime_ms,
    choose_telephone_event,
    rtp_maps,
)

_PROTOCOLS = ("RTP/AVP", "RTP/AVPF")

_HELD_ADDRESS = "0.0.0.0"  # noqa: S104  the address of a held stream, RFC 3264 §8.4

_DIRECTIONS = {
    # Direction: (its author sends, its author receives), RFC 3264 §5.1.
    "sendrecv": (True, True),
    "sendonly": (True, False),
    "recvonly": (False, True),
    "inactive": (False, False),
}
_DIRECTION_NAMES = {flow: name for name, flow in _DIRECTIONS.items()}


class LocalMedia(msgspec.Struct, frozen=True):
    """Our end of a session: where the peer's RTP is to arrive, and the session's constant id."""

    ip: str
    port: int
    session_id: int
    """Any number below 2**63 that stays the same for the whole dialog."""


class Agreement(msgspec.Struct, frozen=True):
    """What both sides will do, seen from us."""

    peer_ip: str | None
    """Where the peer wants its RTP; None while it holds the call with `c=IN IP4 0.0.0.0`."""
    peer_port: int
    peer_rtcp_port: int
    payload_type: int
    """0 for PCMU, 8 for PCMA, both ways."""
    telephone_event_type: int | None
    ptime_ms: int
    sends: bool
    """We send RTP."""
    receives: bool
    """The peer sends RTP."""
    answer: bytes = b""
    """Our SDP answer; empty where the offer was ours."""

    @property
    def codec(self) -> str:
        """The codec's encoding name, `PCMU` or `PCMA`."""
        return CODEC_NAMES[self.payload_type]


class Proposal(msgspec.Struct, frozen=True):
    """An offer of the peer that we can take, before our own port is known."""

    offer: SessionDescription
    chosen: int
    """Which of the offer's streams is taken."""
    agreement: Agreement

    def answer(self, local: LocalMedia, previous: bytes | None = None) -> bytes:
        """Return our answer: every stream in the offer's order, all but the chosen one refused.

        `previous` is the description we sent last in this dialog, for the version in `o=`.
        """
        terms = self.agreement
        taken = self.offer.media[self.chosen]
        streams = list(map(_refused, self.offer.media))
        streams[self.chosen] = Media(
            taken.kind,
            local.port,
            taken.protocol,
            _formats((terms.payload_type,), terms.telephone_event_type),
            attributes=tuple(
                _audio_attributes(
                    (terms.payload_type,),
                    terms.telephone_event_type,
                    terms.ptime_ms,
                    _DIRECTION_NAMES[terms.sends, terms.receives],
                )
            ),
        )
        return _describe(local, tuple(streams), self.offer.timing, previous)


def read_offer(offer: bytes) -> Proposal:
    """Read the peer's offer and decide what to take of it.

    Raises MalformedSdp (400), or NotAcceptable (488) where no stream of it can be used.
    """
    description = SessionDescription.parse(offer)
    chosen, agreement = _first_usable(description, (PCMU, PCMA))
    return Proposal(description, chosen, agreement)


def negotiate(offer: bytes, local: LocalMedia, previous: bytes | None = None) -> Agreement:
    """Read the peer's offer and answer it at once, where our port is known already.

    Raises like `read_offer`; `previous` is as for `Proposal.answer`.
    """
    proposal = read_offer(offer)
    return msgspec.structs.replace(proposal.agreement, answer=proposal.answer(local, previous))


def offer(
    local: LocalMedia,
    *,
    payload_types: tuple[int, ...] = (PCMU, PCMA),
    telephone_event_type: int | None = 101,
    ptime_ms: int = DEFAULT_PTIME_MS,
    direction: str = "sendrecv",
    previous: bytes | None = None,
) -> bytes:
    """Return an offer of ours: one audio stream with the codecs in order of preference.

    With `previous`, the description we sent last in this dialog, the streams that were refused
    keep their places (RFC 3264 §8) and the version rises if anything changed.
    """
    audio = Media(
        "audio",
        local.port,
        "RTP/AVP",
        _formats(payload_types, telephone_event_type),
        attributes=tuple(
            _audio_attributes(payload_types, telephone_event_type, ptime_ms, direction)
        ),
    )
    return _describe(local, _in_place_of_active(audio, previous), Timing(), previous)


def accept(answer: bytes, payload_types: tuple[int, ...] = (PCMU, PCMA)) -> Agreement:
    """Read the peer's answer to our offer of these payload types.

    Raises MalformedSdp, or NotAcceptable where the answer leaves no stream that we can use.
    """
    return _first_usable(SessionDescription.parse(answer), payload_types)[1]


def _first_usable(
    description: SessionDescription, payload_types: tuple[int, ...]
) -> tuple[int, Agreement]:
    reasons = []
    for index, stream in enumerate(description.media):
        try:
            return index, _agree(description, stream, payload_types)
        except NotAcceptable as reason:
            reasons.append(f"{stream.kind[:20]} stream {index + 1}: {reason}")
    raise NotAcceptable("; ".join(reasons[:4]) or "the description has no stream at all")


def _agree(
    description: SessionDescription, stream: Media, payload_types: tuple[int, ...]
) -> Agreement:
    if stream.kind != "audio":
        raise NotAcceptable("only audio is supported")
    if stream.port == 0:
        raise NotAcceptable("it is switched off (port 0)")
    if stream.protocol not in _PROTOCOLS:
        raise NotAcceptable(f"{stream.protocol[:20]} is not supported, only RTP/AVP is")
    maps = rtp_maps(stream)
    payload_type = choose_codec(stream, maps, payload_types)
    if payload_type is None:
        wanted = " or ".join(f"{CODEC_NAMES[number]} ({number})" for number in payload_types)
        raise NotAcceptable(f"it has no {wanted} at 8000 Hz")
    peer_ip = _peer_ip(stream.connection or description.connection)
    peer_sends, peer_receives = _direction(description, stream)
    return Agreement(
        peer_ip=peer_ip,
        peer_port=stream.port,
        peer_rtcp_port=_rtcp_port(stream),
        payload_type=payload_type,
        telephone_event_type=choose_telephone_event(stream, maps),
        ptime_ms=choose_ptime_ms(stream),
        sends=peer_receives and peer_ip is not None,
        receives=peer_sends,
    )


def _peer_ip(connection: Connection | None) -> str | None:
    """Return the IPv4 address that the peer's media goes to, None where it is held."""
    if connection is None:
        raise MalformedSdp("no c= line says where the audio goes (RFC 8866 §5.7)")
    if (connection.network_type.upper(), connection.address_type.upper()) != ("IN", "IP4"):
        raise NotAcceptable(f"{connection.address_type[:20]} is not supported, only IN IP4 is")
    try:
        address = ipaddress.IPv4Address(connection.address)
    except ValueError:
        raise NotAcceptable(f"{connection.address[:40]!r} is not an IPv4 address") from None
    first_octet = int(address) >> 24
    if connection.address == _HELD_ADDRESS:
        return None
    if first_octet == 0 or first_octet >= 224:
        raise NotAcceptable(f"{address} is not the address of one host")
    return connection.address


def _direction(description: SessionDescription, stream: Media) -> tuple[bool, bool]:
    """Return whether the peer sends and receives: said of the stream, else of the session."""
    for attribute in chain(stream.attributes, description.attributes):
        if attribute.name in _DIRECTIONS:
            return _DIRECTIONS[attribute.name]
    return _DIRECTIONS["sendrecv"]


def _rtcp_port(stream: Media) -> int:
    """Return where the peer's RTCP goes: `a=rtcp` (RFC 3605), else the port above RTP's."""
    stated = next(stream.values("rtcp"), "").partition(" ")[0]
    if stated.isascii() and stated.isdigit() and len(stated) < 6 and 0 < int(stated) < 65536:
        return int(stated)
    return min(stream.port + 1, 65535)


def _refused(stream: Media) -> Media:
    """Return a stream as an answer refuses it: port 0, formats mirrored (RFC 3264 §6)."""
    return Media(stream.kind, 0, stream.protocol, stream.formats)


def _in_place_of_active(audio: Media, previous: bytes | None) -> tuple[Media, ...]:
    if previous is None:
        return (audio,)
    streams = SessionDescription.parse(previous).media
    return tuple(
        msgspec.structs.replace(audio, protocol=stream.protocol) if stream.port else stream
        for stream in streams
    )


def _formats(payload_types: tuple[int, ...], telephone_event_type: int | None) -> tuple[str, ...]:
    events = () if telephone_event_type is None else (telephone_event_type,)
    return tuple(map(str, (*payload_types, *events)))


def _audio_attributes(
    payload_types: tuple[int, ...], telephone_event_type: int | None, ptime_ms: int, direction: str
) -> Iterator[Attribute]:
    for number in payload_types:
        yield Attribute("rtpmap", str(RtpMap(number, CODEC_NAMES[number], 8000)))
    if telephone_event_type is not None:
        yield Attribute("rtpmap", str(RtpMap(telephone_event_type, "telephone-event", 8000)))
        yield Attribute("fmtp", f"{telephone_event_type} {EVENTS}")
    yield Attribute("ptime", str(ptime_ms))
    yield Attribute(direction)


def _describe(
    local: LocalMedia, streams: tuple[Media, ...], timing: Timing, previous: bytes | None
) -> bytes:
    """Write a description of ours; its version is one up if it differs from the previous one.

    RFC 3264 §8: the same description keeps its version, a changed one raises it by one.
    """
    before = None if previous is None else SessionDescription.parse(previous).origin
    description = SessionDescription(
        origin=Origin(
            "-",
            str(local.session_id),
            "1" if before is None else before.version,
            "IN",
            "IP4",
            local.ip,
        ),
        media=streams,
        connection=Connection("IN", "IP4", local.ip),
        timing=timing,
    )
    written = str(description).encode()
    if before is None or written == previous:
        return written
    return str(_next_version(description)).encode()


def _next_version(description: SessionDescription) -> SessionDescription:
    origin = description.origin
    raised = msgspec.structs.replace(origin, version=str(int(origin.version) + 1))
    return msgspec.structs.replace(description, origin=raised)
