"""Templates, language tags, addresses and scenario tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.behavior.formats import canonical_language, is_http_url
from dillo.behavior.scenario import InvalidScenario, Row, parse
from dillo.behavior.templates import Scope, Value, masked, plain
from dillo.behavior.templates import parse as parse_template

SCOPE = Scope("+391", "+442", {"Pin": masked("1234"), "Key": plain("7")}, {"name": plain("Ann")})


@pytest.mark.parametrize(
    ("text", "rendered", "shown"),
    [
        ("Hello.", "Hello.", "Hello."),
        ("", "", ""),
        ("{{caller}}/{{ called }}", "+391/+442", "+391/+442"),
        ("{{vars.name}}: {{digits.Key}}", "Ann: 7", "Ann: 7"),
        ("{{digits.Pin}}!", "1234!", "****!"),
        ("<{{vars.none}}{{digits.none}}>", "<>", "<>"),
        ("}} { }", "}} { }", "}} { }"),
    ],
)
def test_templates(text: str, rendered: str, shown: str) -> None:
    template, complaints = parse_template(text)
    assert complaints == ()
    assert template.render(SCOPE) == Value(rendered, shown)


@pytest.mark.parametrize(
    "text",
    ["{{", "{{caller", "{{x}}", "{{vars.}}", "{{vars.a b}}", "{{caller.x}}", "{{{caller}}}x{{"],
)
def test_templates_that_refer_to_nothing(text: str) -> None:
    assert parse_template(text)[1]


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="{}cavrs. x"))
def test_a_sound_template_renders_without_braces_of_references(text: str) -> None:
    template, complaints = parse_template(text)
    if not complaints:
        assert "{{" not in template.render(SCOPE).text


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en", "en"),
        ("EN-gb", "en-GB"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("en-GB-x-Loud-AB", "en-GB-x-loud-ab"),
        ("english", None),
        ("en_GB", None),
        ("\u017fv", None),
        ("e", None),
        ("en-", None),
        ("", None),
        ("en-GB-" + "x-aaaaaaaa" * 20, None),
    ],
)
def test_language_tags(tag: str, canonical: str | None) -> None:
    assert canonical_language(tag) == canonical


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("https://example.com/a.wav?x=1#y", True),
        ("http://[2001:db8::1]:8080/a", True),
        ("HTTP://example.com", True),
        ("http:///a", False),
        ("//example.com/a", False),
        ("file:///etc/passwd", False),
        ("http://example.com:99999/", False),
        ("http://exämple.com/", False),
        ("http://example.com/\n", False),
        ("http://example.com/\x7f", False),
        ("http://a/" + "b" * 2048, False),
    ],
)
def test_addresses(text: str, is_valid: bool) -> None:
    assert is_http_url(text) is is_valid


def test_scenario_rows() -> None:
    assert parse("at | in | out\n\n 0.5 | Digit 1 | Stop, Say a | b \n 2 | Hung up |") == (
        Row(500_000, "Digit 1", "Stop, Say a | b"),
        Row(2_000_000, "Hung up", ""),
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("soon | Digit 1 |", r"is no row: time \| in \| out is expected"),
        ("1", "is no row"),
        ("|", "is no row"),
        ("1 | Digt 1 |", "'Digt 1' is unknown: one of Started, Digit 1, Fell silent, Hung up"),
        ("1 | Digit 12 |", "'Digit 12' is wrong: one of the keys"),
        ("2 | Started |\n1 | Hung up |", "'Hung up' comes before the row above it"),
    ],
)
def test_scenarios_that_cannot_be_read(rows: str, message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        parse(f"at | in | out\n{rows}")
