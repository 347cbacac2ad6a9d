"""How a call sounded: packets, loss, jitter, round trip and the MOS estimated from them.

The estimate is the E-model of ITU-T G.107 with every parameter at its default but delay and loss.
"""

from dataclasses import dataclass

_BEST_R = 93.2
"""R of a connection without loss or delay: G.107 (06/2015) §7.7, all parameters at default."""
_LOSS_ROBUSTNESS = 25.1
"""Bpl of G.711 with packet loss concealment, whose Ie is 0 (ITU-T G.113 (11/2007) table I.4)."""
_PACKET_MS = 20


@dataclass(frozen=True, slots=True)
class Quality:
    """The media of a call, measured from RTP and RTCP."""

    packets_received: int
    packets_lost: int
    packets_sent: int
    packets_late: int
    packets_refused: int
    socket_errors: int
    remote_lost: int | None
    """Packets of ours that the peer missed; None where it sent no receiver report."""
    jitter_ms: float
    round_trip_ms: float | None
    """None where the peer sent no receiver report."""

    @property
    def loss(self) -> float:
        """Return the share of packets lost, 0 to 1, in the direction that fared worse."""
        inbound = _share(self.packets_lost, self.packets_received + self.packets_lost)
        return max(inbound, _share(self.remote_lost or 0, self.packets_sent))

    @property
    def mos(self) -> float | None:
        """Return the estimated MOS, 1 to 4.41; None where nothing was received to judge."""
        if not self.packets_received:
            return None
        return mean_opinion_score(self.loss, self.jitter_ms, self.round_trip_ms)


def mean_opinion_score(loss: float, jitter_ms: float, round_trip_ms: float | None) -> float:
    """Return the estimated MOS, 1 to 4.41, of a G.711 connection.

    `loss` is the share of packets lost, 0 to 1. One-way delay is half the round trip, one packet
    and a jitter buffer of twice the jitter; its impairment is the fit of Cole and Rosenbluth,
    "Voice over IP performance monitoring" (2001). Loss impairment is G.107 §7.5 for random loss,
    R to MOS is G.107 annex B.
    """
    delay_ms = (round_trip_ms or 0.0) / 2 + _PACKET_MS + 2 * jitter_ms
    delay_impairment = 0.024 * delay_ms + 0.11 * max(0.0, delay_ms - 177.3)
    lost_percent = 100 * min(max(loss, 0.0), 1.0)
    loss_impairment = 95 * lost_percent / (lost_percent + _LOSS_ROBUSTNESS)
    return _score(_BEST_R - delay_impairment - loss_impairment)


def _score(r: float) -> float:
    if r <= 0:
        return 1.0
    # The polynomial of annex B dips below 1 for small R.
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def _share(part: int, whole: int) -> float:
    return min(1.0, max(0, part) / whole) if whole > 0 else 0.0
