"""Resources made by functions: `@resource`, ResourceDefinition. Semantics: section 11."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Collection, Generator, Mapping
from typing import Any, ClassVar, cast, overload

from dagx.config.mappings import ConfiguredType
from dagx.config.marks import ResourceKind
from dagx.config.reading import ANY_CONFIG, ConfigType, Reading
from dagx.config.schema import config_type_of
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvalidInvocationError
from dagx.functions.annotations import parameters_of
from dagx.resource_defs.entering import entered_by, is_manager
from dagx.resource_defs.init_context import InitResourceContext
from dagx.source import innermost

__all__ = ["ResourceDefinition", "make_values_resource", "resource"]

ResourceFunction = Callable[..., Any]
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class _MadeByFunction:
    """What the lifecycle does with a ResourceDefinition."""

    def schema(self, resource: ResourceDefinition) -> ConfigType | None:
        return resource.config_schema

    def nested(self, resource: ResourceDefinition) -> Mapping[str, object]:
        del resource
        return {}

    def required_keys(self, resource: ResourceDefinition) -> Collection[str]:
        return resource.required_resource_keys

    def needs_closing(self, resource: ResourceDefinition) -> bool:
        return resource.needs_closing

    def said(self, resource: ResourceDefinition) -> Mapping[str, object]:
        del resource
        return {}

    def is_at_launch(self, resource: ResourceDefinition) -> bool:
        del resource
        return False

    @contextlib.contextmanager
    def opened(
        self,
        resource: ResourceDefinition,
        context: InitResourceContext,
        nested: Mapping[str, object],
        place: str,
    ) -> Generator[object, None, None]:
        del nested
        value = resource.call(context)
        if not is_manager(value):
            yield resource.checked(value, place)
            return
        with entered_by(value, f'the resource "{place}"') as inner:
            yield resource.checked(inner, place)

    def described(self, resource: ResourceDefinition) -> Mapping[str, object]:
        return {"function": resource.resource_fn, "given": resource.given}


class ResourceDefinition:
    """A resource that a function makes, once a run. Semantics: section 11.

    resource_fn: takes an InitResourceContext, or nothing; returns the value, or yields it once and tears it down
    after. config_schema: what `context.resource_config` may be (None: anything). required_resource_keys: names of the
    resources that it uses as `context.resources.<name>`.
    """

    __dagx_resource__: ClassVar[ResourceKind] = _MadeByFunction()

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: object = None,
        description: str | None = None,
        required_resource_keys: Collection[str] | None = None,
        version: str | None = None,
    ) -> None:
        if not callable(resource_fn):
            raise InvalidArgumentError(
                f"resource_fn is a function, not {resource_fn!r}",
                "for a value that is there already: ResourceDefinition.hardcoded_resource(value)",
            )
        self.resource_fn = resource_fn
        self.config_schema: ConfigType | None = (
            None if config_schema is None else config_type_of(config_schema)
        )
        self.description = description
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.version = version
        self.given: tuple[object, ...] = ()
        written = innermost(resource_fn)
        self.needs_closing = inspect.isgeneratorfunction(written) or inspect.isasyncgenfunction(written)

    @staticmethod
    def hardcoded_resource(value: Any, description: str | None = None) -> ResourceDefinition:
        """A resource that is `value`."""
        return _Hardcoded(value, description)

    @staticmethod
    def none_resource(description: str | None = None) -> ResourceDefinition:
        """A resource that is None."""
        return _Hardcoded(None, description)

    @staticmethod
    def string_resource(description: str | None = None) -> ResourceDefinition:
        """A resource that is its config, a str."""
        return ResourceDefinition(_its_config, str, description)

    def configured(
        self, config_or_config_fn: Any, config_schema: object = None, description: str | None = None
    ) -> ResourceDefinition:
        """The same with config given: raw config, or a function that makes it of config of `config_schema`."""
        inner = self.config_schema or ANY_CONFIG
        parameters = self._parameters()
        made = type(self)(
            self.resource_fn,
            ConfiguredType(inner, config_or_config_fn, config_schema),
            **{**parameters, "description": description or self.description},
        )
        made.given = (*self.given, config_or_config_fn)
        made.needs_closing = self.needs_closing
        return made

    def _parameters(self) -> dict[str, Any]:
        """What it was made with, but for its function and config."""
        return {
            "description": self.description,
            "required_resource_keys": self.required_resource_keys,
            "version": self.version,
        }

    def call(self, context: InitResourceContext) -> Any:
        """What the function answers: the value, a generator or a context manager."""
        return self.resource_fn(context) if takes_context(self.resource_fn) else self.resource_fn()

    def checked(self, value: object, place: str) -> object:
        """The value, if it is one that this kind of resource may have."""
        del place
        return value

    def __call__(self, init_context: InitResourceContext | None = None) -> Any:
        """Call the function with a context built by hand (`build_init_resource_context`), to test it.

        Raises InvalidInvocationError when it takes a context and gets none, InvalidConfigError when the context's
        config does not fit.
        """
        if init_context is None and takes_context(self.resource_fn):
            raise InvalidInvocationError(
                "the resource takes a context and was called without one",
                "pass build_init_resource_context()",
            )
        context = init_context or InitResourceContext()
        schema = self.config_schema
        if schema is None:
            return self.call(context)
        if context.resource_config is not None:
            return self.call(
                context.replace_config(schema.resolve(context.resource_config, ("resource_config",)))
            )
        reading = Reading()
        value = schema.missing(("resource_config",), reading)
        reading.raise_problems()
        return self.call(context.replace_config(value))


class _Hardcoded(ResourceDefinition):
    def __init__(self, value: object, description: str | None) -> None:
        super().__init__(lambda: value, description=description)
        self.given = (value,)


@overload
def resource(function: ResourceFunction, /) -> ResourceDefinition: ...


@overload
def resource(
    config_schema: Mapping[str, Any] | ConfigType | None = None,
    description: str | None = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], ResourceDefinition]: ...


@overload
def resource(
    *,
    config_schema: object = None,
    description: str | None = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> Callable[[ResourceFunction], ResourceDefinition]: ...


def resource(
    config_schema: object = None,
    description: str | None = None,
    required_resource_keys: Collection[str] | None = None,
    version: str | None = None,
) -> ResourceDefinition | Callable[[ResourceFunction], ResourceDefinition]:
    """Make a resource of the decorated function, which takes an InitResourceContext or nothing.

    It returns the resource, or yields it once: what follows the yield tears it down, also after a failure. The
    parameters are those of ResourceDefinition. Semantics: section 11.
    """
    if is_function(config_schema):
        return ResourceDefinition(cast("ResourceFunction", config_schema))

    def decorate(function: ResourceFunction) -> ResourceDefinition:
        return ResourceDefinition(
            function, config_schema, description or function.__doc__, required_resource_keys, version
        )

    return decorate


def make_values_resource(**kwargs: Any) -> ResourceDefinition:
    """A resource that is its config: an entry for each keyword, of the type given; without any, whatever is said.

    Semantics: section 11.
    """
    return ResourceDefinition(_its_config, kwargs or dict)


def is_function(value: object) -> bool:
    """Whether a decorator was used bare: what it got is the function, not a schema."""
    return callable(value) and not isinstance(value, (type, ConfigType))


def _its_config(context: InitResourceContext) -> Any:
    return context.resource_config


def takes_context(function: ResourceFunction) -> bool:
    """Whether the function has a parameter for the context. Raises InvalidDefinitionError when it needs more."""
    parameters = parameters_of(function)
    needed = [p for p in parameters if p.default is inspect.Parameter.empty and p.kind in _BY_PLACE]
    if len(needed) > 1:
        raise InvalidDefinitionError(
            f"{getattr(function, '__qualname__', function)}, which makes a resource, takes {len(needed)} arguments",
            "it takes one, the context, or none",
        )
    return bool(parameters) and parameters[0].kind not in (
        inspect.Parameter.KEYWORD_ONLY,
        inspect.Parameter.VAR_KEYWORD,
    )
