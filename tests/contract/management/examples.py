"""Smallest bodies that an OpenAPI document allows."""

from typing import Any

_STRINGS = {
    "uuid": "0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11",
    "date-time": "2026-11-23T10:42:07.125Z",
    "date": "2026-11-23",
    "decimal": "1.5",
    "uri": "https://example.com/",
    "email": "anna@example.com",
}


def example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return a value that a schema allows: its example, or the least there can be."""
    if "$ref" in schema:
        return example(resolve(schema["$ref"], document), document)
    for word in ("const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return example(schema[word][0], document)
    return _of_type(schema, document)


def resolve(reference: str, document: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference inside the document."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _of_type(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            wanted = schema.get("required") or list(properties)[:1]
            return {name: example(properties[name], document) for name in wanted}
        case "array":
            return [example(schema["items"], document)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            text = _STRINGS.get(schema.get("format", ""), "text")
            return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 10_000)]
        case _:
            return None
