"""Telephone numbers in E.164 form."""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from dillo.model.errors import PeerError

ANONYMOUS = "anonymous"

TEST_NUMBER = "test"
"""What is called where an application is tried without a number; nobody can hold it."""


class InvalidPhoneNumber(PeerError):
    """The text is no telephone number with a country dial code."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """An international telephone number; `str` gives E.164 with `+` (ITU-T E.164)."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> "PhoneNumber":
        """Read digits with country dial code, after an optional `+` or `00`.

        Raises InvalidPhoneNumber for anything else, a number in national form among them.
        """
        return cls(_international_digits(text))

    def __str__(self) -> str:
        return f"+{self.digits}"


@lru_cache(maxsize=8192)
def _international_digits(text: str) -> str:
    digits = text.removeprefix("+") if text.startswith("+") else text.removeprefix("00")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidPhoneNumber(f"{text!r} is not a telephone number: digits only, after + or 00")
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException as error:
        raise InvalidPhoneNumber(f"{text!r} has no known country dial code") from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhoneNumber(f"{text!r} is not a possible number of +{number.country_code}")
    return digits


def caller_number(user: str) -> str:
    """Return the caller as records show it: E.164 with `+`, or `anonymous` where withheld.

    A caller that is no telephone number (a SIP user name) is kept as it was sent.
    """
    if not user or user.lower() in {"anonymous", "unavailable", "restricted", "unknown"}:
        return ANONYMOUS
    try:
        return str(PhoneNumber.parse(user))
    except InvalidPhoneNumber:
        return user


@lru_cache(maxsize=8192)
def country_of(number: str) -> str:
    """Return the country of an E.164 number with `+` (ISO 3166 alpha-2).

    The text is empty for what is no number, and for numbers of no country, such as +800.
    """
    if not number.startswith("+"):
        return ""
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""
    return country if country and country.isalpha() else ""
