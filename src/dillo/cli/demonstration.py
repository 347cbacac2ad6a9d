"""What `dillo demo` does: a platform of its own, one real call, and its record."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import httpx

from dillo.accounts import applications, customers, keys, numbers
from dillo.accounts.errors import NumberExists
from dillo.accounts.ports import Change, Registry
from dillo.app.prompts import make_prompts
from dillo.app.running import Running
from dillo.app.supervisor import supervise
from dillo.caller import CallOutcome, CallPlan, DigitScript, place_call, write_wav
from dillo.cli.options import console, print_raw_json
from dillo.model.addresses import HostPort
from dillo.model.errors import Unavailable
from dillo.model.prompts import Speech
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode
from dillo.settings import Settings
from dillo.store.database import Database
from dillo.store.registry import sql_registry

_CALLER = "+393703188051"
_FIRST_NUMBER, _NUMBERS = 442079460000, 1000  # London numbers kept for fiction by Ofcom
_MESSAGE = "Hello, this is a message from the demo caller. Please call me back."
# Interrupt the greeting with 1, speak after the tone, end the recording with the hash key.
_SCRIPT = "w2500,1,w4000,a,w300,#"
_RECORD_POLL_S, _RECORD_POLLS = 0.1, 100


async def demonstrate(settings: Settings, *, stay: bool, as_json: bool) -> None:
    """Run a platform with these settings, call it, and print what the API returns."""

    def say(text: str) -> None:
        if not as_json:
            console.print(text)

    async with _platform(settings) as running:
        say(f"a platform is running: SIP {running.sip}, HTTP {running.http}")
        number, customer_code, api_key = await _set_up(settings)
        say(f"a customer holds {number}, which runs the demo application")
        say(f"{_CALLER} calls, presses 1, leaves a message …")
        outcome = await _place_call(settings, running, number)
        if outcome.answer_ms is None:
            raise Unavailable(f"the call was not answered: {outcome.status} {outcome.reason}")
        say(
            f"the call was answered after {outcome.answer_ms:.1f} ms and lasted "
            f"{outcome.duration_s:.1f} s; the caller heard {outcome.heard_rms_dbfs:.0f} dBFS"
        )
        today = datetime.now(UTC).date()
        url = f"{running.http}/api/inbound/voice/{number}/{today}/{today}"
        say(f"GET {url}")
        print_raw_json(await _fetch_record(url, customer_code, api_key))
        if stay:
            say(f"CustomerCode {customer_code}\nApiKey {api_key}\nhome {settings.home}")
            say("still running; stop with Ctrl-C")
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()


@asynccontextmanager
async def _platform(settings: Settings) -> AsyncIterator[Running]:
    """Run a node for as long as the block lasts, or until Ctrl-C."""
    ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            node = tasks.create_task(supervise(settings, ready.set_result, stop))
            body = asyncio.current_task()

            def leave(ended: asyncio.Task[None]) -> None:
                """End the block too where the node was stopped; its failure does so by itself."""
                if body is not None and not ended.cancelled() and ended.exception() is None:
                    body.cancel()

            node.add_done_callback(leave)
            try:
                yield await ready
            except Unavailable as error:
                if not stop.is_set():
                    raise
                await asyncio.wait({node})
                raise asyncio.CancelledError from error  # what failed did because of Ctrl-C
            node.remove_done_callback(leave)
            stop.set()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed


async def _set_up(settings: Settings) -> tuple[str, str, str]:
    """Create customer, application and number; returns number, CustomerCode and ApiKey."""
    database = Database.open(settings.database_url)
    registry: Registry = sql_registry(database)
    change = Change.by("demo")
    customer = await customers.create(registry, change, "Demo customer")
    issued = await keys.issue(registry, change, customer.id)
    behavior = resources.files(__package__).joinpath("demo_application.json").read_text()
    await applications.publish(registry, change, customer.id, "Demo", behavior)
    number = await _add_number(registry, change)
    await numbers.buy(registry, change, number, customer.id)
    await numbers.assign(registry, change, number, "Demo")
    await database.close()
    return number, customer.id, issued.secret


async def _add_number(registry: Registry, change: Change) -> str:
    """Add the first number that an earlier demo in this home has not taken."""
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + _NUMBERS):
        with suppress(NumberExists):
            return (await numbers.add(registry, change, f"+{number}")).e164
    raise NumberExists("every number of the demo is in use: choose another home")


async def _place_call(settings: Settings, running: Running, number: str) -> CallOutcome:
    spoken = settings.home / "message.wav"
    prompts = make_prompts(settings)
    await prompts.start()
    try:
        speech = await prompts.prepare(Speech(_MESSAGE, "en-GB"), "demo")
    finally:
        await prompts.close()
    octets = await asyncio.to_thread(Path(speech.ulaw_path).read_bytes)
    write_wav(spoken, decode(octets, Law.ULAW))
    sip = HostPort.parse(running.sip)
    return await place_call(
        CallPlan(
            to=number,
            target=(sip.host, sip.port),
            from_=_CALLER,
            script=DigitScript.parse(_SCRIPT),
            audio=spoken,
        )
    )


async def _fetch_record(url: str, customer_code: str, api_key: str) -> str:
    """Return the response of the statistics API once it lists the call."""
    headers = {"CustomerCode": customer_code, "ApiKey": api_key}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
        for _ in range(_RECORD_POLLS):
            response = await client.get(url)
            if response.text != "[]":
                return response.text
            await asyncio.sleep(_RECORD_POLL_S)
    raise Unavailable("the call is not listed by the statistics API")
