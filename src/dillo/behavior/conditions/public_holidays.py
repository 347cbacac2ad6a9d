"""PublicHoliday: the days off of a country or a region of it, from the library `holidays`.

The calendars are computed from rules, and depend on nothing but the date. The library is imported
at the first calendar, not with this module: it takes a tenth of a second, which only behaviors
with a PublicHoliday should pay for. A process that must never pause calls `preload` at its start.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dillo.behavior.reader import Reader
from dillo.behavior.report import quoted


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The public holidays of a country (ISO 3166-1), or of a region of it (ISO 3166-2)."""

    country: str
    region: str | None

    def include(self, day: date) -> bool:
        """Return whether a day is one, days off in lieu of a holiday included."""
        return day in _calendar(self.country, self.region)


def preload() -> None:
    """Import the library and a first calendar, so that no call has to wait for it."""
    _calendar("GB", None)


def read_public_holidays(fields: Reader) -> PublicHolidays | None:
    """Read PublicHoliday."""
    holiday = fields.child("PublicHoliday", 'an object such as {"Country": "IT"}')
    if holiday is None:
        return None
    country = holiday.text("Country", "a country code such as IT", at_most=64)
    region = holiday.optional_text("Region", "a region code such as BZ", at_most=64)
    holiday.finish("PublicHoliday")
    return PublicHolidays(country, region) if _is_known(holiday, country, region) else None


def _is_known(fields: Reader, country: str, region: str | None) -> bool:
    if not country:
        return False
    countries = _countries()
    if country not in countries:
        expected = "a code of ISO 3166-1 such as IT is expected"
        fields.complain("Country", f"no holidays of {quoted(country)} are known: {expected}")
        return False
    regions = countries[country]
    if region is None or region in regions:
        return True
    known = ": one of " + ", ".join(sorted(regions)[:20]) if regions else ": it has none"
    fields.complain("Region", f"{country} has no region {quoted(region)}{known}")
    return False


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, Sequence[str]]:
    from holidays import list_supported_countries

    return list_supported_countries(include_aliases=False)


@lru_cache(maxsize=1024)
def _calendar(country: str, region: str | None) -> Container[date]:
    from holidays import country_holidays

    return country_holidays(country, subdiv=region)
