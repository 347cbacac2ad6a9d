"""The rule for the inbound call: by the number that was called, its type, and its caller."""

from dillo.rating.conversation import Conversation
from dillo.rating.deck import ANY
from dillo.rating.increments import parse_increments
from dillo.rating.tariff import Tariff


class CallExplanation(Conversation, frozen=True, tag_field="rule", tag="call", kw_only=True):
    """Why a call costs what it costs."""

    number: str = ""
    """The number that was called, E.164 with `+`."""
    number_type: str = ""


def explain_call(
    tariff: Tariff, number_type: str, duration_ms: int, number: str = "", caller: str = ""
) -> CallExplanation:
    """Match a call of `duration_ms` from answer to hang-up against the tariff."""
    prefix, caller_prefix, rates = tariff.match_call(number, number_type, caller)
    return CallExplanation(
        tariff=tariff.name,
        version=tariff.version,
        currency=tariff.currency,
        number=number,
        number_type=number_type,
        matched=prefix,
        matched_caller=caller_prefix,
        is_default=prefix == ANY,
        duration_ms=duration_ms,
        increments=rates.increments,
        billed_s=parse_increments(rates.increments).billed_s(duration_ms),
        connection_fee=rates.connection_fee,
        per_minute=rates.per_minute,
    )
