"""Says digits, dates and amounts of money the way people do (SSML `say-as`).

What cannot be read as what it is said to be is left as it is: the engine makes the best of it.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

_ORDERS: Final = {"ymd": "%Y%m%d", "dmy": "%d%m%Y", "mdy": "%m%d%Y", "ydm": "%Y%d%m"}
_NUMBER: Final = re.compile(r"\d[\d.,' ]*")
_THOUSANDS: Final = re.compile(r"[.,' ](?=\d{3}(?:\D|$))")


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a language says dates and money."""

    months: tuple[str, ...]
    date: str
    """With `day`, `month` and `year`."""
    joint: str
    """Between whole units and hundredths."""
    money: Mapping[str, tuple[str, str, str, str]]
    """By currency: one unit, several, one hundredth, several."""
    first: str = "1"
    """The first day of a month."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_TONGUES: Final[Mapping[str, _Tongue]] = {
    "en": _Tongue(
        _words(
            "January February March April May June July August September October November December"
        ),
        "{day} {month} {year}",
        " and ",
        {
            "EUR": ("euro", "euros", "cent", "cents"),
            "USD": ("dollar", "dollars", "cent", "cents"),
            "GBP": ("pound", "pounds", "penny", "pence"),
            "CHF": ("franc", "francs", "centime", "centimes"),
            "RON": ("leu", "lei", "ban", "bani"),
        },
    ),
    "it": _Tongue(
        _words(
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre "
            "ottobre novembre dicembre"
        ),
        "{day} {month} {year}",
        " e ",
        {
            "EUR": ("euro", "euro", "centesimo", "centesimi"),
            "USD": ("dollaro", "dollari", "centesimo", "centesimi"),
            "GBP": ("sterlina", "sterline", "penny", "pence"),
            "CHF": ("franco", "franchi", "centesimo", "centesimi"),
            "RON": ("leu", "lei", "ban", "bani"),
        },
        "primo",
    ),
    "es": _Tongue(
        _words(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
            "noviembre diciembre"
        ),
        "{day} de {month} de {year}",
        " con ",
        {
            "EUR": ("euro", "euros", "céntimo", "céntimos"),
            "USD": ("dólar", "dólares", "centavo", "centavos"),
            "GBP": ("libra", "libras", "penique", "peniques"),
            "CHF": ("franco", "francos", "céntimo", "céntimos"),
            "RON": ("leu", "lei", "ban", "bani"),
        },
    ),
    "fr": _Tongue(
        _words(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        ),
        "{day} {month} {year}",
        " et ",
        {
            "EUR": ("euro", "euros", "centime", "centimes"),
            "USD": ("dollar", "dollars", "cent", "cents"),
            "GBP": ("livre", "livres", "penny", "pence"),
            "CHF": ("franc", "francs", "centime", "centimes"),
            "RON": ("leu", "lei", "ban", "bani"),
        },
        "premier",
    ),
    "de": _Tongue(
        _words(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
        ),
        "{day}. {month} {year}",
        " und ",
        {
            "EUR": ("Euro", "Euro", "Cent", "Cent"),
            "USD": ("Dollar", "Dollar", "Cent", "Cent"),
            "GBP": ("Pfund", "Pfund", "Penny", "Pence"),
            "CHF": ("Franken", "Franken", "Rappen", "Rappen"),
            "RON": ("Leu", "Lei", "Ban", "Bani"),
        },
    ),
}
_SIGNS: Final = {"€": "EUR", "$": "USD", "£": "GBP"}


def say_digits(text: str, language: str, form: str) -> str:
    """Say one digit after the other."""
    return " ".join(character for character in text if character.isdigit()) or text


def say_characters(text: str, language: str, form: str) -> str:
    """Spell a text."""
    return " ".join(character.upper() for character in text if not character.isspace())


def say_telephone(text: str, language: str, form: str) -> str:
    """Say a telephone number in groups of three or four digits."""
    digits = [character for character in text if character.isdigit()]
    rest = len(digits) % 3
    # The last group takes a digit that would be alone.
    cuts = list(range(0, len(digits) - (3 + rest if rest == 1 else rest), 3)) or [0]
    if rest == 2:
        cuts.append(len(digits) - 2)
    elif rest == 1 and len(digits) > 4:
        cuts.append(len(digits) - 4)
    groups = [
        " ".join(digits[start:end])
        for start, end in zip(cuts, [*cuts[1:], len(digits)], strict=True)
    ]
    return ", ".join(filter(None, groups)) or text


def say_number(text: str, language: str, form: str) -> str:
    """Leave a number to the engine, which reads it out as one."""
    return text.strip()


def say_date(text: str, language: str, form: str) -> str:
    """Say a date: `2026-03-31`, or day, month and year in the order of `form`, such as `dmy`."""
    digits = re.split(r"\D+", text.strip())
    order = form or ("ymd" if len(digits[0]) == 4 else "dmy")
    if order not in _ORDERS or len(digits) != 3:
        return text
    year, month, day = (digits[order.index(letter)] for letter in "ymd")
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return text
    tongue = _TONGUES.get(_base(language))
    if tongue is None:
        return f"{date.day}. {date.month}. {date.year}"
    if language.lower().replace("_", "-") == "en-us":
        return f"{tongue.months[date.month - 1]} {date.day}, {date.year}"
    said_day = tongue.first if date.day == 1 else str(date.day)
    return tongue.date.format(day=said_day, month=tongue.months[date.month - 1], year=date.year)


def say_currency(text: str, language: str, form: str) -> str:
    """Say an amount of money: `EUR 12.50`, `12,50 €`, `$3`."""
    found = _NUMBER.search(text)
    currency = _currency(text)
    if found is None or currency is None:
        return text
    amount = _amount(found.group().strip())
    tongue = _TONGUES.get(_base(language))
    if amount is None or tongue is None or currency not in tongue.money:
        return f"{found.group().strip()} {currency}"
    one, several, cent, cents = tongue.money[currency]
    units, hundredths = divmod(int(amount * 100), 100)
    whole = f"{units} {one if units == 1 else several}"
    part = f"{hundredths} {cent if hundredths == 1 else cents}"
    if not hundredths:
        return whole
    return f"{whole}{tongue.joint}{part}" if units else part


def _currency(text: str) -> str | None:
    code = re.search(r"[A-Za-z]{3}", text)
    if code:
        return code.group().upper()
    return next((name for sign, name in _SIGNS.items() if sign in text), None)


def _amount(number: str) -> Decimal | None:
    """Read a number with a decimal point or comma, its thousands marked or not."""
    plain = _THOUSANDS.sub("", number).replace(",", ".").replace(" ", "").replace("'", "")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _base(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]


INTERPRETATIONS: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "digits": say_digits,
    "characters": say_characters,
    "spell-out": say_characters,
    "verbatim": say_characters,
    "telephone": say_telephone,
    "cardinal": say_number,
    "number": say_number,
    "date": say_date,
    "currency": say_currency,
}
"""Values of `interpret-as`: text, language (BCP 47) and `format` to what an engine is to read."""
