"""The rule for a dialled leg: a connection fee and a per-minute rate by destination prefix."""

from dillo.rating.conversation import Conversation
from dillo.rating.deck import ANY
from dillo.rating.increments import parse_increments
from dillo.rating.tariff import Tariff


class LegExplanation(Conversation, frozen=True, tag_field="rule", tag="leg", kw_only=True):
    """Why a leg costs what it costs."""

    destination: str
    """E.164 with `+`, or a SIP URI."""


def explain_leg(
    tariff: Tariff, destination: str, duration_ms: int, caller: str = ""
) -> LegExplanation:
    """Match a leg of `duration_ms` from answer to hang-up against the tariff."""
    prefix, caller_prefix, rates = tariff.match_dial(destination, caller)
    return LegExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        destination=destination,
        matched=prefix,
        matched_caller=caller_prefix,
        is_default=prefix == ANY,
        duration_ms=duration_ms,
        increments=rates.increments,
        billed_s=parse_increments(rates.increments).billed_s(duration_ms),
        connection_fee=rates.connection_fee,
        per_minute=rates.per_minute,
    )
