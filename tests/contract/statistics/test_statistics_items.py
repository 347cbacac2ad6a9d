"""The items of a page: their text, their order, and the days they belong to."""

import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import httpx
import pytest

from dillo.model.events import (
    CallAnswered,
    CallEnded,
    CallReceived,
    EndReason,
    RecordingFinished,
    RecordingStarted,
)
from dillo.records import document, fold
from dillo.web.app import WebSettings

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PATH = "/api/inbound/voice"
NOVEMBER = "2026-11-01/2026-11-30"
AT_US = 1_762_000_000_125_000
RECORDING = "0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11"
PROPERTIES = [
    "CustomerCode",
    "CreatedOnUtc",
    "TelephoneNumber",
    "InboundActiveNumber",
    "InboundActiveNumberId",
    "CallDuration",
    "IsFallbackExecuted",
    "Price",
    "ChannelBehavior",
    "Recordings",
    "CollectedDigits",
    "DialActions",
]


def ids(response: httpx.Response) -> list[str]:
    """Return the ids of the calls on a page (see conftest.call_document)."""
    assert response.status_code == 200, response.text
    return [json.loads(call["ChannelBehavior"])["Id"] for call in response.json()]


def settled_document(house: "House", quoted: str) -> str:
    """Write the document that settlement writes for a call with a recording, at 0.0412."""
    received = CallReceived(
        at_us=AT_US,
        call_id=house.new_id(),
        node_name="node",
        customer_id=house.alice.code,
        number_id=house.new_id(),
        number="+442079460000",
        number_type="local",
        caller="+393703188051",
        currency="EUR",
    )
    started = RecordingStarted(AT_US + 2, RECORDING, "2", quoted, "2026/11/x.wav", "3-M")
    events = (
        received,
        CallAnswered(AT_US + 1),
        started,
        RecordingFinished(AT_US + 3_000_002, RECORDING, 3000, 24_044, "key"),
        CallEnded(AT_US + 12_200_001, EndReason.CALLER_HUNG_UP),
    )
    charges = [
        SimpleNamespace(subject_id="", amount_micros=38_700),
        SimpleNamespace(subject_id=RECORDING, amount_micros=2_500),
    ]
    return document(fold(events), charges, {})


async def test_a_call_as_settlement_wrote_it(house: "House") -> None:
    house.call(AT_US, document=settled_document(house, "Message"))
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/+442079460000/2025-11-01/2025-11-30")
    assert response.headers["Content-Type"] == "application/json"
    (call,) = json.loads(response.text, parse_float=Decimal)
    assert list(call) == PROPERTIES
    assert call["CreatedOnUtc"] == "2025-11-01T12:26:40.125Z"
    assert '"Price":0.0412,' in response.text, "the decimal is sent digit by digit"
    assert call["CallDuration"] == Decimal("12.2")
    (recording,) = call["Recordings"]
    assert recording["Url"] == f"https://voice.example.com/api/inbound/recordings/{RECORDING}"


@pytest.mark.parametrize("sent", ["442079460000", "00442079460000", "+442079460000"])
async def test_the_number_comes_back_character_for_character(house: "House", sent: str) -> None:
    house.call("2026-11-03T10:00:00Z")
    house.call("2026-11-04T10:00:00Z")
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/{sent}/{NOVEMBER}")
        escaped = await client.get(f"{PATH}/{sent.replace('+', '%2B')}/{NOVEMBER}")
    assert response.text.count(f'"InboundActiveNumber":"{sent}","InboundActiveNumberId"') == 2
    assert escaped.content == response.content


async def test_texts_that_look_like_properties_stay_as_they_are(house: "House") -> None:
    tricky = '"InboundActiveNumber":"+442079460000","Url":"/api/inbound/recordings/'
    house.call(AT_US, document=settled_document(house, tricky))
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/2025-11-01/2025-11-30")
    (call,) = response.json()
    assert call["InboundActiveNumber"] == "442079460000"
    assert call["Recordings"][0]["StorageKey"] == tricky


@pytest.mark.parametrize("price", ["0.000001", "0.1", "123456789012345678.100001", "0.30"])
async def test_prices_keep_their_digits(house: "House", price: str) -> None:
    text = f'{{"InboundActiveNumber":"+442079460000","Price":{price}}}'
    house.call("2026-11-03T10:00:00Z", document=text)
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/+442079460000/{NOVEMBER}")
    assert response.text == f"[{text}]"


async def test_text_beyond_ascii(house: "House") -> None:
    text = '{"InboundActiveNumber":"+442079460000","ChannelBehavior":"Però \U0001f98e"}'
    house.call("2026-11-03T10:00:00Z", document=text)
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/+442079460000/{NOVEMBER}")
    assert response.content.decode() == f"[{text}]"


async def test_newest_first_then_by_id(house: "House") -> None:
    early = house.call("2026-11-03T10:00:00.001Z")
    first, second = (house.call("2026-11-03T10:00:00.002Z") for _ in range(2))
    late = house.call("2026-11-03T10:00:00.003Z")
    settled_last = house.call("2026-11-02T09:00:00Z")
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/{NOVEMBER}")
    assert ids(response) == [late, second, first, early, settled_last]
    assert response.headers["X-Total-Count"] == "5"


async def test_days_are_utc_and_both_ends_are_included(house: "House") -> None:
    house.call("2026-11-01T23:59:59.999999Z")
    midnight = house.call("2026-11-02T00:00:00.000Z")
    before_midnight = house.call("2026-11-03T23:59:59.999Z")
    house.call("2026-11-04T00:00:00.000Z")
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/2026-11-02/2026-11-03")
        one_day = await client.get(f"{PATH}/442079460000/2026-11-02/2026-11-02")
    assert ids(response) == [before_midnight, midnight]
    assert response.headers["X-Total-Count"] == "2"
    assert ids(one_day) == [midnight]


async def test_a_number_without_calls(house: "House") -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/442079460000/{NOVEMBER}")
    assert (response.status_code, response.text) == (200, "[]")
    assert response.headers["X-Total-Count"] == "0"
    assert "Link" not in response.headers


async def test_addresses_follow_the_request_unless_configured(house: "House") -> None:
    house.call(AT_US, document=settled_document(house, "Message"))
    path = f"{PATH}/442079460000/2025-11-01/2025-11-30"
    async with house.client(house.alice, WebSettings(house.recordings_dir)) as client:
        asked = await client.get(path, headers={"Host": "pbx.local:8080"})
        made_up = await client.get(path, headers={"Host": 'x"},{"'})
    (url,) = re.findall('"Url":"([^"]+)"', asked.text)
    assert url == f"https://pbx.local:8080/api/inbound/recordings/{RECORDING}"
    assert made_up.json()[0]["Recordings"][0]["Url"].startswith("https://voice.example.com")


async def test_head_and_slashes_at_the_end(house: "House") -> None:
    house.call("2026-11-03T10:00:00Z")
    async with house.client(house.alice) as client:
        for path in (f"{PATH}/442079460000/{NOVEMBER}", f"{PATH}/442079460000/{NOVEMBER}/1"):
            page = await client.get(path)
            slash = await client.get(f"{path}/")
            head = await client.head(path)
            assert (page.status_code, slash.content) == (200, page.content)
            assert (head.status_code, head.headers) == (200, page.headers)
