"""OpDefinition: a function as a node of a graph, with its inputs, outputs and what it asks for. Sections 2, 24.

It is the compute function of an asset too, in which case its slots carry asset keys. It knows nothing of graphs but
that, while one is composed, a call wires it.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidInvocationError
from dagx.execution.retries import RetryPolicy
from dagx.functions.composing import COMPOSITION, pending
from dagx.functions.invoke import invoke
from dagx.functions.signature import Signature
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.nearest import did_you_mean
from dagx.source import SourceLocation

if TYPE_CHECKING:
    from dagx.config.reading import ConfigType

__all__ = ["OpDefinition"]

OF_FUNCTION = ("__name__", "__qualname__", "__doc__", "__module__")
"""What a definition has of the function that it is made of."""


@dataclass(frozen=True, eq=False)
class OpDefinition:
    """What `@op` makes, and what stands behind an asset: a function, its inputs and outputs.

    Calling it inside `@job` or `@graph` wires it; elsewhere the function itself is called, for tests. Semantics:
    section 24.
    """

    name: str
    compute_fn: Callable[..., Any]
    signature: Signature = field(repr=False)
    inputs: tuple[InputSlot, ...] = field(repr=False, default=())
    outputs: tuple[OutputSlot, ...] = field(repr=False, default=())
    config_type: ConfigType | None = field(repr=False, default=None)
    extra_resource_keys: frozenset[str] = field(repr=False, default=frozenset())
    retry_policy: RetryPolicy | None = field(repr=False, default=None)
    description: str | None = field(repr=False, default=None)
    tags: Mapping[str, str] = field(repr=False, default_factory=dict[str, str])
    pool: str | None = field(repr=False, default=None)
    code_version: str | None = field(repr=False, default=None)
    source: SourceLocation | None = field(repr=False, default=None)
    files: tuple[Any, ...] = field(repr=False, default=())
    """The files that were declared as its inputs, each a `FileInput`."""

    def __post_init__(self) -> None:
        vars(self).update({name: getattr(self.compute_fn, name, None) for name in OF_FUNCTION})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Wire the op in the graph that is being composed; elsewhere call its function. Semantics: 24, 27."""
        graph = COMPOSITION.get()
        if graph is not None:
            return graph.invoke(self, args, kwargs)
        return invoke(self, self, args, kwargs)

    @property
    def input_by_name(self) -> dict[str, InputSlot]:
        """The inputs by name."""
        return {slot.name: slot for slot in self.inputs}

    @property
    def loaded_inputs(self) -> list[InputSlot]:
        """The inputs that are passed to the function; the others, of the type Nothing, only order."""
        passed = {parameter.name for parameter in self.signature.inputs}
        return [slot for slot in self.inputs if not slot.type.is_nothing or slot.name in passed]

    @property
    def output_by_name(self) -> dict[str, OutputSlot]:
        """The outputs by name."""
        return {slot.name: slot for slot in self.outputs}

    def output(self, name: str) -> OutputSlot:
        """An output. Raises InvalidInvocationError when there is none of this name."""
        found = self.output_by_name.get(name)
        if found is None:
            raise InvalidInvocationError(
                f'"{self.name}" has no output "{name}"', did_you_mean(name, self.output_by_name)
            )
        return found

    @property
    def function_resource_keys(self) -> set[str]:
        """The resources that the function itself may use."""
        return {*self.signature.resources, *self.extra_resource_keys}

    @property
    def type_resource_keys(self) -> set[str]:
        """The resources that the checks of its types use."""
        types = (*(slot.type for slot in self.inputs), *(slot.type.value for slot in self.outputs))
        return {key for one in types for key in one.required_resource_keys}

    @property
    def required_resource_keys(self) -> set[str]:
        """The resources that running it needs: its function's, its types', and the IO managers it names."""
        named = {slot.input_manager_key for slot in self.inputs if slot.input_manager_key is not None}
        stored = {slot.io_manager_key for slot in self.outputs if slot.check is None and not slot.is_nothing}
        return self.function_resource_keys | self.type_resource_keys | named | stored

    def changed(self, **fields: Any) -> OpDefinition:
        """A copy with other fields."""
        return dataclasses.replace(self, **fields)

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> OpDefinition:
        """An op that has its config already, or makes it of config of its own with `config_schema`. Section 10."""
        configured_op: Any = importlib.import_module("dagx.ops.config_schema").configured_op
        found: OpDefinition = configured_op(self, config_or_config_fn, name, config_schema)
        return found

    # In a graph that is being composed, an op can be given a name, tags, hooks, a retry policy before it is called.

    def alias(self, name: str) -> Any:
        """The op under another name in the graph."""
        return pending(self).alias(name)

    def tag(self, tags: Mapping[str, str] | None) -> Any:
        """The op with tags of this use of it."""
        return pending(self).tag(tags)

    def with_hooks(self, hook_defs: Collection[Any]) -> Any:
        """The op with hooks of this use of it."""
        return pending(self).with_hooks(hook_defs)

    def with_retry_policy(self, retry_policy: RetryPolicy) -> Any:
        """The op with a retry policy of this use of it, which wins over its own."""
        return pending(self).with_retry_policy(retry_policy)
