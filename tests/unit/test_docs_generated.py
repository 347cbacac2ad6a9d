"""The documentation is as the code is: generated parts, links, examples, prices, names."""

import json
import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
from docs.generate import EXAMPLES, PARTS, commands, openapi, pages, price_examples

from dillo.behavior import check
from dillo.cli.local_audio import embed_prompts
from dillo.model import events
from dillo.model.money import to_decimal
from dillo.rating import RecordedAudio, Usage, default_tariff, rate
from dillo.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def behaviors() -> list[tuple[str, str]]:
    """Return every channel behavior of the documentation with where it is from."""
    shown = [
        (page.name, example)
        for page in PAGES
        for example in re.findall(r"```json\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        if "ChannelBehaviorNodes" in example
    ]
    files = sorted((ROOT / "docs" / "examples").glob("*.json"))
    return shown + [(file.name, file.read_text("utf-8")) for file in files]


def test_generated_parts_are_up_to_date() -> None:
    stale = [path.name for path, text in pages().items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_every_part_is_on_a_page() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert set(re.findall(r"<!-- generated (\S+) -->", text)) == set(PARTS)


@every_page
def test_links_resolve(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", text, re.MULTILINE)
    for target in (inline or reference for inline, reference in targets):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(linked), f"{target} names no heading"


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize(("source", "text"), behaviors())
def test_applications_are_valid(source: str, text: str) -> None:
    uploaded, _ = embed_prompts(text, ROOT, lambda _: "0" * 64)
    assert check(uploaded) == (), source


def test_examples_shown_are_the_files() -> None:
    for page, name in (("README.md", "voicemail"), ("docs/tutorial.md", "reception")):
        example = (ROOT / "docs" / "examples" / f"{name}.json").read_text("utf-8")
        assert f"```json\n{example}```" in (ROOT / page).read_text("utf-8")


def test_records_page_explains_every_property_and_end_reason() -> None:
    page = (ROOT / "docs" / "reference" / "records.md").read_text("utf-8")
    schemas = openapi()["components"]["schemas"]
    shown = [schemas[name] for name in ("InboundVoiceCall", "Recording", "CollectedDigits")]
    wanted = [name for schema in shown for name in schema["properties"]]
    wanted += [reason.value for reason in events.EndReason]
    assert [name for name in wanted if f"| `{name}` |" not in page] == []


def test_every_command_and_setting_is_described() -> None:
    assert {f"DILLO_{name.upper()}" for name in Settings.model_fields} == set(
        re.findall(r"\| `(DILLO_\w+)`", PARTS["settings"]())
    )
    assert "None" not in commands()


def billed_s(increments: str, milliseconds: int) -> int:
    """Count increments one by one, as one would with a pencil."""
    first, each = map(int, increments.split("/"))
    billed = first if milliseconds else 0
    while milliseconds > billed * 1000:
        billed += each
    return billed


def test_worked_examples_of_prices_are_right() -> None:
    tariff = default_tariff()
    rows = price_examples().splitlines()[2:]
    months = {"3-M": Decimal(3), "1-Y": Decimal(12), "7-D": Decimal(7) / 30}
    for row, (number_type, increments, call_ms, recordings) in zip(rows, EXAMPLES, strict=True):
        rates = tariff.numbers[number_type]
        parts = [rates.connection_fee + rates.per_minute * billed_s(increments, call_ms) / 60]
        for recorded_ms, period in recordings:
            minutes = (recorded_ms + 59_999) // 60_000
            parts.append(tariff.recording_per_minute * minutes)
            parts.append(tariff.storage_per_minute_month * minutes * months[period])
        total = sum(part.quantize(Decimal("0.000001")) for part in parts)
        shown = re.search(r"\*\*([\d.]+)\*\*", row)
        assert shown is not None
        assert Decimal(shown[1]) == total


def test_example_in_full_is_right() -> None:
    audio = RecordedAudio("", 41_500, "3-M")
    usage = Usage("local", True, 95_000, (audio,), number="+442079460000")
    lines = rate(usage, default_tariff())
    assert [str(to_decimal(line.amount_micros)) for line in lines] == ["0.016", "0.0025", "0.0015"]
    page = (ROOT / "docs" / "reference" / "prices.md").read_text("utf-8")
    (explanation,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert json.loads(explanation) == json.loads(lines[0].explanation)
