"""The context of a running step: what the function can ask, and where it records. Semantics: section 8."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from dagx.contexts.assets import AssetAnswers, Loader
from dagx.contexts.partition_scope import PartitionScope, keys_between
from dagx.contexts.partitions import no_inputs
from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.execution.recording import AssetEvent, Recording
from dagx.metadata.values import RawMetadataValue
from dagx.resource_defs.named import ScopedResources
from dagx.unbuilt import attribute_error

if TYPE_CHECKING:
    import logging

    from dagx.assets.definition import AssetsDefinition
    from dagx.execution.runs import RunInfo
    from dagx.functions.op_definition import OpDefinition
    from dagx.functions.slots import OutputSlot

__all__ = ["AssetCheckExecutionContext", "AssetExecutionContext", "OpExecutionContext"]

CURRENT: ContextVar[OpExecutionContext | None] = ContextVar("dagx.context", default=None)


class OpExecutionContext(AssetAnswers):
    """The context that a step's function receives as its first parameter, `context`.

    An asset function may annotate it AssetExecutionContext or OpExecutionContext; it gets the former. Semantics:
    section 8.
    """

    def __init__(
        self,
        *,
        definition: AssetsDefinition | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        op: OpDefinition | None = None,
        step_key: str = "",
        outputs: Sequence[OutputSlot] | None = None,
        selected: frozenset[str] | None = None,
        op_config: Any = None,
        mapping_key: str | None = None,
        retry_number: int = 0,
        recording: Recording | None = None,
        loader: Loader | None = None,
        scope: PartitionScope | None = None,
        input_scope: Callable[[str], PartitionScope] = no_inputs,
    ) -> None:
        self._definition = definition
        self._op = op
        self._outputs = tuple(outputs or (op.outputs if op is not None else ()))
        self._selected = selected
        self._recording = recording or Recording()
        self._loader = loader
        self._scope = PartitionScope() if scope is None else scope
        self._input_scope = input_scope
        self._mapping_key = mapping_key
        self.step_key = step_key
        self.op_config = op_config
        self.run = run
        self.resources = resources
        self.log = log
        self.retry_number = retry_number

    @classmethod
    def get(cls) -> Any:
        """The context of the step that is running here. Raises InvariantViolationError outside a step."""
        current = CURRENT.get()
        if current is None:
            raise InvariantViolationError(
                f"{cls.__name__}.get() was called outside a step",
                "call it in an asset function, in its own thread",
            )
        return current

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name)

    # The step

    @property
    def op_def(self) -> OpDefinition:
        """The op that is running. Raises InvalidInvocationError for a context built by hand and not in use."""
        if self._op is None:
            raise InvalidInvocationError(
                "this context belongs to no op yet", "it is bound when something is called with it"
            )
        return self._op

    op = op_def

    @property
    def op_handle(self) -> str:
        """The path of names that leads to the step."""
        return self.step_key

    node_handle = op_handle

    def get_mapping_key(self) -> str | None:
        """The mapping key of the dynamic output that this step runs for, or None."""
        return self._mapping_key

    # Recording

    def add_output_metadata(
        self,
        metadata: Mapping[str, RawMetadataValue],
        output_name: str | None = None,
        mapping_key: str | None = None,
    ) -> None:
        """Record metadata of an output that is not returned or yielded yet; a name given again takes the new value.

        `output_name` is needed when there are several, `mapping_key` for a dynamic one. Raises
        InvariantViolationError, InvalidMetadataError.
        """
        names = [slot.name for slot in self._outputs if slot.check is None] or ["result"]
        if output_name is None and len(names) != 1:
            raise InvariantViolationError(
                "the step has several outputs", "say which: add_output_metadata(..., output_name=)"
            )
        chosen = output_name or names[0]
        if chosen not in names:
            raise InvariantViolationError(f'the step has no output "{chosen}"', f"it has: {', '.join(names)}")
        self._recording.add_to_output(chosen, metadata, mapping_key)

    def get_output_metadata(
        self, output_name: str = "result", mapping_key: str | None = None
    ) -> dict[str, RawMetadataValue]:
        """What `add_output_metadata` recorded so far, as it was given."""
        return self._recording.of_output(output_name, mapping_key)

    def log_event(self, event: AssetEvent) -> None:
        """Record an AssetMaterialization, AssetObservation or ExpectationResult beside the outputs."""
        self._recording.add_event(event)

    def consume_events(self) -> list[AssetEvent]:
        """The events logged so far, which are forgotten here."""
        events = list(self._recording.events)
        self._recording.events.clear()
        return events

    # Binding

    def bound_to(self, owner: Any, op: OpDefinition) -> OpExecutionContext:
        """This context, built by hand, while `owner` is called with it; they share what is recorded."""
        other = copy.copy(self)
        other._op = op
        other._outputs = op.outputs
        other._definition = None if owner is op else owner
        keys = other._scope.keys
        if keys and other._definition is not None and owner.partitions_def is not None:
            other._scope = owner.partition_scope(keys_between(owner.partitions_def, keys[0], keys[-1]))
        return other


class AssetExecutionContext(OpExecutionContext):
    """The context of an asset function; see OpExecutionContext. Semantics: section 8."""


class AssetCheckExecutionContext(OpExecutionContext):
    """The context of a check function; see OpExecutionContext. Semantics: sections 8, 21."""

    @property
    def check_specs(self) -> list[Any]:
        """The checks that this step answers."""
        return [slot.check for slot in self._outputs if slot.check is not None]
