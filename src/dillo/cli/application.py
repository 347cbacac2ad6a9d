"""`dillo app`: phone applications."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from dillo.accounts import applications, prompts
from dillo.accounts.ports import Change, Registry
from dillo.behavior import InvalidBehavior, Problem, Severity, check
from dillo.cli.customer import Customer
from dillo.cli.local_audio import embed_prompts
from dillo.cli.options import Home, Json, console, print_json, show
from dillo.cli.records import with_registry
from dillo.files.uploads import store_upload
from dillo.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Phone applications.")

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.json", help="Channel behavior.")
]


@app.command("check")
def check_file(file: File, home: Home = None, json: Json = False) -> None:
    """Say everything that is wrong with a channel behavior; exit status 1 where it has errors."""
    text, missing = embed_prompts(file.read_text(), file.parent, lambda _path: "0" * 64)
    problems = (*missing, *check(text))
    _report(problems, json)
    raise typer.Exit(any(problem.severity is Severity.ERROR for problem in problems))


@app.command()
def publish(
    name: Annotated[str, typer.Argument(help="Name of the application.")],
    file: File,
    customer: Customer,
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
        for prompt_id, file_name in uploads.items():
            await prompts.add(registry, change, customer, file_name, prompt_id)
        published = await applications.publish(registry, change, customer, name, text)
        return {
            "Application": published.application.name,
            "Version": published.application.version,
            "VersionId": published.application.version_id,
            "Warnings": [str(problem) for problem in published.warnings],
        }

    show(with_registry(home, work), json)


def _report(problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        print_json([_fields(problem) for problem in problems])
        return
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        console.print(f"[{colour}]{problem.severity}[/{colour}]", end=" ")
        console.print(str(problem), markup=False, soft_wrap=True)
    if not problems:
        console.print("[green]nothing is wrong[/green]")


def _fields(problem: Problem) -> dict[str, object]:
    return {
        "Severity": problem.severity,
        "Node": problem.node,
        "Field": problem.field,
        "Message": problem.message,
    }
