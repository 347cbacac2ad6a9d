"""`dillo app`: phone applications."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from dillo.accounts import applications, prompts
from dillo.accounts.ports import Change, Registry
from dillo.behavior import InvalidBehavior, load
from dillo.cli.checking import check_file, missing_voices
from dillo.cli.customer import Customer
from dillo.cli.local_audio import embed_prompts
from dillo.cli.options import File, Home, Json, show
from dillo.cli.records import with_registry
from dillo.cli.scenarios import play_scenarios, require_scenarios
from dillo.files.uploads import store_upload
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Phone applications.")


app.command("check")(check_file)
app.command("test")(play_scenarios)


@app.command()
def publish(
    name: Annotated[str, typer.Argument(help="Name of the application.")],
    file: File,
    customer: Customer,
    scenarios: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Publish only if these scenarios hold."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Publish a channel behavior as the next version of an application.

    A Play whose Url is the path of an audio file beside FILE.json uploads that file.
    """

    async def work(registry: Registry, change: Change, settings: Settings) -> dict[str, object]:
        await registry.customers.get(customer)
        uploads: dict[str, str] = {}

        def upload(path: Path) -> str:
            prompt_id = store_upload(settings.prompts_dir, customer, path.read_bytes())
            uploads[prompt_id] = path.name
            return prompt_id

        text, missing = await asyncio.to_thread(
            embed_prompts, file.read_text(), file.parent, upload
        )
        if missing:
            raise InvalidBehavior(missing)
        if scenarios is not None:
            require_scenarios(load(text), scenarios)
        for prompt_id, file_name in uploads.items():
            await prompts.add(registry, change, customer, file_name, prompt_id)
        published = await applications.publish(registry, change, customer, name, text)
        return {
            "Application": published.application.name,
            "Version": published.application.version,
            "VersionId": published.application.version_id,
            "Warnings": list(
                map(str, (*published.warnings, *missing_voices(load(text), settings)))
            ),
        }

    show(with_registry(home, work), json)
