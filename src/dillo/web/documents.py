"""The bodies of the statistics API as OpenAPI describes them.

Nothing is built from these at run time: responses are put together from the text that settlement
stored, so that every decimal keeps its digits.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_pascal

Money = Annotated[Decimal, WithJsonSchema({"type": "number", "format": "decimal"})]
Seconds = Annotated[float, WithJsonSchema({"type": "number", "format": "double"})]


class _Document(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="forbid")


class Transcription(_Document):
    """What was said in a recording."""

    status: Annotated[str, Field(examples=["Completed"])]
    language_code: Annotated[str, Field(description="BCP 47", examples=["en-GB"])]
    text: Annotated[str | None, Field(examples=["Please call me back."])]
    price: Money | None


class Recording(_Document):
    """What the caller said."""

    id: UUID
    node: Annotated[str, Field(description="Node that recorded", examples=["2"])]
    storage_key: Annotated[str | None, Field(examples=["Message"])]
    created_on_utc: datetime
    duration: Annotated[Seconds, Field(description="Seconds", examples=[12.34])]
    url: Annotated[
        str,
        Field(
            json_schema_extra={"format": "uri"},
            description="Where to download it, with the same authorization headers",
        ),
    ]
    format: Annotated[str, Field(examples=["wav"])]
    size: Annotated[int, Field(description="Bytes", examples=[98_764])]
    storage_period_code: Annotated[str, Field(examples=["3-M"])]
    expires_on_utc: datetime
    price: Annotated[Money, Field(description="Recording and storage", examples=[0.0025])]
    transcription: Transcription | None


class CollectedDigits(_Document):
    """Keys that a Menu or Collect took."""

    node: Annotated[str, Field(examples=["0"])]
    action_type: Annotated[str, Field(examples=["Menu"])]
    storage_key: Annotated[str | None, Field(examples=["Department"])]
    digits: Annotated[str, Field(description="Masked with * where sensitive", examples=["1"])]
    is_success: bool
    created_on_utc: datetime


class DialAction(_Document):
    """One leg that was dialled."""

    node: Annotated[str, Field(examples=["1"])]
    telephone_number: Annotated[str, Field(examples=["+442079460123"])]
    status: Literal["Answered", "NoAnswer", "Busy", "Failed", "Canceled"]
    sip_code: Annotated[int | None, Field(examples=[200])]
    created_on_utc: datetime
    answer_date: datetime | None
    hangup_date: datetime | None
    duration: Annotated[Seconds, Field(description="Seconds from answer to hang-up")]
    price: Money


class InboundVoiceCall(_Document):
    """A finished inbound call."""

    customer_code: Annotated[UUID, Field(description="Customer who received the call")]
    created_on_utc: Annotated[
        datetime,
        Field(
            description="When the call was received, UTC, with milliseconds",
            examples=["2026-11-23T10:42:07.125Z"],
        ),
    ]
    telephone_number: Annotated[
        str,
        Field(
            description="The number that made the call, E.164 with +; `anonymous` where withheld",
            examples=["+393703188051"],
        ),
    ]
    inbound_active_number: Annotated[
        str,
        Field(
            description="The number that received the call: the parameter, character for character",
            examples=["442079460000"],
        ),
    ]
    inbound_active_number_id: Annotated[UUID, Field(description="Id of the inbound number")]
    call_duration: Annotated[
        Seconds,
        Field(
            description="Seconds from answer to hang-up, 0 where unanswered",
            examples=[12.2],
        ),
    ]
    is_fallback_executed: Annotated[
        bool,
        Field(description="True if the fallback application was executed, false if the primary"),
    ]
    price: Annotated[
        Money,
        Field(
            description="Total cost of the call, everything included, with its exact digits",
            examples=[0.0412],
        ),
    ]
    channel_behavior: Annotated[
        str,
        Field(description="The channel behavior that was executed, and what happened at its nodes"),
    ]
    recordings: list[Recording]
    collected_digits: list[CollectedDigits]
    dial_actions: list[DialAction]


class Violation(BaseModel):
    """One thing wrong with a request."""

    pointer: Annotated[
        str | None, Field(description="Where in the body (RFC 6901)", examples=["#/name"])
    ] = None
    parameter: Annotated[
        str | None, Field(description="Which parameter or header", examples=["limit"])
    ] = None
    line: Annotated[int | None, Field(description="Of a table", examples=[2])] = None
    column: Annotated[
        str | None, Field(description="Of a table; empty for the whole line", examples=["prefix"])
    ] = None
    detail: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457)."""

    type: Annotated[
        str,
        Field(
            description="Names the kind of error; never changes",
            examples=["urn:dillo:problem:invalid-date"],
        ),
    ]
    title: Annotated[str, Field(examples=["The date is not a calendar day"])]
    status: Annotated[int, Field(examples=[400])]
    detail: Annotated[
        str,
        Field(
            description="What to do about it",
            examples=["Write startDate as yyyy-MM-dd, a day of the calendar."],
        ),
    ]
    errors: Annotated[
        list[Violation] | None, Field(description="Everything wrong with the request")
    ] = None
    problems: Annotated[
        list[dict[str, str | None]] | None,
        Field(
            description="Everything wrong with a channel behavior: severity, node, field, message"
        ),
    ] = None
    scenarios: Annotated[
        list[dict[str, Any]] | None, Field(description="Scenarios that do not hold")
    ] = None
