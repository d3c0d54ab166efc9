"""The inputs and outputs of an op: what its function says, and what In and Out add. Section 24."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any, cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.execution.results import DynamicOutput
from dagx.functions.annotations import parameters_of
from dagx.functions.signature import Parameter, Signature
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.functions.typecheck import ANY, UNSAID, ReturnType, ValueType, return_type, value_type_of
from dagx.names import as_mapping, check_name
from dagx.ops.declarations import In, Out
from dagx.unset import UNSET

DEFAULT_OUTPUT = "result"


def op_inputs(
    function: Callable[..., Any], signature: Signature, ins: Mapping[str, In] | None, shown: str
) -> tuple[InputSlot, ...]:
    """The inputs of an op: its parameters, then those of `ins` that are none. Raises InvalidDefinitionError."""
    declared = _declared(ins, shown)
    slots = [
        _parameter_slot(function, parameter, declared.pop(parameter.name, In()), shown)
        for parameter in signature.inputs
    ]
    for name, said in declared.items():
        slot = _slot(name, said, ANY, UNSET, shown)
        if not slot.type.is_nothing and not signature.takes_any_keyword:
            raise InvalidDefinitionError(
                f"{shown}: ins names {name!r}, which is no parameter of the function",
                f"its inputs are: {', '.join(slot.name for slot in slots) or 'none'}; "
                "one that only orders is In(Nothing)",
            )
        slots.append(slot)
    return tuple(slots)


def _declared(ins: Mapping[str, In] | None, shown: str) -> dict[str, In]:
    declared: dict[str, In] = {}
    for name, said in as_mapping(ins, f"{shown}: ins").items():
        if not isinstance(said, In):
            raise InvalidArgumentError(f"{shown}: ins[{name!r}] is an In, not {said!r}")
        declared[check_name(str(name), f"{shown}: the input {name!r}")] = said
    return declared


def _parameter_slot(function: Callable[..., Any], parameter: Parameter, said: In, shown: str) -> InputSlot:
    what = f"{shown}: the parameter {parameter.name!r}"
    default: object = UNSET
    if parameter.has_default:
        default = next(found.default for found in parameters_of(function) if found.name == parameter.name)
    annotation = parameter.annotation if said.dagster_type is UNSET else Any
    slot = _slot(parameter.name, said, value_type_of(annotation, what), default, shown)
    if slot.type.is_nothing:
        raise InvalidDefinitionError(
            f"{what} is of type Nothing, which has no value to pass",
            "remove the parameter from the function: an input of that type only orders",
        )
    return slot


def _slot(name: str, said: In, value_type: ValueType, default: object, shown: str) -> InputSlot:
    if said.dagster_type is not UNSET:
        value_type = value_type_of(said.dagster_type, f"{shown}: the input {name!r}")
    return InputSlot(
        name=name,
        key=said.asset_key,
        type=value_type,
        metadata=said.metadata,
        input_manager_key=said.input_manager_key,
        default=default if said.default_value is UNSET else said.default_value,
    )


def op_outputs(
    signature: Signature, out: Out | Mapping[str, Out] | None, shown: str
) -> tuple[OutputSlot, ...]:
    """The outputs of an op: "result", or those that `out` names. Raises InvalidDefinitionError."""
    annotation = Any if signature.is_generator else signature.returns
    if out is None:
        _refuse_undeclared_dynamic(annotation, shown)
        out = Out()
    if isinstance(out, Out):
        return (_output(DEFAULT_OUTPUT, out, annotation, shown),)
    named: dict[str, Out] = {}
    for name, said in as_mapping(out, f"{shown}: out").items():
        if not isinstance(said, Out):
            raise InvalidArgumentError(f"{shown}: out[{name!r}] is an Out, not {said!r}")
        named[check_name(str(name), f"{shown}: the output {name!r}")] = said
    annotations = _element_annotations(annotation, named, shown)
    return tuple(_output(name, said, annotations[name], shown) for name, said in named.items())


def _element_annotations(annotation: object, named: Mapping[str, Out], shown: str) -> dict[str, object]:
    """What the return annotation says of each of several outputs: the elements of a tuple."""
    if len(named) == 1:
        return dict.fromkeys(named, annotation)
    if annotation is Any:
        return dict.fromkeys(named, Any)
    elements = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else None
    if elements is None or Ellipsis in elements:
        if _is_undivided(annotation):
            return dict.fromkeys(named, Any)
        raise InvalidDefinitionError(
            f"{shown} has {len(named)} outputs and is not annotated to return a tuple of them",
            "annotate it tuple[...] with the type of each, or not at all",
        )
    if len(elements) != len(named):
        raise InvalidDefinitionError(
            f"{shown} has {len(named)} outputs and is annotated to return {len(elements)} values",
            f"its outputs are: {', '.join(named)}",
        )
    return dict(zip(named, elements))  # noqa: B905  # of one length, as seen above


def _is_undivided(annotation: object) -> bool:
    """Whether an annotation says nothing of the parts: a bare tuple, or None, or an iterator of events."""
    if annotation is tuple or annotation is typing.Tuple or annotation is type(None) or annotation is None:  # noqa: UP006
        return True
    origin = typing.get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, (dict,))


def _output(name: str, said: Out, annotation: object, shown: str) -> OutputSlot:
    where = f"the result of {shown}" if name == DEFAULT_OUTPUT else f'the output "{name}" of {shown}'
    annotated = _dynamic_type(annotation, where) if said.is_dynamic else _annotated(annotation, said, where)
    if said.dagster_type is not UNSET:
        annotated = ReturnType(value_type_of(said.dagster_type, where), annotated.wrapper)
    return OutputSlot(
        name=name,
        type=annotated,
        is_required=said.is_required,
        io_manager_key=said.io_manager_key,
        metadata=said.metadata,
        is_dynamic=said.is_dynamic,
    )


def _annotated(annotation: object, said: Out, where: str) -> ReturnType:
    if said.dagster_type is UNSET:
        return return_type(annotation, where)
    try:
        return return_type(annotation, where)
    except InvalidDefinitionError:  # what the annotation cannot say, dagster_type= says
        return UNSAID


def _dynamic_type(annotation: object, where: str) -> ReturnType:
    """The type of each value of a dynamic output, from `list[DynamicOutput[T]]`."""
    for argument in (annotation, *typing.get_args(annotation)):
        if _is_dynamic_output(argument):
            arguments = typing.get_args(argument)
            return ReturnType(value_type_of(arguments[0], where) if arguments else ANY, "any")
    return UNSAID


def _refuse_undeclared_dynamic(annotation: object, shown: str) -> None:
    if any(_is_dynamic_output(argument) for argument in (annotation, *typing.get_args(annotation))):
        raise InvalidDefinitionError(
            f"{shown} is annotated to return DynamicOutput and has no dynamic output", "give out=DynamicOut()"
        )


def _is_dynamic_output(annotation: object) -> bool:
    return cast(object, typing.get_origin(annotation) or annotation) is DynamicOutput
