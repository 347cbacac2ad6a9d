"""Audio files beside a channel behavior: a path in a Play's Url becomes an uploaded prompt."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dillo.behavior import Problem, Severity
from dillo.model.errors import PeerError

Upload = Callable[[Path], str]
"""Keeps an audio file and returns its PromptId. Raises PeerError where it is no audio."""


def embed_prompts(text: str, folder: Path, upload: Upload) -> tuple[str, tuple[Problem, ...]]:
    """Return a behavior whose local files are uploaded prompts, and what is wrong with the files.

    Paths are relative to `folder`. A text that is no JSON comes back as it is: validation says
    what is wrong with it.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        return text, ()
    problems: list[Problem] = []
    changed = False
    for node, field, play in _plays(document):
        url = play.get("Url")
        if not isinstance(url, str) or "://" in url or not url:
            continue
        try:
            prompt_id = upload(folder / url)
        except (OSError, PeerError) as error:
            problems.append(Problem(Severity.ERROR, node, f"{field}.Url", f"{url}: {error}"))
            continue
        del play["Url"]
        play["PromptId"] = prompt_id
        changed = True
    return json.dumps(document, ensure_ascii=False) if changed else text, tuple(problems)


def _plays(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    nodes = document.get("ChannelBehaviorNodes") if isinstance(document, dict) else None
    for number, node in (nodes if isinstance(nodes, dict) else {}).items():
        action = node.get("ChannelBehaviorAction") if isinstance(node, dict) else None
        if not isinstance(action, dict):
            continue
        if node.get("ActionType") == "Play":
            yield number, "ChannelBehaviorAction", action
        if isinstance(intro := action.get("Intro"), dict):
            yield number, "ChannelBehaviorAction.Intro", intro
