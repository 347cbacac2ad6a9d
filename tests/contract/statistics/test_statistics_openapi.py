"""The OpenAPI document describes what the API does, and the small pages beside it work."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from fastapi.openapi.models import OpenAPI

from dillo.web.app import WebSettings
from dillo.web.documents import InboundVoiceCall

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

VOICE = "/api/inbound/voice/{inboundActiveNumber}/{startDate}/{endDate}"


async def openapi(house: "House") -> dict[str, Any]:
    async with house.client() as client:
        document: dict[str, Any] = (await client.get("/openapi.json")).json()
    return document


async def test_the_document_is_valid_and_complete(house: "House") -> None:
    document = await openapi(house)
    OpenAPI.model_validate(document)
    assert list(document["paths"]) == [
        VOICE,
        VOICE + "/{page}",
        "/api/inbound/recordings/{recordingId}",
    ]
    operations = [path["get"] for path in document["paths"].values()]
    names = {operation["operationId"] for operation in operations}
    assert len(names) == len(operations)
    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


async def test_operations_name_their_parameters_errors_and_headers(house: "House") -> None:
    document = await openapi(house)
    operation = document["paths"][VOICE + "/{page}"]["get"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert names == ["inboundActiveNumber", "startDate", "endDate", "asOf", "page"]
    assert all(parameter["description"] for parameter in operation["parameters"])
    assert operation["security"] == [{"CustomerCode": [], "ApiKey": []}]
    assert set(document["components"]["securitySchemes"]) == {"CustomerCode", "ApiKey"}
    responses = operation["responses"]
    assert set(responses) == {"200", "400", "401", "404", "429", "503", "default"}
    assert set(responses["200"]["headers"]) == {"X-Total-Count", "Link"}
    for status in set(responses) - {"200"}:
        assert list(responses[status]["content"]) == ["application/problem+json"]
    assert "Retry-After" in responses["429"]["headers"]


async def test_the_schema_is_that_of_the_responses(house: "House") -> None:
    house.call("2026-11-03T10:00:00Z")
    async with house.client(house.alice) as client:
        response = await client.get("/api/inbound/voice/442079460000/2026-11-01/2026-11-30")
    (call,) = response.json()
    InboundVoiceCall.model_validate(call)
    schema = (await openapi(house))["components"]["schemas"]["InboundVoiceCall"]
    assert list(schema["properties"]) == list(call)
    assert schema["required"] == list(call)
    assert schema["properties"]["Price"]["type"] == "number"
    assert schema["properties"]["Price"]["format"] == "decimal"


async def test_health(house: "House") -> None:
    async with house.client() as client:
        response = await client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_metrics_are_counted_by_route(house: "House") -> None:
    async with house.client(house.alice) as client:
        await client.get("/api/inbound/voice/442079460000/2026-11-01/2026-11-30")
        await client.get("/api/no/such/address")
        text = (await client.get("/metrics")).text
    assert f'dillo_http_requests_total{{route="{VOICE}",status="200"}} 1.0' in text
    assert 'dillo_http_requests_total{route="unmatched",status="404"} 1.0' in text
    assert f'dillo_http_request_seconds_count{{route="{VOICE}"}} 1.0' in text


async def test_metrics_are_for_this_machine_unless_public(house: "House") -> None:
    remote = {"X-Forwarded-For": "203.0.113.7"}
    async with house.client() as client:
        assert (await client.get("/metrics")).status_code == 200
        assert (await client.get("/metrics", headers=remote)).status_code == 404
    public = WebSettings(house.recordings_dir, is_metrics_public=True)
    async with house.client(settings=public) as client:
        assert (await client.get("/metrics", headers=remote)).status_code == 200


async def test_requests_at_once_do_not_mix(house: "House") -> None:
    for day in range(1, 31):
        house.call(f"2026-11-{day:02}T10:00:00Z")
    async with house.client(house.alice) as client:
        days = [f"2026-11-{day:02}" for day in range(1, 31)]
        paths = [f"/api/inbound/voice/442079460000/{day}/{day}" for day in days]
        responses = await asyncio.gather(*map(client.get, paths))
    created = [response.json()[0]["CreatedOnUtc"][:10] for response in responses]
    assert created == days


def references(node: object) -> list[str]:
    """Return every $ref below a node."""
    return [value.split('"')[1] for value in json.dumps(node).split('"$ref": ')[1:]]
