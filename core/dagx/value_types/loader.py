"""DagsterTypeLoader: how a value of a type is made from run config, for inputs that nothing fills.

Semantics: section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError

__all__ = ["DagsterTypeLoader", "dagster_type_loader"]


class DagsterTypeLoader:
    """Makes a value of a type from the config of an input (`ops: {name: {inputs: {input: ...}}}`).

    Made by `@dagster_type_loader`, or subclassed: then give `schema_type` and `construct_from_config_value`.
    """

    @property
    def schema_type(self) -> Any:
        """The config schema of what the loader takes."""
        raise InvalidDefinitionError(
            f"{type(self).__name__} has no schema_type", "define the property, or use @dagster_type_loader"
        )

    def required_resource_keys(self) -> frozenset[str]:
        """The resources that it uses as `context.resources`."""
        return frozenset()

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """The value. `context` has `resources` and `log`; `config_value` fits the schema. Here: itself."""
        return config_value


class _FunctionLoader(DagsterTypeLoader):
    def __init__(
        self, schema: object, function: Callable[[Any, Any], Any], resource_keys: Collection[str]
    ) -> None:
        self._schema = schema
        self._function = function
        self._resource_keys = frozenset(resource_keys)

    @property
    def schema_type(self) -> Any:
        return self._schema

    def required_resource_keys(self) -> frozenset[str]:
        return self._resource_keys

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        return self._function(context, config_value)


def dagster_type_loader(
    config_schema: object, required_resource_keys: Collection[str] | None = None
) -> Callable[[Callable[[Any, Any], Any]], DagsterTypeLoader]:
    """Make a loader of `function(context, config_value)`, which returns a value of the type.

    config_schema: of the config, as for ops. required_resource_keys: what it uses as `context.resources`. Raises
    InvalidArgumentError for a decorator without its schema. Semantics: section 7.
    """
    if callable(config_schema) and not isinstance(config_schema, type):
        raise InvalidArgumentError(
            "@dagster_type_loader stands without a config schema", "write @dagster_type_loader({...})"
        )

    def decorate(function: Callable[[Any, Any], Any]) -> DagsterTypeLoader:
        if not callable(cast(object, function)):
            raise InvalidArgumentError(f"a loader is a function of (context, config), not {function!r}")
        return _FunctionLoader(config_schema, function, required_resource_keys or ())

    return decorate
