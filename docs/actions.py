"""The generated parts of the reference of actions: their fields, examples and machines."""

import inspect
from pathlib import Path
from typing import Final

from docs.tables import Row, table

from dillo.behavior.describer import KEYS_PATTERN, NAME_PATTERN, PERIOD_PATTERN, Schema
from dillo.behavior.nodes import KINDS
from dillo.behavior.schema import behavior_schema
from dillo.behavior.wording import ACTIONS

EXAMPLES = Path(__file__).parent / "examples" / "actions"

_CONTROLS: Final = {"language": "BCP 47 tag", "prompt": "id of a prompt", "template": "text"}
_PATTERNS: Final = {
    NAME_PATTERN: "name",
    KEYS_PATTERN: "keys",
    PERIOD_PATTERN: "storage period",
    "^https?://": "http(s) address",
    "^wss?://": "ws(s) address",
}
_TYPES: Final = {"string": "text", "boolean": "true or false", "array": "array", "object": "object"}


def actions() -> str:
    """Return every action with what it does."""
    rows = ((f"[{name}](actions/{name.lower()}.md)", does) for name, (_, does) in ACTIONS.items())
    return table(("action", ""), rows)


def machines() -> str:
    """Return what every action does with every event."""
    rows = (
        (name, phase.name.lower(), event.__name__, inspect.getdoc(handler))
        for name, kind in KINDS.items()
        for (phase, event), handler in kind.transitions.items()
    )
    return table(("action", "while", "event", "does"), rows)


def example(name: str) -> str:
    """Return the example of an action and its scenarios."""
    behavior = (EXAMPLES / f"{name}.json").read_text("utf-8")
    _, _, scenarios = (EXAMPLES / f"{name}.scenarios").read_text("utf-8").partition("\n\n")
    return f"```json\n{behavior}```\n\n```text\n{scenarios}```\n"


def fields(action_type: str) -> str:
    """Return the fields of an action, and of the objects in them, as the code reads them."""
    action = behavior_schema()["$defs"][action_type]["properties"]["ChannelBehaviorAction"]
    return table(("field", "type", "default", "meaning"), _rows("", action).values())


def _rows(path: str, owner: Schema) -> dict[str, Row]:
    """Return the rows of an object's fields by their paths; forms of one object share theirs."""
    rows: dict[str, Row] = {}
    for name, field in owner.get("properties", {}).items():
        needed = ", required" if name in owner.get("required", ()) else ""
        default = f"`{_json(field['default'])}`" if "default" in field else ""
        inner = f"{path}{name}"
        rows[inner] = f"`{inner}`", f"{_type(field)}{needed}", default, field["description"]
        forms = ({**form, "required": ()} for form in field.get("anyOf", ()))
        for each in (field, field.get("items", {}), *forms):
            rows |= _rows(f"{inner}.", each)
    return rows


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(field: Schema) -> str:
    """Return what a field may hold, in words."""
    match field:
        case {"$ref": _}:
            return "node number"
        case {"anyOf": [{"type": "object"}, _]}:
            return "object"
        case {"anyOf": [one, {"type": "array"} as several]}:
            return f"{_type(one)}, or {_type(several)}"
        case {"type": "array", "maxItems": most}:
            return f"array of 1 to {most}"
        case {"enum": words}:
            *others, last = (f"`{word}`" for word in words)
            return f"{', '.join(others)} or {last}"
        case {"minimum": least, "maximum": most}:
            return f"{least:g} to {most}{' seconds' if field.get('x-unit') == 's' else ''}"
        case {"pattern": pattern}:
            return _PATTERNS[pattern]
        case {"x-control": control}:
            return _CONTROLS[control]
        case {"type": "string", "maxLength": most}:
            return f"text of up to {most} characters"
    return _TYPES[field["type"]]
