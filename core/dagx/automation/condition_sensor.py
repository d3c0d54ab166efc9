"""AutomationConditionSensorDefinition: which conditions are evaluated together, how often, and what their runs bear.

Section 17.6. It evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagx.automation.conditions import AutomationCondition
from dagx.automation.sensors import DefaultSensorStatus, checked_interval, checked_status
from dagx.automation.targets import CoercibleToAssetSelection, Targets, selection_from
from dagx.automation.tick_definition import TickDefinition
from dagx.errors import InvalidArgumentError, InvalidDefinitionError, NotBuiltYetError
from dagx.execution.run_tags import run_tags
from dagx.metadata.values import RawMetadataValue
from dagx.selecting.asset_selection import AssetSelection

__all__ = ["AutomationConditionSensorDefinition"]

DEFAULT_NAME = "default_automation_condition_sensor"
MOST_ENTITIES = 500
"""How many assets and checks a sensor in user code may have."""


class AutomationConditionSensorDefinition(TickDefinition):
    """The automation conditions of the assets and checks in `target`, evaluated together.

    `tags` are the sensor's, `run_tags` go on its runs; `emit_backfills` makes several partitions of one asset a
    backfill. `default_condition` is for assets that have none, and needs `use_user_code_server=True`
    (InvalidDefinitionError). Conditions are evaluated every `minimum_interval_seconds` (30) or less often. Semantics:
    section 17.6.
    """

    kind = "sensor"
    asset_selection: AssetSelection
    run_tags: Mapping[str, str]
    default_status: DefaultSensorStatus
    minimum_interval_seconds: int
    emit_backfills: bool
    use_user_code_server: bool
    default_condition: AutomationCondition | None

    def __init__(
        self,
        name: str,
        *,
        target: CoercibleToAssetSelection,
        tags: Mapping[str, Any] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        emit_backfills: bool = True,
        use_user_code_server: bool = False,
        default_condition: AutomationCondition | None = None,
    ) -> None:
        if default_condition is not None and not use_user_code_server:
            raise InvalidDefinitionError(
                f'sensor "{name}" has a default_condition', "it needs use_user_code_server=True"
            )
        if default_condition is not None and not isinstance(default_condition, AutomationCondition):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f'sensor "{name}": default_condition is an AutomationCondition, not {default_condition!r}'
            )
        selection = selection_from(target)
        self._describe(
            name,
            Targets(selection=selection),
            description=description,
            required_resource_keys=None,
            tags=tags,
            metadata=metadata,
            owners=None,
        )
        self._set(
            asset_selection=selection,
            run_tags=_tags(run_tags),
            default_status=checked_status(default_status, self.what),
            minimum_interval_seconds=checked_interval(minimum_interval_seconds, self.what),
            emit_backfills=emit_backfills,
            use_user_code_server=use_user_code_server,
            default_condition=default_condition,
        )

    def __call__(self, *_args: object, **_named: object) -> Any:
        """Not built yet: raises NotBuiltYetError."""
        raise NotBuiltYetError(
            f"the evaluation of automation conditions, which {self.what} asks for, is not built yet in dagx"
        )

    evaluate_tick = __call__


_tags = run_tags
