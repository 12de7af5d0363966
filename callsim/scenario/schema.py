"""The JSON Schema of scenario files, from which editors complete and check."""

from __future__ import annotations

import ast
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Any

from callsim.scenario.fields import Part
from callsim.scenario.vocabulary import Scenario

CHANGED = "changed "
"""Begins the names of those definitions in which nothing is required: the parts of a variant."""


def json_schema() -> dict[str, Any]:
    """The schema of a whole file: a scenario, what it extends, and its variants (whose parts may be partial)."""
    whole = Scenario.model_json_schema(by_alias=True)
    parts = whole.pop("$defs")
    models = {model.__name__: model for model in Part.__subclasses__()}
    for name, part in {**parts, Scenario.__name__: whole}.items():
        _describe(models[name], part["properties"])
    properties = whole["properties"]
    required = whole.pop("required")
    properties["tariffs"] = _or_a_file(properties["tariffs"])
    change = {key: _changed(part) for key, part in properties.items()}
    properties["extends"] = {"type": "string", "description": "Another scenario file that this one changes."}
    properties["variants"] = {
        "type": "object",
        "minProperties": 1,
        "description": "Changes to the scenario above, by name; `none` removes an entry.",
        "additionalProperties": {"type": ["object", "null"], "properties": change, "additionalProperties": False},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "callsim scenario",
        # A file that extends another changes it, and need not repeat what stands there.
        "if": {"required": ["extends"]},
        "then": {"properties": change},
        "else": {"required": required, "properties": {key: properties[key] for key in change}},
        "properties": {key: part if key not in change else _described(part) for key, part in properties.items()},
        "$defs": parts | {CHANGED + name: _change_of(part) for name, part in parts.items()},
    }


def _describe(model: type[Part], properties: dict[str, Any]) -> None:
    """Tell of each property what stands below its field in the source.

    Pydantic would do so too, for every command, in a fifth of the time that it takes to read a scenario.
    """
    (source,) = ast.parse(dedent(getsource(model))).body
    assert isinstance(source, ast.ClassDef)
    for field, text in pairwise(source.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(said))) if name in model.model_fields:
                key = model.model_fields[name].alias or name
                properties[key] = dict(sorted({**properties[key], "description": cleandoc(said)}.items()))


def _or_a_file(part: dict[str, Any]) -> dict[str, Any]:
    """Tariffs by name, or the name of a file of plans."""
    by_name = {key: value for key, value in part.items() if key not in ("description", "default")}
    file = {"type": "string", "description": "a file of plans, or one that comes with callsim", "examples": ["us"]}
    return _described(part) | {"anyOf": [by_name, file]}


def _described(part: dict[str, Any]) -> dict[str, Any]:
    return {"description": part["description"]}


def _change_of(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition with nothing required."""
    kept = {key: value for key, value in definition.items() if key != "required"}
    return kept | {"properties": {key: _changed(part) for key, part in definition["properties"].items()}}


def _changed(part: dict[str, Any]) -> dict[str, Any]:
    """The schema of an entry as a change: references to partial definitions, or `none`."""
    return _described(part) | {"anyOf": [_redirected(part), {"const": "none"}]}


def _redirected(node: Any) -> Any:
    """The schema below maps; lists are replaced whole, so what stands in them stays complete."""
    if isinstance(node, list):
        return [_redirected(item) for item in node]
    if not isinstance(node, dict) or "items" in node:
        return node
    changed = {key: _redirected(value) for key, value in node.items() if key not in ("$ref", "additionalProperties")}
    if "$ref" in node:
        changed["$ref"] = node["$ref"].replace("#/$defs/", f"#/$defs/{CHANGED}".replace(" ", "%20"))
    if isinstance(node.get("additionalProperties"), dict):
        changed["additionalProperties"] = {"anyOf": [_redirected(node["additionalProperties"]), {"const": "none"}]}
    return changed
