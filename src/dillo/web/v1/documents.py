"""What the bodies of the management API are made of.

Names are snake_case; money is a JSON string with its exact decimals, because clients of many
languages read JSON numbers as binary floats; moments are ISO 8601 in UTC with milliseconds.
"""

import re
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
)

from dillo.model.moments import iso_ms
from dillo.model.money import Micros, to_decimal, to_micros

_AMOUNT = r"^-?[0-9]{1,10}(\.[0-9]{1,6})?$"
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

Money = Annotated[
    str,
    Field(pattern=_AMOUNT, description="Exact decimal amount in the account's currency"),
    WithJsonSchema(
        {"type": "string", "format": "decimal", "pattern": _AMOUNT, "examples": ["12.5"]}
    ),
]
"""Written by `money`, read by `micros`."""

Moment = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-11-23T10:42:07.125Z"]}
    ),
]
"""Written by `moment`."""


def _iso(value: Any) -> Any:
    # pydantic would take a number as seconds since 1970, even one in a text.
    if isinstance(value, str) and _DATED.match(value) is None:
        raise ValueError("write it in ISO 8601, as in 2026-11-23T10:42:07Z")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_iso)]
"""A moment that a client sends, with its time zone."""

_ID_SCHEMA = {
    "type": "string",
    "format": "uuid",
    "pattern": _UUID,
    "examples": ["0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11"],
}
Identifier = Annotated[str, Field(pattern=_UUID), WithJsonSchema(_ID_SCHEMA)]
"""An id inside a body."""

Id = Annotated[str, Path(pattern=_UUID, description="Id"), WithJsonSchema(_ID_SCHEMA)]
"""An id in an address."""

LanguageTag = Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
"""BCP 47."""

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Front desk"])]


def money(micros_: int) -> str:
    """Write micros as an exact decimal amount."""
    return f"{to_decimal(micros_):f}"


def micros(amount: str) -> Micros:
    """Read an amount that `Money` has checked."""
    return to_micros(amount)


def moment(moment_us: int) -> str:
    """Write a moment."""
    return iso_ms(moment_us)


def maybe_moment(moment_us: int | None) -> str | None:
    """Write a moment that may not have come."""
    return None if moment_us is None else iso_ms(moment_us)


class Entry(BaseModel):
    """What a client sends: unknown fields and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        # PostgreSQL stores no NUL in a text; nobody means one either.
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a text has no NUL character")
        return value


class Document(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


Item = TypeVar("Item", bound=Document)


class Page(Document, Generic[Item]):
    """Part of a list, newest first unless said otherwise."""

    items: list[Item]
    next_cursor: Annotated[
        str | None, Field(description="Send it as `cursor` for what follows; null at the end")
    ]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name the schema as a client would: `ApiKeyPage`."""
        return f"{params[0].__name__}Page"
