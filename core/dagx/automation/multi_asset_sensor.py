"""`@multi_asset_sensor`: a sensor over the materializations of several assets. Section 19."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from dagx.arguments import checked_several
from dagx.automation.multi_asset_context import MultiAssetSensorEvaluationContext
from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.sensor_result import SensorTick
from dagx.automation.sensors import DefaultSensorStatus, Evaluation, SensorDefinition
from dagx.automation.targets import Job
from dagx.automation.tick_definition import answers_of, user_code
from dagx.errors import InvalidDefinitionError, SensorExecutionError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import RawMetadataValue
from dagx.selecting.asset_selection import AssetSelection

__all__ = ["MultiAssetSensorDefinition", "multi_asset_sensor"]


class MultiAssetSensorDefinition(SensorDefinition):
    """A sensor whose function is given a MultiAssetSensorEvaluationContext over `monitored_assets`.

    It must consume what it requests runs for. AutomationConditions do the same with less. Semantics: section 19.
    """

    monitored_assets: list[AssetKey] | AssetSelection

    def __init__(
        self,
        name: str,
        monitored_assets: Sequence[CoercibleToAssetKey] | AssetSelection,
        job_name: str | None = None,
        asset_materialization_fn: Evaluation | None = None,
        *,
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        job: Job | None = None,
        jobs: Sequence[Job] | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        request_assets: object = None,
        required_resource_keys: set[str] | None = None,
        tags: Mapping[str, Any] | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        chosen = (
            monitored_assets
            if isinstance(monitored_assets, AssetSelection)
            else [
                AssetKey.from_coercible_or_definition(cast("Any", key))
                for key in checked_several(monitored_assets, "monitored_assets", "keys")
            ]
        )
        self._set(monitored_assets=chosen)
        super().__init__(
            name,
            evaluation_fn=asset_materialization_fn,
            job_name=job_name,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description,
            job=job,
            jobs=jobs,
            default_status=default_status,
            asset_selection=request_assets,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
        )

    def _call(self, context: SensorEvaluationContext, given: Mapping[str, object]) -> Any:
        return super()._call(MultiAssetSensorEvaluationContext.of(context, self.monitored_assets), given)

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTick:
        """As of every sensor; `context` may be a plain one. Raises InvalidDefinitionError when the function requested
        runs and had not advanced the cursor. Semantics: section 19.
        """
        over = MultiAssetSensorEvaluationContext.of(context, self.monitored_assets)
        with user_code(SensorExecutionError, self.what):
            answers = answers_of(super()._call(over, {}))
        result = self._result_of(answers)
        if result.run_requests and not over.cursor_updated:
            raise InvalidDefinitionError(
                f"{self.what} requested runs and did not advance its cursor: it would request them again",
                "call context.advance_cursor({...}) or context.advance_all_cursors()",
            )
        return self._tick(result, over)


def multi_asset_sensor(
    monitored_assets: Sequence[CoercibleToAssetKey] | AssetSelection,
    *,
    job_name: str | None = None,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: Job | None = None,
    jobs: Sequence[Job] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_assets: object = None,
    required_resource_keys: set[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, RawMetadataValue] | None = None,
) -> Callable[[Evaluation], MultiAssetSensorDefinition]:
    """Make a function a sensor over the materializations of several assets: a list of keys, or a selection.

    It takes a MultiAssetSensorEvaluationContext first, and answers as under `@sensor`; `request_assets` is the
    selection of assets that it may request in place of jobs. Semantics: section 19.
    """

    def made(function: Evaluation) -> MultiAssetSensorDefinition:
        return MultiAssetSensorDefinition(
            name or str(getattr(function, "__name__", "sensor")),
            monitored_assets,
            job_name,
            function,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description or cast("str | None", getattr(function, "__doc__", None)),
            job=job,
            jobs=jobs,
            default_status=default_status,
            request_assets=request_assets,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
        )

    return made
