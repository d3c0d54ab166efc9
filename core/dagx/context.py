"""The context of a running step: what the function can ask, and where it records. Semantics: section 8."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.context_partitions import PartitionAnswers, no_inputs
from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata import RawMetadataValue
from dagx.named_resources import ScopedResources
from dagx.partition_scope import PartitionScope, keys_between
from dagx.recording import AssetEvent, Recording
from dagx.results import DataVersion, checked_version
from dagx.unbuilt import attribute_error

if TYPE_CHECKING:
    import logging

    from dagx.assets import AssetsDefinition
    from dagx.checks.specs import AssetCheckKey
    from dagx.instance.data_versions import DataProvenance
    from dagx.instance.instance import DagsterInstance
    from dagx.op_definition import OpDefinition
    from dagx.runs import RunInfo
    from dagx.slots import OutputSlot

__all__ = ["AssetCheckExecutionContext", "AssetExecutionContext", "OpExecutionContext"]

K = TypeVar("K")
V = TypeVar("V")
Loader = Callable[[AssetKey, Any, "str | None"], Any]

CURRENT: ContextVar[OpExecutionContext | None] = ContextVar("dagx.context", default=None)


class OpExecutionContext(PartitionAnswers):
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

    # The run

    @property
    def run_id(self) -> str:
        """The id of the run; "EPHEMERAL" in a direct call."""
        return self.run.run_id

    @property
    def dagster_run(self) -> RunInfo:
        """The older name of `run`."""
        return self.run

    @property
    def run_tags(self) -> Mapping[str, str]:
        """The tags of the run."""
        return self.run.tags

    @property
    def run_config(self) -> Mapping[str, Any]:
        """The config of the run."""
        return self.run.run_config

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self.run.job_name

    @property
    def job_def(self) -> Any:
        """The job that runs. Raises InvalidInvocationError outside a run."""
        if self.run.job is None:
            raise InvalidInvocationError("this context belongs to no job", "ask for job_name")
        return self.run.job

    @property
    def instance(self) -> DagsterInstance:
        """The history that the run is written to. Raises InvalidInvocationError where there is none."""
        if self.run.instance is None:
            raise InvalidInvocationError(
                "this run writes to no instance", "pass instance=DagsterInstance.ephemeral()"
            )
        return self.run.instance

    @property
    def pdb(self) -> Any:
        """A debugger: `context.pdb.set_trace()`."""
        return importlib.import_module("pdb").Pdb()

    def has_tag(self, key: str) -> bool:
        """Whether the run has the tag `key`."""
        return key in self.run.tags

    def get_tag(self, key: str) -> str | None:
        """The value of the run's tag `key`, or None."""
        return self.run.tags.get(key)

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

    @property
    def selected_output_names(self) -> set[str]:
        """The outputs that this run of the step makes."""
        everything = {slot.name for slot in self._outputs}
        return everything if self._selected is None else everything & self._selected

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

    def get_events(self) -> list[AssetEvent]:
        """The events logged so far."""
        return list(self._recording.events)

    def consume_events(self) -> list[AssetEvent]:
        """The events logged so far, which are forgotten here."""
        events = list(self._recording.events)
        self._recording.events.clear()
        return events

    # The assets, where the step makes some

    @property
    def has_assets_def(self) -> bool:
        """Whether the step makes assets."""
        return self._definition is not None

    @property
    def assets_def(self) -> AssetsDefinition:
        """The definition that is running. Raises InvalidInvocationError where there is none."""
        if self._definition is None:
            raise InvalidInvocationError(
                "this context belongs to no asset yet", "it is bound when an asset is called with it"
            )
        return self._definition

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset. Raises InvariantViolationError when the step makes several."""
        return self.assets_def.key

    @property
    def selected_asset_keys(self) -> set[AssetKey]:
        """The assets that this run of the step makes."""
        _ = self.assets_def
        selected = self.selected_output_names
        return {
            slot.key
            for slot in self._outputs
            if slot.name in selected and slot.check is None and slot.key is not None
        }

    @property
    def selected_asset_check_keys(self) -> set[AssetCheckKey]:
        """The checks whose results this run of the step is to give."""
        selected = self.selected_output_names
        return {slot.check.key for slot in self._outputs if slot.check is not None and slot.name in selected}

    @property
    def is_subset(self) -> bool:
        """Whether the run asks for fewer assets than the step can make."""
        return self._selected is not None and len(self.selected_output_names) < len(self._outputs)

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """The key of the asset that an output makes."""
        return _found(self.assets_def.keys_by_output_name, output_name, "output")

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """The key of the upstream asset that fills a parameter."""
        return _found(self.assets_def.keys_by_input_name, input_name, "input")

    def output_for_asset_key(self, asset_key: CoercibleToAssetKey) -> str:
        """The name of the output that makes an asset."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        return _found({k: name for name, k in self.assets_def.keys_by_output_name.items()}, key, "asset")

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: object = None,
        partition_key: str | None = None,
    ) -> Any:
        """The value of another asset (of one partition of it), loaded by its IO manager, which may raise."""
        if self._loader is None:
            raise InvalidInvocationError(
                "a context built by hand loads no assets", "pass the value as an argument"
            )
        return self._loader(AssetKey.from_coercible_or_definition(asset_key), python_type, partition_key)

    def add_asset_metadata(
        self,
        metadata: Mapping[str, RawMetadataValue],
        asset_key: CoercibleToAssetKey | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Record metadata of an asset that this step makes, or of one partition of it; it wins over all other.

        Raises InvariantViolationError for an asset of another step, a partition that the run is not for, or when
        there are several assets and none is named.
        """
        key = self._before_its_output(self.asset_key if asset_key is None else asset_key, "metadata for")
        if partition_key is not None and partition_key not in self._scope.keys:
            raise InvariantViolationError(f'this run is not for the partition "{partition_key}"')
        self._recording.add_to_asset(key, metadata, partition_key)

    def set_data_version(self, asset_key: CoercibleToAssetKey, data_version: DataVersion) -> None:
        """The data version of an asset, used when its output carries none.

        Raises InvariantViolationError for an asset of another step, and when its output came already.
        """
        key = self._before_its_output(asset_key, "the data version of")
        checked = checked_version(data_version)
        if checked is not None:
            self._recording.versions[key] = checked

    def _before_its_output(self, asset_key: CoercibleToAssetKey, what: str) -> AssetKey:
        """The key of an asset of this step whose output has not come yet."""
        key = AssetKey.from_coercible_or_definition(asset_key)
        if self._recording.has_emitted(self.output_for_asset_key(key)):
            raise InvariantViolationError(
                f'{what} "{key.to_user_string()}" came after its output', "add it before the yield"
            )
        return key

    def get_asset_provenance(self, asset_key: CoercibleToAssetKey) -> DataProvenance | None:
        """What the latest materialization of an asset was made from, or None. Semantics: section 16."""
        return self.instance.get_asset_provenance(AssetKey.from_coercible_or_definition(asset_key))

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


def _found(mapping: Mapping[K, V], name: K, what: str) -> V:
    if name not in mapping:
        shown = name.to_user_string() if isinstance(name, AssetKey) else name
        raise InvariantViolationError(f'the step has no {what} "{shown}"')
    return mapping[name]
