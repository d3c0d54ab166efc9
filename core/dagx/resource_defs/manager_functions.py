"""IO managers made by functions: `@io_manager`, `@input_manager`. Semantics: section 9."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast, overload

from dagx.config.reading import ConfigType
from dagx.config.schema import config_type_of
from dagx.errors import InvalidDefinitionError
from dagx.resource_defs.functions import (
    ResourceDefinition,
    ResourceFunction,
    is_function,
    takes_context,
)
from dagx.storing.contexts import InputContext
from dagx.storing.managers import InputManager

__all__ = ["IOManagerDefinition", "InputManagerDefinition", "input_manager", "io_manager"]


class InputManagerDefinition(ResourceDefinition):
    """Something that loads values, made by a function once a run; see ResourceDefinition. Semantics: section 9.

    input_config_schema: of what run config may say to the loading of an input.
    """

    _methods: tuple[str, ...] = ("load_input",)
    _shown = "an input manager"

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: object = None,
        description: str | None = None,
        required_resource_keys: Collection[str] | None = None,
        version: str | None = None,
        input_config_schema: object = None,
    ) -> None:
        super().__init__(resource_fn, config_schema, description, required_resource_keys, version)
        self.input_config_schema = (
            None if input_config_schema is None else config_type_of(input_config_schema)
        )

    def _parameters(self) -> dict[str, Any]:
        return {**super()._parameters(), "input_config_schema": self.input_config_schema}

    def checked(self, value: object, place: str) -> object:
        """The value, if it has the methods. Raises InvalidDefinitionError."""
        for method in self._methods:
            if not hasattr(value, method):
                raise InvalidDefinitionError(
                    f'the function of "{place}" made {value!r}, which is not {self._shown}: it has no {method}',
                    "return an object of a class below dagx.IOManager",
                )
        return value


class IOManagerDefinition(InputManagerDefinition):
    """An IO manager that a function makes, once a run; see ResourceDefinition. Semantics: section 9.

    input_config_schema, output_config_schema: of what run config may say to the loading of an input and to the
    storing of an output.
    """

    _methods = ("handle_output", "load_input")
    _shown = "an IO manager"

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: object = None,
        description: str | None = None,
        required_resource_keys: Collection[str] | None = None,
        version: str | None = None,
        input_config_schema: object = None,
        output_config_schema: object = None,
    ) -> None:
        super().__init__(
            resource_fn, config_schema, description, required_resource_keys, version, input_config_schema
        )
        self.output_config_schema = (
            None if output_config_schema is None else config_type_of(output_config_schema)
        )

    @staticmethod
    def hardcoded_io_manager(value: Any, description: str | None = None) -> IOManagerDefinition:
        """An IO manager that is `value`."""
        made = IOManagerDefinition(lambda: value, description=description)
        made.given = (value,)
        return made

    def _parameters(self) -> dict[str, Any]:
        return {**super()._parameters(), "output_config_schema": self.output_config_schema}


class _ByFunction(InputManager):
    """Loads by calling a function with the context, or with nothing; what it returns may be a manager itself."""

    def __init__(self, function: ResourceFunction) -> None:
        self._function = function

    def load_input(self, context: InputContext) -> Any:
        """What the function returns."""
        found = self._function(context) if takes_context(self._function) else self._function()
        return found.load_input(context) if isinstance(found, InputManager) else found


@overload
def io_manager(function: ResourceFunction, /) -> IOManagerDefinition: ...


@overload
def io_manager(
    config_schema: Mapping[str, Any] | ConfigType | None = None,
    description: str | None = None,
    output_config_schema: object = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], IOManagerDefinition]: ...


@overload
def io_manager(
    *,
    config_schema: object = None,
    description: str | None = None,
    output_config_schema: object = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], IOManagerDefinition]: ...


def io_manager(
    config_schema: object = None,
    description: str | None = None,
    output_config_schema: object = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> IOManagerDefinition | Callable[[ResourceFunction], IOManagerDefinition]:
    """Make an IO manager of the decorated function, which takes an InitResourceContext or nothing and returns it.

    The parameters are those of IOManagerDefinition. Semantics: section 9.
    """
    if is_function(config_schema):
        return IOManagerDefinition(cast("ResourceFunction", config_schema))

    def decorate(function: ResourceFunction) -> IOManagerDefinition:
        return IOManagerDefinition(
            function,
            config_schema,
            description or function.__doc__,
            required_resource_keys,
            version,
            input_config_schema,
            output_config_schema,
        )

    return decorate


@overload
def input_manager(function: ResourceFunction, /) -> InputManagerDefinition: ...


@overload
def input_manager(
    config_schema: Mapping[str, Any] | ConfigType | None = None,
    description: str | None = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], InputManagerDefinition]: ...


@overload
def input_manager(
    *,
    config_schema: object = None,
    description: str | None = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], InputManagerDefinition]: ...


def input_manager(
    config_schema: object = None,
    description: str | None = None,
    input_config_schema: object = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> InputManagerDefinition | Callable[[ResourceFunction], InputManagerDefinition]:
    """Make an input manager of the decorated function: it takes an InputContext, or nothing, and loads
    the value.

    The parameters are those of InputManagerDefinition. Semantics: section 9.
    """

    def decorate(function: ResourceFunction) -> InputManagerDefinition:
        made = InputManagerDefinition(
            lambda: _ByFunction(function),
            schema,
            description or function.__doc__,
            required_resource_keys,
            version,
            input_config_schema,
        )
        made.given = (function,)
        return made

    schema = None if is_function(config_schema) else config_schema
    return decorate(cast("ResourceFunction", config_schema)) if is_function(config_schema) else decorate
