"""`check_dagster_type`: whether a value is of a type, for tests of types. Semantics: section 7."""

from __future__ import annotations

from dagx.functions.typecheck import value_type_of
from dagx.value_types.type_check import TypeCheck

__all__ = ["check_dagster_type"]


def check_dagster_type(dagster_type: object, value: object) -> TypeCheck:
    """Whether `value` is of a type: a DagsterType, a class, or another annotation.

    Raises what the type's check raises, TypeCheckError when that answers what it may not, InvalidDefinitionError for
    an annotation that cannot be checked. Semantics: section 7.
    """
    return value_type_of(dagster_type, "check_dagster_type").answer(value)
