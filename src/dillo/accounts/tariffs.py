"""Tariffs: loaded from CSV, each time as the next version, which takes effect at a moment."""

from dillo.accounts.errors import InvalidEntry, NoTariff
from dillo.accounts.ports import Change, Registry
from dillo.rating import TEST, Tariff, read_tariff

NAME = "standard"
_DAY_US = 86_400_000_000


async def load(
    registry: Registry,
    change: Change,
    text: str,
    *,
    effective_us: int | None = None,
    currency: str = "EUR",
    name: str = NAME,
) -> Tariff:
    """Store a CSV as the next version of a tariff; what it does not price stays as it would be.

    It takes effect at once where no moment is given. Raises InvalidSheet with everything that is
    wrong, InvalidTariff for no currency, InvalidEntry for a moment before today or no name, and
    TariffExists where another was loaded at the same time.
    """
    effective_us = change.at_us if effective_us is None else effective_us
    if effective_us < change.at_us - change.at_us % _DAY_US:
        raise InvalidEntry(
            "a tariff takes effect today (UTC) at the earliest: what is past is paid"
        )
    if not name.isascii() or not name.isprintable() or not 0 < len(name) <= 64:
        raise InvalidEntry("a tariff has a name of 1 to 64 ASCII characters")
    if name == TEST:
        raise InvalidEntry(f"{TEST!r} is the tariff of test calls")
    try:
        base = await registry.tariffs.at(currency, effective_us)
    except NoTariff:
        base = None
    version = await registry.tariffs.latest(name) + 1
    tariff = read_tariff(text, name, version, currency, base)
    await registry.tariffs.add(tariff, effective_us, change)
    return tariff
