"""A telephone number tells its country."""

import pytest

from dillo.model.phone import country_of


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+393703188051", "IT"),
        ("+442079460000", "GB"),
        ("+80012345678", ""),
        ("anonymous", ""),
        ("bob", ""),
        ("+", ""),
    ],
)
def test_a_number_tells_its_country(number: str, country: str) -> None:
    assert country_of(number) == country
