"""What the context of a step answers of the assets that the step makes, and what it records of them. Section 8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.contexts.partitions import PartitionAnswers
from dagx.contexts.run import RunAnswers
from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.execution.results import DataVersion, checked_version
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import RawMetadataValue
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.checks.specs import AssetCheckKey
    from dagx.execution.recording import Recording
    from dagx.functions.slots import OutputSlot
    from dagx.instance.data_versions import DataProvenance

K = TypeVar("K")
V = TypeVar("V")
Loader = Callable[[AssetKey, Any, "str | None"], Any]


class AssetAnswers(RunAnswers, PartitionAnswers):
    """The questions about assets: of the definition that runs, its outputs and which of them are selected."""

    _definition: AssetsDefinition | None
    _outputs: tuple[OutputSlot, ...]
    _selected: frozenset[str] | None
    _recording: Recording
    _loader: Loader | None

    @property
    def selected_output_names(self) -> set[str]:
        """The outputs that this run of the step makes."""
        everything = {slot.name for slot in self._outputs}
        return everything if self._selected is None else everything & self._selected

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
        """The key of the asset that this run makes. Raises InvariantViolationError when it makes several."""
        selected = self.selected_asset_keys
        return next(iter(selected)) if len(selected) == 1 else self.assets_def.key

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


def _found(mapping: Mapping[K, V], name: K, what: str) -> V:
    if name not in mapping:
        known = [_shown(one) for one in mapping]
        raise InvariantViolationError(
            f'the step has no {what} "{_shown(name)}"',
            did_you_mean(_shown(name), known) or f"it has: {', '.join(known) or 'none'}",
        )
    return mapping[name]


def _shown(name: object) -> str:
    return name.to_user_string() if isinstance(name, AssetKey) else str(name)
