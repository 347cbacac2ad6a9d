"""How the portal's built files are served, and what is left to the API."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from dillo.web.portal import add_portal
from dillo.web.problems import answer_with_problems

PAGE = "<!doctype html><title>Dillo</title>"
SCRIPT = "assets/index-abc123.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / SCRIPT).write_text("plain")
    (tmp_path / f"{SCRIPT}.br").write_bytes(b"as brotli")
    (tmp_path / f"{SCRIPT}.gz").write_bytes(b"as gzip")
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(folder) as client:
        yield client


def connect(folder: Path) -> httpx.AsyncClient:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/api/v1/things", lambda: ["thing"], methods=["GET"])
    add_portal(app, folder)
    answer_with_problems(app)
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(
        transport=transport, base_url="http://portal", headers={"Accept-Encoding": ""}
    )


@pytest.mark.parametrize("path", ["/", "/numbers/buy", "/voice/statistics/0199f6d2"])
async def test_every_page_is_the_one_page(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert (response.status_code, response.text) == (200, PAGE)
    assert response.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/assets/gone.js", "/health/x"])
async def test_what_is_not_a_page_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_routes_answer_as_without_a_portal(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/things")).json() == ["thing"]
    assert (await client.post("/api/v1/things")).status_code == 405
    assert (await client.post("/numbers")).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"as brotli"),
        ("gzip", "gzip", b"as gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", b"as gzip"),
        ("identity", None, b"plain"),
    ],
)
async def test_files_were_compressed_beforehand(
    client: httpx.AsyncClient, accepted: str, encoding: str | None, body: bytes
) -> None:
    request = client.build_request("GET", f"/{SCRIPT}", headers={"Accept-Encoding": accepted})
    response = await client.send(request, stream=True)
    assert b"".join([part async for part in response.aiter_raw()]) == body
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Vary"] == "Accept-Encoding"


async def test_without_a_build_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    async with connect(tmp_path) as client:
        response = await client.get("/")
    assert response.status_code == 200
    assert "make portal" in response.text
