"""`dillo models`: the model files of speech engines."""

import os
from typing import Annotated

import typer

from dillo.cli.options import Home, Json, command, errors, load_settings, plain_errors, show
from dillo.speech.fetching import obtain
from dillo.speech.model_files import ModelMissing
from dillo.speech.models import DEFAULT_MODELS, MODELS
from dillo.speech.options import read_model_store


def models(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help=f"Of {', '.join(MODELS)} [default: the first two]"
        ),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Fetch model files that are missing, check all of them, and print where they are.

    The status is 0 even where they cannot be had: espeak-ng speaks then, and nothing is
    transcribed.
    """
    with plain_errors():
        settings = load_settings(home)
        store = read_model_store(os.environ | settings.as_environment())
        unknown = [name for name in names or () if name not in MODELS]
        if unknown:
            raise ModelMissing(f"there is no model {unknown[0]!r}: {', '.join(MODELS)}")
    wanted = [MODELS[name] for name in names] if names else DEFAULT_MODELS
    found: dict[str, object] = {}
    for model in wanted:
        try:
            found[model.name] = str(obtain(model, store, lambda line: errors.print(line)))
        except ModelMissing as error:
            errors.print(f"[yellow]missing:[/yellow] {error}", soft_wrap=True)
            found[model.name] = None
    show(found, json)


app = command(models)
