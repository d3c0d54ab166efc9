"""What events carry beside their type: one small record for each kind. Semantics: sections 16, 21, 22, 24."""

from __future__ import annotations

from collections.abc import Mapping

from dagx.checks.results import AssetCheckEvaluation
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.instance.recorded_error import RecordedError
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.record import Record

_Metadata = Mapping[str, RawMetadataValue]


class Materialized(Record):
    """That an asset was made."""

    materialization: AssetMaterialization

    def __init__(self, materialization: AssetMaterialization) -> None:
        self._set(materialization=materialization)


class Observed(Record):
    """That an asset was seen."""

    asset_observation: AssetObservation

    def __init__(self, asset_observation: AssetObservation) -> None:
        self._set(asset_observation=asset_observation)


class MaterializationPlanned(Record):
    """That the run is to make an asset, or one partition of it."""

    asset_key: AssetKey
    partition: str | None

    def __init__(self, asset_key: AssetKey, partition: str | None = None) -> None:
        self._set(asset_key=asset_key, partition=partition)


class CheckPlanned(Record):
    """That the run is to execute a check."""

    asset_key: AssetKey
    check_name: str
    partition: str | None

    def __init__(self, asset_key: AssetKey, check_name: str, partition: str | None = None) -> None:
        self._set(asset_key=asset_key, check_name=check_name, partition=partition)


class Wiped(Record):
    """That the history of an asset was put aside: of the partitions named, or of all."""

    asset_key: AssetKey
    partition_keys: tuple[str, ...] | None

    def __init__(self, asset_key: AssetKey, partition_keys: tuple[str, ...] | None = None) -> None:
        self._set(asset_key=asset_key, partition_keys=partition_keys)


class TypeChecked(Record):
    """How the check of a value against its declared type came out."""

    success: bool
    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        success: bool = True,
        label: str = "",
        description: str | None = None,
        metadata: _Metadata | None = None,
    ) -> None:
        self._set(success=success, label=label, description=description, metadata=normalized(metadata))


class InputTaken(Record):
    """That a step received an input."""

    input_name: str
    type_check_data: TypeChecked

    def __init__(self, input_name: str, type_check_data: TypeChecked) -> None:
        self._set(input_name=input_name, type_check_data=type_check_data)


class InputLoaded(Record):
    """That an IO manager loaded an input."""

    input_name: str
    manager_key: str
    upstream_output_name: str | None
    upstream_step_key: str | None
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        input_name: str,
        manager_key: str,
        upstream_output_name: str | None = None,
        upstream_step_key: str | None = None,
        metadata: _Metadata | None = None,
    ) -> None:
        self._set(
            input_name=input_name,
            manager_key=manager_key,
            upstream_output_name=upstream_output_name,
            upstream_step_key=upstream_step_key,
            metadata=normalized(metadata),
        )


class OutputMade(Record):
    """That a step emitted an output; `mapping_key` is that of a dynamic one."""

    step_key: str
    output_name: str
    mapping_key: str | None
    type_check_data: TypeChecked
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        step_key: str,
        output_name: str,
        mapping_key: str | None,
        type_check_data: TypeChecked,
        metadata: _Metadata | None,
    ) -> None:
        self._set(
            step_key=step_key,
            output_name=output_name,
            mapping_key=mapping_key,
            type_check_data=type_check_data,
            metadata=normalized(metadata),
        )


class OutputHandled(Record):
    """That an IO manager stored an output."""

    output_name: str
    manager_key: str
    metadata: Mapping[str, MetadataValue]

    def __init__(self, output_name: str, manager_key: str, metadata: _Metadata | None = None) -> None:
        self._set(output_name=output_name, manager_key=manager_key, metadata=normalized(metadata))


class StepSucceeded(Record):
    """That a step ended well, and how long it took in milliseconds."""

    duration_ms: float

    def __init__(self, duration_ms: float = 0.0) -> None:
        self._set(duration_ms=duration_ms)


class UserFailure(Record):
    """What the user's own Failure said."""

    label: str
    description: str | None
    metadata: Mapping[str, MetadataValue]

    def __init__(self, label: str, description: str | None = None, metadata: _Metadata | None = None) -> None:
        self._set(label=label, description=description, metadata=normalized(metadata))


class StepFailed(Record):
    """Why a step failed; `user_failure_data` is there when it raised a Failure, or metadata came with the error."""

    error: RecordedError | None
    user_failure_data: UserFailure | None

    def __init__(self, error: RecordedError | None, user_failure_data: UserFailure | None = None) -> None:
        self._set(error=error, user_failure_data=user_failure_data)

    @property
    def error_display_string(self) -> str:
        """The error as it is read."""
        return "" if self.error is None else self.error.to_string()


class RetryAsked(Record):
    """That a step failed and is to be tried again, so many seconds later."""

    error: RecordedError | None
    seconds_to_wait: float | None

    def __init__(self, error: RecordedError | None, seconds_to_wait: float | None = None) -> None:
        self._set(error=error, seconds_to_wait=seconds_to_wait)


class RunFailed(Record):
    """Why a run failed, when it was not one of its steps."""

    error: RecordedError | None

    def __init__(self, error: RecordedError | None = None) -> None:
        self._set(error=error)


class HookFailed(Record):
    """What a hook raised."""

    error: RecordedError

    def __init__(self, error: RecordedError) -> None:
        self._set(error=error)


class Remark(Record):
    """What the engine, or the setting up of resources, has to say."""

    metadata: Mapping[str, MetadataValue]
    error: RecordedError | None

    def __init__(self, metadata: _Metadata | None = None, error: RecordedError | None = None) -> None:
        self._set(metadata=normalized(metadata), error=error)


def asset_of(content: object) -> tuple[AssetKey | None, str | None, str | None]:
    """The asset that an event is about, its partition, and the check."""
    if isinstance(content, Materialized):
        return content.materialization.asset_key, content.materialization.partition, None
    if isinstance(content, Observed):
        return content.asset_observation.asset_key, content.asset_observation.partition, None
    if isinstance(content, MaterializationPlanned):
        return content.asset_key, content.partition, None
    if isinstance(content, Wiped):
        return content.asset_key, None, None
    if isinstance(content, (CheckPlanned, AssetCheckEvaluation)):
        return content.asset_key, content.partition, content.check_name
    return None, None, None
