"""DagsterType: a type whose values are told by a function. It knows nothing of assets. Semantics: section 7."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError, InvalidInvocationError, TypeCheckError
from dagx.functions.annotations import parameters_of
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.value_types.type_check import TypeCheck, TypeCheckContext

if TYPE_CHECKING:
    from dagx.value_types.loader import DagsterTypeLoader

__all__ = ["DagsterType", "PythonObjectDagsterType"]

CheckFunction = Callable[..., Any]


class DagsterType:
    """A type for `dagster_type=` and for annotations, whose values `type_check_fn` tells.

    type_check_fn: `(context: TypeCheckContext, value)` or `(value)`, answering True, False or a TypeCheck.
    name: shown in messages, and must be given unless `key` is. key: what tells the type from others, `name` unless
    given. description: for readers. loader: makes a value of the type from run config (`@dagster_type_loader`).
    required_resource_keys: resources the check uses as `context.resources`. typing_type: the Python type of the
    values, for IO managers that ask for it. metadata: of the type, as that of events.

    Raises InvalidDefinitionError. Semantics: section 7.
    """

    def __init__(
        self,
        type_check_fn: CheckFunction,
        key: str | None = None,
        name: str | None = None,
        is_builtin: bool = False,
        description: str | None = None,
        loader: DagsterTypeLoader | None = None,
        required_resource_keys: Collection[str] | None = None,
        kind: object = None,
        typing_type: object = Any,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        if name is None and key is None:
            raise InvalidDefinitionError("a DagsterType has neither name nor key", 'give name="..."')
        self._name = name
        self.key: str = cast(str, name if key is None else key)
        self.takes_context = _takes_context(type_check_fn, f'DagsterType "{self.key}"')
        self._check = type_check_fn
        self.is_builtin = is_builtin
        self.description = description
        self.loader = loader
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.kind = kind
        self.typing_type = typing_type
        self.metadata: Mapping[str, MetadataValue] = normalized(metadata)

    @property
    def has_unique_name(self) -> bool:
        """Whether it was given a name."""
        return self._name is not None

    @property
    def unique_name(self) -> str:
        """The name. Raises InvalidInvocationError when only a key was given."""
        if self._name is None:
            raise InvalidInvocationError(f'the DagsterType "{self.key}" has no name', "ask for display_name")
        return self._name

    @property
    def display_name(self) -> str:
        """What messages call it: the name, else the key."""
        return self.key if self._name is None else self._name

    @property
    def config_schema_of_type(self) -> object:
        """The config schema by which a value of the type is given: the loader's, else the Python type itself."""
        return self.typing_type if self.loader is None else self.loader.schema_type

    def type_check(self, context: TypeCheckContext, value: object) -> TypeCheck:
        """Whether `value` is of the type.

        Raises what the check raises, and TypeCheckError when it answers neither bool nor TypeCheck.
        """
        answer: object = self._check(context, value) if self.takes_context else self._check(value)
        if isinstance(answer, bool):
            return TypeCheck(answer)
        if isinstance(answer, TypeCheck):
            return answer
        raise TypeCheckError(
            f"the check of the type {self.display_name} answered {type(answer).__qualname__}",
            "return True, False or a TypeCheck",
        )

    # Python 3.10 refuses, as an annotation given as text, what cannot be called.
    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise InvalidInvocationError(
            f"the type {self.display_name} was called", "a DagsterType is no class: use it as an annotation"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.display_name!r})"


class PythonObjectDagsterType(DagsterType):
    """The type of the instances of a class, or of one of several.

    python_type: a class or a tuple of classes; `name` is theirs unless given. The rest as for DagsterType. Raises
    InvalidArgumentError. Semantics: section 7.
    """

    python_type: type[Any] | tuple[type[Any], ...]

    def __init__(
        self,
        python_type: type[Any] | tuple[type[Any], ...],
        key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        loader: DagsterTypeLoader | None = None,
        required_resource_keys: Collection[str] | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        for found in cast("tuple[object, ...]", classes):
            if not isinstance(found, type):
                raise InvalidArgumentError(f"python_type is a class or a tuple of classes, not {found!r}")
        shown = " or ".join(found.__qualname__ for found in classes)

        def check(value: object) -> TypeCheck:
            if isinstance(value, classes):
                return TypeCheck(True)
            return TypeCheck(False, f"a {type(value).__qualname__} is no {shown}")

        super().__init__(
            check,
            key=key,
            name=shown if name is None else name,
            description=description,
            loader=loader,
            required_resource_keys=required_resource_keys,
            typing_type=python_type if isinstance(python_type, type) else Any,
            metadata=metadata,
        )
        self.python_type = python_type


def _takes_context(check: CheckFunction, what: str) -> bool:
    """Whether a check is called with (context, value); else it is called with (value)."""
    if not callable(check):
        raise InvalidArgumentError(f"type_check_fn of the {what} is a function, not {check!r}")
    try:
        parameters = parameters_of(check)
    except (TypeError, ValueError):  # a builtin that tells no signature takes a value, as callable() does
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    by_position = [parameter for parameter in parameters if parameter.kind in kinds]
    required = [parameter for parameter in by_position if parameter.default is inspect.Parameter.empty]
    takes_any = any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
    if len(required) > 2 or not (by_position or takes_any):
        raise InvalidDefinitionError(
            f"type_check_fn of the {what} takes {len(required)} parameters",
            "it takes (context, value) or (value)",
        )
    return takes_any or len(required) == 2
