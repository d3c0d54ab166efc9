"""What an annotation or a DagsterType demands of a value at run time. It knows nothing of assets.

Semantics: section 7.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from dagx.errors import InvalidDefinitionError, TypeCheckDidNotPass
from dagx.execution.results import MaterializeResult, Output
from dagx.value_types.definition import DagsterType
from dagx.value_types.registry import registered
from dagx.value_types.type_check import TypeCheck, TypeCheckContext

Find = Callable[[Any, TypeCheckContext], "str | None"]


@dataclass(frozen=True)
class ValueType:
    """A type as it is checked: `find` says what is wrong with a value, or None.

    `dagster_type` is the definition it was made of, if it was. `required_resource_keys` are the resources that its
    checks use, those of the types inside it too.
    """

    display_name: str
    typing_type: object
    find: Find
    is_nothing: bool = False
    dagster_type: DagsterType | None = None
    required_resource_keys: frozenset[str] = frozenset()

    @property
    def may_be_absent(self) -> bool:
        """Whether an output may come without a value: its type says nothing of values, or that there is none."""
        return self.is_nothing or self.find is _nothing_wrong or self.typing_type is object

    def check(self, value: object, what: str, context: TypeCheckContext | None = None) -> None:
        """Raise TypeCheckDidNotPass, naming `what`, when `value` is not of this type.

        `context` is where the check runs: the run, its log and resources. What the check of a DagsterType raises comes
        out as it is.
        """
        problem = self.find(value, context or TypeCheckContext())
        if problem is not None:
            raise TypeCheckDidNotPass(f"{what} is not of its type {self.display_name}: {problem}")

    def answer(self, value: object, context: TypeCheckContext | None = None) -> TypeCheck:
        """Whether `value` is of this type, with all that the check has to say."""
        if self.dagster_type is not None:
            return self.dagster_type.type_check(context or TypeCheckContext(), value)
        problem = self.find(value, context or TypeCheckContext())
        return TypeCheck(problem is None, problem)


@dataclass(frozen=True)
class ReturnType:
    """What a return annotation demands: the type of the value, and the class that must wrap it.

    `wrapper` is Output, MaterializeResult, None for a bare value, or "any" where nothing is said.
    """

    value: ValueType
    wrapper: type[Output[Any]] | type[MaterializeResult[Any]] | typing.Literal["any"] | None


def _nothing_wrong(_: object, __: TypeCheckContext) -> None:
    return None


def _not_none(value: object, _: TypeCheckContext) -> str | None:
    return None if value is None else f"{_shown(value)} is not None"


ANY = ValueType("Any", Any, _nothing_wrong)
NOTHING = ValueType("Nothing", type(None), _not_none, is_nothing=True)
UNSAID = ReturnType(ANY, "any")


def return_type(annotation: object, where: str) -> ReturnType:
    """What the return annotation of an asset function demands; `where` opens the message of an error."""
    if annotation is Any:
        return UNSAID
    origin = typing.get_origin(annotation) or annotation
    arguments = typing.get_args(annotation)
    if origin is Output or origin is MaterializeResult:
        return ReturnType(value_type(arguments[0], where) if arguments else ANY, origin)
    inner = _optional(annotation)
    if inner in _WRAPPERS or typing.get_origin(inner) in _WRAPPERS:
        return UNSAID
    return ReturnType(value_type(annotation, where), None)


def value_type_of(dagster_type: object, where: str) -> ValueType:
    """The check that a DagsterType stands for, or an annotation in its place; `where` as for `value_type`."""
    return value_type(dagster_type, where)


def value_type(annotation: object, where: str) -> ValueType:
    """The check that an annotation stands for: a type of Python, or a DagsterType.

    Raises InvalidDefinitionError, its message opened by `where`, for unions other than Optional, Callable and
    Literal.
    """
    if isinstance(annotation, DagsterType):
        return _defined(annotation)
    if annotation is Any or isinstance(annotation, typing.TypeVar):
        return ANY
    if annotation is None or annotation is type(None):
        return NOTHING
    inner = _optional(annotation)
    if inner is not None:
        return _or_none(value_type(inner, where), annotation)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return value_type(typing.get_args(annotation)[0], where)
    if origin in _REFUSED or annotation in _REFUSED:
        raise InvalidDefinitionError(
            f"{where} is annotated {_name(annotation)}, which cannot be checked at run time",
            "annotate it with one type, Optional of one type, or Any",
        )
    supertype = getattr(annotation, "__supertype__", None)
    if supertype is not None:  # NewType
        return value_type(supertype, where)
    if origin in _CONTAINERS and hasattr(annotation, "__args__"):  # a bare List or Tuple has none
        return _container(cast("type[Any]", origin), annotation, where)
    return _instance(origin or annotation, annotation)


def _defined(dagster_type: DagsterType, typing_type: object = None) -> ValueType:
    def find(value: object, context: TypeCheckContext) -> str | None:
        answer = dagster_type.type_check(context, value)
        if answer.success:
            return None
        return answer.description or f"{_shown(value)} did not pass its check"

    return ValueType(
        dagster_type.display_name,
        dagster_type.typing_type if typing_type is None else typing_type,
        find,
        dagster_type=dagster_type,
        required_resource_keys=dagster_type.required_resource_keys,
    )


def _container(kind: type[Any], annotation: object, where: str) -> ValueType:
    arguments = typing.get_args(annotation)
    inner = [value_type(argument, where) for argument in arguments if argument is not Ellipsis]
    return ValueType(
        _name(annotation),
        annotation,
        _contents(kind, _CONTAINERS[kind], inner, Ellipsis in arguments),
        required_resource_keys=frozenset[str]().union(*(element.required_resource_keys for element in inner)),
    )


def _instance(kind: object, annotation: object) -> ValueType:
    if typing.is_typeddict(kind):
        kind = dict
    if not isinstance(kind, type):
        return ValueType(_name(annotation), annotation, _nothing_wrong)
    known: type[Any] = kind
    bound = registered(known)
    if bound is not None:
        return _defined(bound, annotation)
    try:
        isinstance(None, known)
    except TypeError:  # a Protocol that cannot be checked
        return ValueType(_name(annotation), annotation, _nothing_wrong)

    def find(value: object, _: TypeCheckContext) -> str | None:
        return None if isinstance(value, known) else f"{_shown(value)} is a {type(value).__qualname__}"

    return ValueType(_name(annotation), annotation, find)


def _or_none(inner: ValueType, annotation: object) -> ValueType:
    def find(value: object, context: TypeCheckContext) -> str | None:
        return None if value is None else inner.find(value, context)

    return ValueType(_name(annotation), annotation, find, required_resource_keys=inner.required_resource_keys)


def _contents(
    kind: type[Any],
    elements: Callable[[Any, int], Iterable[tuple[str, int, object]]],
    inner: list[ValueType],
    open_ended: bool,
) -> Find:
    def find(value: object, context: TypeCheckContext) -> str | None:
        if not isinstance(value, kind):
            return f"{_shown(value)} is a {type(value).__qualname__}"
        if kind is tuple and not open_ended and len(cast("tuple[object, ...]", value)) != len(inner):
            return f"{_shown(value)} has not {len(inner)} elements"
        for place, position, element in elements(value, 1 if open_ended else len(inner)):
            problem = inner[position].find(element, context)
            if problem is not None:
                return f"{place}: {problem}"
        return None

    return find


def _in_order(value: Iterable[object], width: int) -> Iterator[tuple[str, int, object]]:
    for index, element in enumerate(value):
        yield f"element {index}", index % width, element


def _in_set(value: Iterable[object], _: int) -> Iterator[tuple[str, int, object]]:
    for element in value:
        yield "an element", 0, element


def _in_dict(value: dict[object, object], _: int) -> Iterator[tuple[str, int, object]]:
    for key, element in value.items():
        yield f"the key {_shown(key)}", 0, key
        yield f"the value of {_shown(key)}", 1, element


_CONTAINERS: dict[type[object], Callable[[Any, int], Iterable[tuple[str, int, object]]]] = {
    list: _in_order,
    tuple: _in_order,
    set: _in_set,
    frozenset: _in_set,
    dict: _in_dict,
    collections.abc.Sequence: _in_order,
    collections.abc.Mapping: _in_dict,
}
_REFUSED: tuple[object, ...] = (
    typing.Union,
    types.UnionType,
    typing.Literal,
    typing.Callable,  # pyright: ignore[reportUnknownMemberType]
    collections.abc.Callable,  # pyright: ignore[reportUnknownMemberType]
)
_WRAPPERS: tuple[object, ...] = (Output, MaterializeResult)


def _optional(annotation: object) -> object | None:
    """T, when the annotation is Optional[T] or T | None; else None."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return None
    others = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
    return others[0] if len(others) == 1 and len(typing.get_args(annotation)) == 2 else None


def _name(annotation: object) -> str:
    return annotation.__qualname__ if type(annotation) is type else str(annotation).replace("typing.", "")


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # a broken repr must not hide the mismatch
        return "a value"
    return text if len(text) <= 60 else f"{text[:57]}..."
