"""How the fields of a config class take values that are known only later, unchecked: EnvVar, resources to be set up.

It changes the schemas by which pydantic validates.
"""

from __future__ import annotations

from typing import Any, cast

from dagx.config.marks import kind_of
from dagx.config.pending import is_pending
from dagx.config.pydantic_door import CoreSchema, GetCoreSchemaHandler, core_schema


def let_late_values_in(schema: CoreSchema, handler: GetCoreSchemaHandler) -> CoreSchema:
    """The schema of a model, whose fields take late values, and None where they are Optional without a default."""
    for field in _fields_of(schema, handler).values():
        inside: Any = field["schema"]
        if inside["type"] != "default" and _is_optional(inside):
            field["schema"] = core_schema.with_default_schema(inside, default=None)
        holder: Any = field
        while holder["schema"]["type"] == "default":
            holder = holder["schema"]
        if holder["schema"]["type"] == "literal":  # by it pydantic may tell the models of a union apart
            continue
        if holder["schema"].get("function", {}).get("function") is not _unless_late:
            holder["schema"] = core_schema.no_info_wrap_validator_function(_unless_late, holder["schema"])
    return schema


def _unless_late(value: Any, handler: Any) -> Any:
    return value if is_pending(value) or kind_of(value) is not None else handler(value)


def _fields_of(schema: Any, handler: GetCoreSchemaHandler) -> dict[str, Any]:
    """The fields in the schema of a model, below what validates the whole."""
    found: Any = schema
    while found["type"] != "model-fields":
        if found["type"] == "definition-ref":
            found = cast("Any", handler.resolve_ref_schema(found))
        elif "schema" in found:
            found = found["schema"]
        else:
            return {}
    fields: dict[str, Any] = found["fields"]
    return fields


def _is_optional(schema: Any) -> bool:
    found = schema
    while found["type"].startswith("function-") and "schema" in found:
        found = found["schema"]
    return bool(found["type"] == "nullable")
