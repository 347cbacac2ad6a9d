"""An estimate of how a call sounded: the E-model, simplified (ITU-T G.107)."""

_BEST_R = 93.2
"""R of a connection without loss and delay, all other parameters at their defaults."""
_LOSS_ROBUSTNESS = 25.1
"""Bpl of G.711 with packet loss concealment (ITU-T G.113, table I.4); its Ie is 0."""


def mean_opinion_score(
    loss: float, jitter_ms: float, round_trip_ms: float | None, ptime_ms: int = 20
) -> float:
    """Return the estimated MOS, 1 to 4.41, of a G.711 stream.

    `loss` is the share of packets lost, 0 to 1. Delay is half the round trip, a packet, and a
    jitter buffer of twice the jitter. Delay impairment is the fit of Cole and Rosenbluth, "Voice
    over IP performance monitoring" (2001); loss impairment is G.107 §3.5 for random loss; R to
    MOS is G.107 annex B.
    """
    delay_ms = (round_trip_ms or 0.0) / 2 + ptime_ms + 2 * jitter_ms
    delay_impairment = 0.024 * delay_ms + 0.11 * max(0.0, delay_ms - 177.3)
    lost_percent = 100 * min(max(loss, 0.0), 1.0)
    loss_impairment = 95 * lost_percent / (lost_percent + _LOSS_ROBUSTNESS)
    return _score(_BEST_R - delay_impairment - loss_impairment)


def _score(r: float) -> float:
    if r <= 0:
        return 1.0
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
