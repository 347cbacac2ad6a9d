"""A call as the management API shows it: one schema, whether it rings, runs or is over."""

from typing import Annotated, Any, Literal

from pydantic import Field

from dillo.calls.archive import ApplicationVersion, CallSummary
from dillo.model.live import CallStatus, LiveCall
from dillo.records.record import span_ms
from dillo.web.v1.documents import Document, Identifier, Moment, Money, maybe_moment, moment, money

EndReasonName = Literal[
    "CallerHungUp",
    "FlowEnded",
    "DialEnded",
    "LimitReached",
    "Rejected",
    "Abandoned",
    "MediaTimeout",
    "Error",
    "Interrupted",
]
DialStatusName = Literal["Answered", "NoAnswer", "Busy", "Failed", "Canceled"]
Seconds = Annotated[float, Field(description="Seconds, to the millisecond", examples=[12.2])]
Country = Annotated[
    str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2", examples=["IT"])
]


class Call(Document):
    """A call."""

    id: Identifier
    status: Annotated[
        Literal["ringing", "in_progress", "finished"],
        Field(description="`in_progress` from the answer on"),
    ]
    customer_id: Identifier
    number_id: Identifier
    number: Annotated[
        str,
        Field(
            description="The called number; `test` where a draft was tried without one",
            examples=["+442079460000"],
        ),
    ]
    application_id: Annotated[
        Identifier | None, Field(description="Executed last; null where none was")
    ]
    application: Annotated[str | None, Field(examples=["Front desk"])]
    application_version_id: Identifier | None
    application_version: Annotated[
        int | None, Field(description="Null where a draft was tried", examples=[3])
    ]
    caller: Annotated[
        str,
        Field(
            description="E.164 with +, `anonymous`, or a SIP user name", examples=["+393703188051"]
        ),
    ]
    caller_country: Annotated[Country | None, Field(description="Null where not known")]
    created_at: Moment
    answered_at: Moment | None
    ended_at: Moment | None
    duration_s: Annotated[Seconds, Field(description="From answer to hang-up, 0 where unanswered")]
    end_reason: EndReasonName | None
    sip_code: Annotated[int | None, Field(description="Of a refusal", examples=[486])]
    is_fallback_executed: bool
    is_test: Annotated[
        bool, Field(description="Placed from a browser, and priced at the test tariff")
    ]
    currency: Annotated[str, Field(examples=["EUR"])]
    price: Annotated[
        Money | None, Field(description="Everything included; null until the call is settled")
    ]
    revision: Annotated[
        int, Field(description="Rises when the record changes; 0 until the call is settled")
    ]
    mos: Annotated[float | None, Field(description="Estimated, 1 to 4.41", examples=[4.38])]
    recording_count: int
    digits_count: Annotated[int, Field(description="Menus and Collects that got an answer")]
    dial_count: int
    failure_count: int
    warning_count: int
    node: Annotated[
        str | None, Field(description="Where a running call is in its graph", examples=["2"])
    ]
    action_type: Annotated[str | None, Field(examples=["Menu"])]
    node_entered_at: Moment | None


class LiveSnapshot(Document):
    """All running calls, as an event tells them."""

    calls: list[Call]


def finished_fields(call: CallSummary) -> dict[str, Any]:
    """Return the fields of a finished call."""
    return {
        "id": call.id,
        "status": CallStatus.FINISHED.value,
        "customer_id": call.customer_id,
        "number_id": call.number_id,
        "number": call.number,
        "application_id": call.application_id or None,
        "application": call.application or None,
        "application_version_id": call.version_id or None,
        "application_version": call.version,
        "caller": call.caller,
        "caller_country": call.caller_country or None,
        "created_at": moment(call.created_us),
        "answered_at": maybe_moment(call.answered_us),
        "ended_at": moment(call.ended_us),
        "duration_s": call.duration_ms / 1000,
        "end_reason": call.end_reason,
        "sip_code": call.sip_code,
        "is_fallback_executed": bool(call.is_fallback_executed),
        "is_test": bool(call.is_test),
        "currency": call.currency,
        "price": money(call.price_micros),
        "revision": call.revision,
        "mos": None if call.mos is None else round(call.mos, 2),
        "recording_count": call.recordings,
        "digits_count": call.digits,
        "dial_count": call.dials,
        "failure_count": call.failures,
        "warning_count": call.warnings,
        "node": None,
        "action_type": None,
        "node_entered_at": None,
    }


def shown(call: CallSummary) -> Call:
    """Show a finished call."""
    return Call(**finished_fields(call))


def shown_live(
    call: LiveCall, version: ApplicationVersion | None, country: str, now_us: int
) -> Call:
    """Show a call that runs, or has just ended; its duration is that until now."""
    return Call(
        id=call.call_id,
        status=call.status.value,
        customer_id=call.customer_id,
        number_id=call.number_id,
        number=call.number,
        application_id=version.application_id if version else None,
        application=version.application if version else None,
        application_version_id=call.version_id or None,
        application_version=version.version if version else None,
        caller=call.caller,
        caller_country=country or None,
        created_at=moment(call.created_us),
        answered_at=maybe_moment(call.answered_us),
        ended_at=maybe_moment(call.ended_us),
        duration_s=span_ms(call.answered_us, call.ended_us or now_us) / 1000,
        end_reason=None if call.end_reason is None else call.end_reason.value,
        sip_code=call.sip_code,
        is_fallback_executed=call.is_fallback_executed,
        is_test=call.is_test,
        currency=call.currency,
        price=None,
        revision=0,
        mos=None,
        recording_count=0,
        digits_count=0,
        dial_count=0,
        failure_count=0,
        warning_count=0,
        node=call.node or None,
        action_type=call.action_type or None,
        node_entered_at=maybe_moment(call.node_entered_us),
    )
