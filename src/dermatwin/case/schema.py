"""The shape of a case as JSON schema (draft 2020-12), and what it says about any place in a case.

The schema is made from the records of `document`; the words come from `fields.yaml`. A file that builds on another one
(key `base`) may leave out what its base has, so it is held to a second form in which nothing is required. Ranges of
quantities are in the descriptions: JSON schema cannot compare '15 mm' with '3.5 mm', `load_case` does. Which concerns and
kinds of device there are is for the evidence to say: whoever knows it hands their names in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from .document import Case

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = {
    "type": "string",
    "minLength": 1,
    "description": "file that this one builds on, relative to this one; what is "
    "written here wins, lists are replaced, null takes away",
}

OFFERED = MappingProxyType(
    {
        "sites": ("Zone", "zone"),  # most zones are called by their site
        "devices": ("Course", "device"),
        "products": ("Topical", "product"),
        "scales": ("ConcernRecord", "scale"),
    }
)
"""What is named -> the place in a case where editors offer its names."""

_NO_LIMIT = 1e6  # an upper bound as large as this only keeps nonsense out
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_FIELDS = Path(__file__).with_name("fields.yaml")


def json_schema(
    concerns: Sequence[str] = (),
    kinds: Sequence[str] = (),
    questions: Sequence[str] = (),
    *,
    offered: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The JSON schema of a case file; a new copy that the caller may edit.

    concerns, kinds, questions : names that a concern, a described device or an answer of the anamnesis may have, so that
        editors complete them; any name where none is given.
    offered : names that editors complete where others may stand as well, by what they name: one of `OFFERED`.
    """
    whole: dict[str, Any] = _with_days(whole_case(tuple(concerns), tuple(kinds)))
    records = whole.pop("$defs")
    for what, names in offered.items():
        record, field = OFFERED[what]
        _offer(records[record]["properties"][field], names)
    if questions:
        records["Patient"]["properties"]["anamnesis"]["propertyNames"] = {"enum": list(questions)}
    part, parts = _part(whole), {f"{name}Part": _part(record) for name, record in records.items()}
    part["properties"]["base"] = BASE
    return {
        "$schema": DIALECT,
        "title": "dermatwin case",
        "description": "Who is treated, where, with what, and what was seen. Quantities carry units, such as 1.5 mm.",
        "type": "object",
        "properties": {name: {"description": field.get("description", "")} for name, field in part["properties"].items()},
        "if": {"required": ["base"]},
        "then": {"$ref": "#/$defs/CasePart"},
        "else": {"$ref": "#/$defs/Case"},
        "$defs": {"Case": whole, **records, "CasePart": part, **parts},
    }


@lru_cache(maxsize=4)
def whole_case(concerns: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    """JSON schema of a case that is complete in itself. Shared: not to be edited."""
    schema = Case.model_json_schema()
    for name, words in fields().items():
        record = schema if name == "Case" else schema["$defs"][name]
        for field, text in words.items():
            _describe(record["properties"][field], text)
    for record, field, names in (("ConcernRecord", "concern", concerns), ("CustomDevice", "kind", kinds)):
        properties = schema["$defs"][record]["properties"]
        about = {key: value for key, value in properties[field].items() if key not in ("pattern", "maxLength")}
        properties[field] = {"enum": list(names), **about} if names else properties[field]
    return schema


@lru_cache(maxsize=1)
def fields() -> dict[str, dict[str, str]]:
    """Record -> field -> what it means."""
    return yaml.safe_load(_FIELDS.read_text(encoding="utf-8"))


def spec_at(loc: Sequence[str | int], concerns: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the schema says about a place in a case; empty where it knows no such place."""
    whole = whole_case(concerns, kinds)
    spec = whole
    for part in loc:
        inner = [_child(branch, part) for branch in _branches(spec, whole)]
        spec = _resolved(next((found for found in inner if found is not None), {}), whole)
    return spec


def keys_at(loc: Sequence[str | int]) -> tuple[str, ...]:
    """Keys that a mapping at this place may have."""
    return tuple(key for branch in _branches(spec_at(loc)) for key in branch.get("properties", ()))


def required_at(loc: Sequence[str | int]) -> tuple[str, ...]:
    """Keys that a mapping at this place must have."""
    return tuple(key for branch in _branches(spec_at(loc)) for key in branch.get("required", ()))


def limits(spec: dict[str, Any]) -> str:
    """What is allowed at a place, in few words: a range with its unit, or the allowed values; '' if anything goes."""
    for branch in _branches(spec):
        if "enum" in branch:
            return ", ".join(str(value) for value in branch["enum"])
        if "examples" in branch:
            return next((b["description"] for b in _branches(spec) if "examples" in b), "").rpartition("; ")[2]
        if branch.get("type") == "boolean":
            return "true or false"
        if "minimum" in branch:
            top = branch.get("maximum", _NO_LIMIT)
            low = branch["minimum"]
            joint = " to " if low < 0.0 else "-"
            return f"{low:g}{joint}{top:g}" if low < 0.0 or top < _NO_LIMIT else f"from {low:g}"
    return ""


def example(spec: dict[str, Any]) -> Any:
    """Some value that fits: stands in for a faulty one while the rest of a case is checked."""
    spec = _branches(_resolved(spec))[0]
    if "const" in spec or "enum" in spec:
        return spec.get("const", spec.get("enum", [None])[0])
    if "examples" in spec:
        return spec["examples"][0]
    if spec.get("format") == "date":
        return "2026-01-12"
    if spec.get("type") == "object":
        return {key: example(spec["properties"][key]) for key in spec.get("required", ())}
    if spec.get("type") == "array":
        return [example(spec["items"]) for _ in range(spec.get("minItems", 0))]
    if spec.get("type") in ("integer", "number"):
        return spec.get("minimum", 0)
    return False if spec.get("type") == "boolean" else "x" * max(1, spec.get("minLength", 0))


def _describe(field: dict[str, Any], text: str) -> None:
    """Put the meaning before what the type says about units and range."""
    inner = next((b["description"] for b in field.get("anyOf", [field]) if "examples" in b), None)
    field["description"] = f"{text}; {inner}" if inner else text
    if "unit" in field and isinstance(field.get("default"), float):
        field["default"] = f"{field['default']:g} {field['unit']}"


def _with_days(value: Any) -> Any:
    """A copy in which a day may be what readers of YAML make of one: JSON has no type for it, so that others are refused."""
    if isinstance(value, list):
        return [_with_days(item) for item in value]
    if not isinstance(value, dict):
        return value
    copied = {key: _with_days(entry) for key, entry in value.items()}
    if copied.get("format") == "date" and copied.pop("type", None):
        copied |= {"pattern": _DAY, "not": {"type": ["number", "boolean", "array", "object", "null"]}}
    return copied


def _offer(field: dict[str, Any], names: Sequence[str]) -> None:
    """Names to choose from beside whatever else may stand there."""
    apart = {key: field.pop(key) for key in ("type", "pattern", "minLength", "maxLength") if key in field}
    field["anyOf"] = [{"enum": list(names)}, *field.get("anyOf", [apart])]


def _part(record: dict[str, Any]) -> dict[str, Any]:
    """The form of a record in a file that builds on another: nothing is required, null takes a key away."""
    part = _renamed({key: value for key, value in record.items() if key != "required"})
    part["properties"] = {name: {"anyOf": [field, {"type": "null"}]} for name, field in part["properties"].items()}
    return part


def _renamed(value: Any) -> Any:
    """The same specification, pointing at parts of records; lists are replaced as a whole, so they stay as they are."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: entry if key == "items" else _renamed(entry) for key, entry in value.items()}
    if "$ref" in changed:
        changed["$ref"] += "Part"
    if isinstance(changed.get("additionalProperties"), dict):
        changed["additionalProperties"] = {"anyOf": [changed["additionalProperties"], {"type": "null"}]}
    return changed


def _resolved(spec: dict[str, Any], whole: dict[str, Any] | None = None) -> dict[str, Any]:
    if "$ref" not in spec:
        return spec
    record = (whole or whole_case())["$defs"][spec["$ref"].rpartition("/")[2]]
    return {**record, **{key: value for key, value in spec.items() if key != "$ref"}}


def _branches(spec: dict[str, Any], whole: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The alternatives that a specification allows, null left out."""
    found = [_resolved(branch, whole) for branch in spec.get("anyOf", [spec])]
    return [branch for branch in found if branch.get("type") != "null"]


def _child(spec: dict[str, Any], part: str | int) -> dict[str, Any] | None:
    if isinstance(part, int):
        return spec.get("items")
    inner = spec.get("properties", {}).get(part, spec.get("additionalProperties"))
    return inner if isinstance(inner, dict) else None
