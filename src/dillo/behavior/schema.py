"""The JSON Schema of a channel behavior, made from the code that reads one.

Beside the standard keywords it has `x-unit` (`s`: seconds), `x-control` (`node`, `template`,
`language`, `prompt`: what an editor should offer), and for each action `x-answers` (the call is
answered before it), `x-ends-call` and `x-waits` (the caller is given time to do something).
"""

from typing import Any, Final

from dillo.behavior.callbacks import read_callback
from dillo.behavior.describer import NODE, Schema, describe
from dillo.behavior.document import MAX_NODES, ROOT
from dillo.behavior.machine import Node
from dillo.behavior.nodes import KINDS
from dillo.behavior.reader import KEYS
from dillo.behavior.wording import ACTIONS, words_of

_NUMBER: Final = "^(0|[1-9][0-9]{0,8})$"

# What the reading code says in words only.
_EITHER: Final = {"oneOf": [{"required": ["Url"]}, {"required": ["PromptId"]}]}
_PARTS: Final = {"Intro", "Cases", "LocalTime", "PublicHoliday"}
"""Fields whose objects have words of their own for their fields."""
_KEYS: Final = {"propertyNames": {"enum": list(KEYS)}, "minProperties": 1}


def behavior_schema() -> Schema:
    """Return the schema of the whole document (JSON Schema 2020-12)."""
    kinds = {name: _kind(name, kind) for name, kind in KINDS.items()}
    callback = describe(lambda fields: read_callback(fields, ""))["properties"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Channel behavior",
        "description": "Numbered nodes, begun at node 0. A field that is null counts as left out.",
        "type": "object",
        "properties": {
            ROOT: {
                "type": "object",
                "propertyNames": {"pattern": _NUMBER},
                "required": ["0"],
                "maxProperties": MAX_NODES,
                "additionalProperties": {"oneOf": [_reference(name) for name in kinds]},
            },
            **callback,
        },
        "required": [ROOT],
        "additionalProperties": False,
        "$defs": {"NodeNumber": _node_number(), **kinds},
    }


def _node_number() -> Schema:
    whole = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    return {"anyOf": [whole, {"type": "string", "pattern": _NUMBER}], "x-control": "node"}


def _kind(name: str, kind: type[Node]) -> Schema:
    title, description = ACTIONS[name]
    action = describe(lambda fields: kind.read("0", None, fields))
    _explain(name, action)
    _complete(name, action)
    needed = ["ActionType", *(["ChannelBehaviorAction"] if _needs(action) else [])]
    return {
        "title": title,
        "description": description,
        "type": "object",
        "properties": {
            "ActionType": {"const": name},
            "ChannelBehaviorAction": action,
            "NextNode": {**NODE, **_words(name, "NextNode")},
        },
        "required": needed,
        "additionalProperties": False,
        "x-answers": kind.answers,
        "x-ends-call": kind.ends_call,
        "x-waits": kind.waits_for_caller,
    }


def _needs(action: Schema) -> bool:
    return "required" in action or "oneOf" in action


def _explain(owner: str, schema: Schema) -> None:
    """Give every field below a schema its title and description."""
    for each in schema.get("anyOf", []):
        _explain(owner, each)
    for name, field in schema.get("properties", {}).items():
        field.update(_words(owner, name))
        _explain(name if name in _PARTS else owner, field)
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            _explain(owner, schema[part])


def _complete(name: str, action: Schema) -> None:
    fields = action["properties"]
    if name == "Play":
        action.update(_EITHER)
    if "Intro" in fields:
        spoken, played = fields["Intro"]["anyOf"]
        played.update(_EITHER)
        spoken["title"], played["title"] = ACTIONS["Say"][0], ACTIONS["Play"][0]
    if name == "Menu":
        fields["Digits"].update(_KEYS)


def _words(owner: str, field: str) -> Schema:
    title, description = words_of(owner, field)
    return {"title": title, "description": description}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
