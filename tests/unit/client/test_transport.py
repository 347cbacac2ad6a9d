"""How calls reach the server: sent again only where that does no harm."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal

import httpx
import pytest

from dillo.client import (
    AsyncClient,
    Client,
    Conflict,
    Invalid,
    NotFound,
    ServerFailed,
    TooManyRequests,
    Unreachable,
)

NUMBER = {
    "id": "n1",
    "number": "+442079460000",
    "country": "GB",
    "type": "local",
    "area": None,
    "primary_application_id": None,
    "fallback_application_id": None,
    "a_field_of_a_later_release": 1,
}
Answerer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dillo.client.transport._FIRST_WAIT_S", 0.0)


def scripted(*answers: httpx.Response | Exception) -> tuple[Client, list[httpx.Request]]:
    """Return a client of a server that answers so, and the requests that came to it."""
    seen: list[httpx.Request] = []
    remaining: Iterator[httpx.Response | Exception] = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        following = next(remaining)
        if isinstance(following, Exception):
            raise following
        return following

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Client("http://dillo.example", "secret", http=http), seen


def refused(status: int, **headers: str) -> httpx.Response:
    problem = {"type": "urn:dillo:problem:x", "title": "No", "detail": "Do it.", "problems": [1]}
    return httpx.Response(status, json=problem, headers=headers)


def test_a_purchase_is_sent_again_with_the_same_key() -> None:
    client, seen = scripted(
        httpx.ReadTimeout("lost"), httpx.Response(503), httpx.Response(201, json=NUMBER)
    )
    bought = client.numbers.buy("+442079460000")
    assert (bought.number, bought.area) == ("+442079460000", None)
    keys = {request.headers["Idempotency-Key"] for request in seen}
    assert (len(seen), len(keys)) == (3, 1)
    assert seen[0].headers["Authorization"] == "Bearer secret"


def test_what_would_be_done_twice_is_not_sent_again() -> None:
    client, seen = scripted(httpx.ReadTimeout("lost"))
    with pytest.raises(Unreachable):
        client.keys.create("server")
    assert len(seen) == 1


def test_what_was_never_sent_is_sent_again() -> None:
    client, seen = scripted(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(Unreachable):
        client.keys.create("server")
    assert len(seen) == 4


def test_who_is_too_fast_waits_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    slow = refused(429, **{"Retry-After": "7"})
    client, _ = scripted(slow, httpx.Response(200, json=NUMBER))
    assert client.numbers.get("+442079460000").id == "n1"
    assert waits == [7.0]
    client, _ = scripted(*[slow] * 4)
    with pytest.raises(TooManyRequests):
        client.numbers.get("+442079460000")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (409, Conflict), (422, Invalid), (500, ServerFailed)]
)
def test_a_refusal_is_an_error_with_the_fields_of_its_problem(
    status: int, kind: type[NotFound]
) -> None:
    client, seen = scripted(refused(status))
    with pytest.raises(kind) as caught:
        client.numbers.get("+442079460000")
    assert (caught.value.status, caught.value.type) == (status, "urn:dillo:problem:x")
    assert (str(caught.value), caught.value.fields) == ("No. Do it.", {"problems": [1]})
    assert len(seen) == 1


def test_a_list_is_walked_through_page_by_page() -> None:
    first = httpx.Response(200, json={"items": [NUMBER, NUMBER], "next_cursor": "c1"})
    last = httpx.Response(200, json={"items": [NUMBER], "next_cursor": None})
    client, seen = scripted(first, last)
    walk = iter(client.numbers.list())
    assert seen == []
    assert len(list(walk)) == 3
    assert [request.url.query for request in seen] == [b"", b"cursor=c1"]


def test_addresses_are_encoded_and_etags_kept() -> None:
    tagged = httpx.Response(200, json=NUMBER, headers={"ETag": '"abc"'})
    client, seen = scripted(tagged, tagged)
    number = client.numbers.get("a/b?c")
    assert seen[0].url.raw_path == b"/api/v1/numbers/a%2Fb%3Fc"
    client.numbers.assign("+44", primary_application_id=None, if_match=number.etag)
    assert seen[1].headers["If-Match"] == '"abc"'
    assert seen[1].content == b'{"primary_application_id":null}'


def test_money_keeps_its_digits() -> None:
    alert = httpx.Response(200, json={"below": "12.345678", "url": None, "email": None})
    client, _ = scripted(alert)
    assert client.billing.alert().below == Decimal("12.345678")


async def test_the_other_client_knows_the_same() -> None:
    pages = iter(
        [
            httpx.Response(503),
            httpx.Response(200, json={"items": [NUMBER], "next_cursor": "c"}),
            httpx.Response(200, json={"items": [NUMBER], "next_cursor": None}),
        ]
    )
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: next(pages)))
    async with AsyncClient("http://dillo.example", "secret", http=http) as client:
        assert [number.id async for number in client.numbers.list()] == ["n1", "n1"]


def test_the_client_comes_without_the_platform() -> None:
    program = (
        "import sys, dillo.client; "
        "print([name for name in sys.modules if name.startswith('dillo.')"
        " and not name.startswith('dillo.client')], 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "[] False", done.stderr
