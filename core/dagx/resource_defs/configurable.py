"""ConfigurableResource: a resource declared as a class, its config as fields. Semantics: section 11."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from dagx.config.mappings import ConfiguredType
from dagx.config.marks import ResourceKind, kind_of
from dagx.config.model_types import LeftToModel, ModelType, add_problems, type_of_model
from dagx.config.models import LateModel
from dagx.config.pending import is_pending
from dagx.config.pydantic_door import PrivateAttr, ValidationError
from dagx.config.reading import ConfigType, Reading
from dagx.config.schema import Permissive, Shape
from dagx.errors import InvalidInvocationError
from dagx.resource_defs.entering import entered_by
from dagx.resource_defs.functions import ResourceDefinition
from dagx.resource_defs.init_context import InitResourceContext
from dagx.resource_defs.lifecycle import needs_closing, open_resources

__all__ = ["ConfigurableResource"]

R = TypeVar("R", bound="ConfigurableResource")
_TOLD = "_dagx_told"
_AT_LAUNCH = "_dagx_at_launch"


class _Told:
    """What a resource was told when it was set up. It takes no part in whether two resources are equal."""

    def __init__(self, context: InitResourceContext | None = None) -> None:
        self.context = context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told)

    def __hash__(self) -> int:
        return 0


class _MadeByClass:
    """What the lifecycle does with a ConfigurableResource."""

    def schema(self, resource: ConfigurableResource) -> ConfigType:
        """What was given when it was made, and what has a default, may be said again; the rest must be."""
        held = self.nested(resource)
        whole = ModelType(type(resource), omit=held)
        given = vars(resource)
        fields: dict[str, ConfigType] = {}
        for name, key in whole.keys.items():
            kind = whole.fields[key]
            fields[key] = LeftToModel(kind) if name in given or not kind.is_required else kind
        return Permissive(fields) if whole.takes_others else Shape(fields)

    def nested(self, resource: ConfigurableResource) -> Mapping[str, object]:
        return {name: value for name, value in vars(resource).items() if kind_of(value) is not None}

    def required_keys(self, resource: ConfigurableResource) -> Collection[str]:
        del resource
        return ()

    def needs_closing(self, resource: ConfigurableResource) -> bool:
        kind = type(resource)
        return (
            kind.yield_for_execution is not ConfigurableResource.yield_for_execution
            or kind.teardown_after_execution is not ConfigurableResource.teardown_after_execution
        )

    def said(self, resource: ConfigurableResource) -> Mapping[str, object]:
        whole = ModelType(type(resource), omit=self.nested(resource))
        return {**whole.defaults(), **cast("Mapping[str, object]", whole.dump(resource))}

    def is_at_launch(self, resource: ConfigurableResource) -> bool:
        return bool(getattr(resource, _AT_LAUNCH))

    @contextlib.contextmanager
    def opened(
        self,
        resource: ConfigurableResource,
        context: InitResourceContext,
        nested: Mapping[str, object],
        place: str,
    ) -> Generator[object, None, None]:
        said = cast("Mapping[str, object]", context.resource_config or {})
        instance = _made_anew(resource, said, nested, place)
        schema = ModelType(type(instance), omit=nested)
        context = context.replace_config(schema.entries(instance, schema.keys))
        setattr(instance, _TOLD, _Told(context))
        with entered_by(instance.yield_for_execution(context), f'the resource "{place}"') as value:
            yield value

    def described(self, resource: ConfigurableResource) -> Mapping[str, object]:
        return {**vars(resource), **(resource.model_extra or {})}


class ConfigurableResource(LateModel):
    """A resource declared as a class. Its fields are its config: given when it is made, or by run config.

    A field may be an EnvVar, or another resource. Each run makes a new object from what was given, with variables
    read and what run config says on top, sets it up, and tears it down at the end; an object that you make and use
    yourself is never set up. Keep what changes in attributes whose names begin with `_` (PrivateAttr). Semantics:
    section 11.
    """

    __dagx_resource__: ClassVar[ResourceKind] = _MadeByClass()

    _dagx_told: _Told = PrivateAttr(default_factory=lambda: _Told())
    _dagx_at_launch: bool = PrivateAttr(default=False)

    if not TYPE_CHECKING:  # what the value of a resource is says the class; nothing needs the parameter

        def __class_getitem__(cls, item: object) -> object:
            if cls.__pydantic_generic_metadata__["parameters"]:
                return super().__class_getitem__(item)
            return cls

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Called before the first step that needs it. Override it to open what the resource works with."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Called after the last step, failed or not. Override it to close what `setup_for_execution` opened."""

    def create_resource(self, context: InitResourceContext) -> Any:
        """What those who ask for the resource get: itself, unless overridden."""
        del context
        return self

    @contextlib.contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator[Any, None, None]:
        """The whole life: set up, yield what users get, tear down.

        Override it, as a context manager (async too), in place of the two hooks, which it calls.
        """
        self.setup_for_execution(context)
        try:
            yield self.create_resource(context)
        finally:
            self.teardown_after_execution(context)

    @classmethod
    def configure_at_launch(cls: type[R], **given: Any) -> R:
        """A resource that run config completes (`resources.<name>.config`); `given` is what is known already."""
        partial = cls.__new__(cls)
        private = {name: field.get_default() for name, field in cls.__private_attributes__.items()}
        object.__setattr__(partial, "__dict__", dict(given))
        object.__setattr__(partial, "__pydantic_fields_set__", set(given))
        object.__setattr__(partial, "__pydantic_extra__", None)
        object.__setattr__(partial, "__pydantic_private__", {**private, _AT_LAUNCH: True})
        return partial

    @classmethod
    def configured(
        cls, config_or_config_fn: Any, config_schema: object = None, description: str | None = None
    ) -> ResourceDefinition:
        """A resource of this class with config given: raw config, or a function that makes it out of config of
        `config_schema`.
        """
        made = ResourceDefinition(
            cls.from_resource_context_cm,
            ConfiguredType(cls.to_config_schema(), config_or_config_fn, config_schema),
            description or cls.__doc__,
        )
        made.given = (cls, config_or_config_fn)
        made.needs_closing = needs_closing({"": cls.configure_at_launch()})
        return made

    def get_resource_context(self) -> InitResourceContext:
        """What it was told when it was set up. Raises InvalidInvocationError before that."""
        context = self._dagx_told.context
        if context is None:
            raise InvalidInvocationError(
                f"this {type(self).__qualname__} has not been set up, and knows of no run",
                "a run sets it up, and so does process_config_and_initialize()",
            )
        return context

    def with_replaced_resource_context(self: R, context: InitResourceContext) -> R:
        """The same with another context."""
        copy = self.model_copy()
        setattr(copy, _TOLD, _Told(context))
        return copy

    def process_config_and_initialize(self) -> Any:
        """Set it up outside of a run, and give what its users would get.

        Raises InvalidInvocationError when it has something to tear down, InvalidConfigError for a variable not set.
        """
        self._refuse_to_leave_open("process_config_and_initialize")
        with self.process_config_and_initialize_cm() as value:
            return value

    @contextlib.contextmanager
    def process_config_and_initialize_cm(self) -> Generator[Any, None, None]:
        """Set it up outside of a run for the length of a `with` block."""
        name = type(self).__qualname__
        with open_resources({name: self}, [name]) as values:
            yield values[name]

    @classmethod
    def from_resource_context(
        cls, context: InitResourceContext, nested_resources: Mapping[str, Any] | None = None
    ) -> Any:
        """Make one of `context.resource_config`, and set it up: for a function resource built on this class.

        `nested_resources` fill fields that are resources. Raises InvalidInvocationError when there is something to
        tear down.
        """
        cls.configure_at_launch()._refuse_to_leave_open("from_resource_context")
        with cls.from_resource_context_cm(context, nested_resources) as value:
            return value

    @classmethod
    def from_resource_context_cm(
        cls, context: InitResourceContext, nested_resources: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[Any]:
        """As `from_resource_context`, for the length of a `with` block."""
        partial = cls.configure_at_launch(**(nested_resources or {}))
        return cls.__dagx_resource__.opened(partial, context, {}, cls.__qualname__)

    def _refuse_to_leave_open(self, method: str) -> None:
        if needs_closing({"": self}):
            raise InvalidInvocationError(
                f"{type(self).__qualname__} has something to tear down, which {method}() could not",
                f"write: with ...{method}_cm(...) as resource:",
            )


def _made_anew(
    resource: ConfigurableResource, said: Mapping[str, object], nested: Mapping[str, object], place: str
) -> ConfigurableResource:
    """An object of the same class: what it was made with, variables read, what run config says on top."""
    model = type(resource)
    schema = type_of_model(model)
    reading = Reading()
    path = ("resources", place)
    arguments: dict[str, object] = dict(resource.model_extra or {})
    for name, value in vars(resource).items():
        if name not in model.model_fields:
            continue
        if name in schema.keys and name not in nested and is_pending(value):
            kind = schema.fields[schema.keys[name]]
            arguments[name] = kind.make(
                kind.read(kind.dump(value), (*path, name), reading), (*path, name), reading
            )
        elif name in resource.model_fields_set or name in nested:
            arguments[name] = value
    for name, key in schema.keys.items():
        if key in said:
            arguments.pop(name, None)
    arguments.update(schema.arguments(said, (*path, "config"), reading))
    reading.raise_problems()
    instance = None
    try:
        instance = model(**arguments)
    except ValidationError as error:
        add_problems(error, path, reading)
    reading.raise_problems()  # not where pydantic's error would hang on it: that shows values, which may be secret
    assert instance is not None
    vars(instance).update(nested)
    return instance
