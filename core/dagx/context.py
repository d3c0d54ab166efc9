"""The context of a running step: what the function can ask, and where it records. Semantics: section 8."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata import MetadataValue, RawMetadataValue
from dagx.named_resources import ScopedResources
from dagx.recording import AssetEvent, Recording
from dagx.results import DataVersion
from dagx.runs import RunInfo
from dagx.unbuilt import CONTEXT_ATTRIBUTES, attribute_error

if TYPE_CHECKING:
    from dagx.assets import AssetsDefinition

__all__ = ["AssetExecutionContext", "OpExecutionContext"]

K = TypeVar("K")
V = TypeVar("V")
Loader = Callable[[AssetKey, Any], Any]

CURRENT: ContextVar[OpExecutionContext | None] = ContextVar("dagx.context", default=None)


class OpExecutionContext:
    """The context that a step's function receives as its first parameter, `context`.

    A function may annotate it AssetExecutionContext or OpExecutionContext; it gets the former. Semantics:
    section 8.
    """

    def __init__(
        self,
        *,
        definition: AssetsDefinition | None,
        run: RunInfo,
        resources: ScopedResources,
        log: logging.Logger,
        retry_number: int = 0,
        recording: Recording | None = None,
        loader: Loader | None = None,
    ) -> None:
        self._definition = definition
        self._recording = recording or Recording()
        self._loader = loader
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
            raise attribute_error(self, name, CONTEXT_ATTRIBUTES)

    # The run

    @property
    def run_id(self) -> str:
        """The id of the run; "EPHEMERAL" in a direct call."""
        return self.run.run_id

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
    def op_config(self) -> Any:
        """The raw config of this step: None, there being none."""
        return None

    def has_tag(self, key: str) -> bool:
        """Whether the run has the tag `key`."""
        return key in self.run.tags

    def get_tag(self, key: str) -> str | None:
        """The value of the run's tag `key`, or None."""
        return self.run.tags.get(key)

    # The assets

    @property
    def assets_def(self) -> AssetsDefinition:
        """The definition that is running.

        Raises InvalidInvocationError for a context built by hand and not in use.
        """
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
        return self.assets_def.keys

    @property
    def selected_output_names(self) -> set[str]:
        """The outputs that this run of the step makes."""
        return {slot.name for slot in self.assets_def.outputs}

    @property
    def is_subset(self) -> bool:
        """Whether the run asks for fewer assets than the step can make."""
        return False

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """The key of the asset that an output makes."""
        return _found(self.assets_def.keys_by_output_name, output_name, "output")

    def asset_key_for_input(self, input_name: str) -> AssetKey:
        """The key of the upstream asset that fills a parameter."""
        return _found(self.assets_def.keys_by_input_name, input_name, "input")

    def output_for_asset_key(self, asset_key: AssetKey) -> str:
        """The name of the output that makes an asset."""
        return _found(
            {key: name for name, key in self.assets_def.keys_by_output_name.items()}, asset_key, "asset"
        )

    def load_asset_value(self, asset_key: CoercibleToAssetKey, *, python_type: object = None) -> Any:
        """The value of another asset, loaded by its IO manager. Raises what that manager raises."""
        if self._loader is None:
            raise InvalidInvocationError(
                "a context built by hand loads no assets", "pass the value as an argument"
            )
        return self._loader(AssetKey.from_coercible_or_definition(asset_key), python_type)

    # Partitions: no asset has any yet

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return False

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the run is for a range of partitions."""
        return False

    @property
    def partition_key(self) -> str:
        """The partition. Raises InvariantViolationError: the run has none."""
        raise InvariantViolationError("this run has no partition key", "ask has_partition_key first")

    # Recording

    def add_output_metadata(
        self,
        metadata: Mapping[str, RawMetadataValue],
        output_name: str | None = None,
        mapping_key: str | None = None,
    ) -> None:
        """Record metadata of an output that is not returned or yielded yet; a name given again takes the new
        value.

        `output_name` is needed when there are several. Raises InvariantViolationError, InvalidMetadataError.
        """
        names = ["result"] if self._definition is None else [slot.name for slot in self._definition.outputs]
        if output_name is None and len(names) != 1:
            raise InvariantViolationError(
                "the step has several outputs", "say which: add_output_metadata(..., output_name=)"
            )
        chosen = output_name or names[0]
        if chosen not in names:
            raise InvariantViolationError(f'the step has no output "{chosen}"', f"it has: {', '.join(names)}")
        self._recording.add_to_output(chosen, metadata)

    def add_asset_metadata(
        self, metadata: Mapping[str, RawMetadataValue], asset_key: CoercibleToAssetKey | None = None
    ) -> None:
        """Record metadata of an asset that this step makes; it wins over all other of the same name.

        Raises InvariantViolationError for an asset of another step, or when there are several and none is
        named.
        """
        key = self.asset_key if asset_key is None else AssetKey.from_coercible(asset_key)
        output = self.output_for_asset_key(key)
        if output in self._recording.emitted:
            raise InvariantViolationError(
                f'metadata for "{key.to_user_string()}" came after its output', "add it before the yield"
            )
        self._recording.add_to_asset(key, metadata)

    def get_output_metadata(self, output_name: str = "result") -> dict[str, MetadataValue]:
        """What `add_output_metadata` recorded so far."""
        return dict(self._recording.by_output.get(output_name, {}))

    def set_data_version(self, asset_key: CoercibleToAssetKey, data_version: DataVersion) -> None:
        """The data version of an asset, used when its output carries none."""
        key = AssetKey.from_coercible(asset_key)
        self.output_for_asset_key(key)
        self._recording.versions[key] = data_version

    def log_event(self, event: AssetEvent) -> None:
        """Record an AssetMaterialization or AssetObservation beside the outputs."""
        self._recording.add_event(event)


class AssetExecutionContext(OpExecutionContext):
    """The context of an asset function; see OpExecutionContext. Semantics: section 8."""

    def consume_events(self) -> list[AssetEvent]:
        """The events logged so far, which are forgotten here."""
        events = list(self._recording.events)
        self._recording.events.clear()
        return events


def bound(context: OpExecutionContext, definition: AssetsDefinition) -> AssetExecutionContext:
    """`context`, built by hand, while `definition` is called with it. They share what is recorded."""
    return AssetExecutionContext(
        definition=definition,
        run=context.run,
        resources=context.resources,
        log=context.log,
        retry_number=context.retry_number,
        recording=context._recording,  # pyright: ignore[reportPrivateUsage]
        loader=context._loader,  # pyright: ignore[reportPrivateUsage]
    )


def _found(mapping: Mapping[K, V], name: K, what: str) -> V:
    if name not in mapping:
        shown = name.to_user_string() if isinstance(name, AssetKey) else name
        raise InvariantViolationError(f'the step has no {what} "{shown}"')
    return mapping[name]
