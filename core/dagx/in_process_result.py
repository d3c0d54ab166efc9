"""What `materialize()` returns: values, events and how each step ended. Semantics: sections 24, 27."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dagx.assets import AssetsDefinition
from dagx.errors import InvariantViolationError
from dagx.execute import StepOutput
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.nearest import did_you_mean
from dagx.recording import AssetEvent
from dagx.results import AssetMaterialization, AssetObservation
from dagx.runs import RunInfo

__all__ = ["ExecuteInProcessResult"]


@dataclass
class StepRun:
    """How one step went: what it made, with the values; the error that ended it, if one did; retries used."""

    outputs: list[tuple[StepOutput, Any]] = field(default_factory=list["tuple[StepOutput, Any]"])
    events: list[AssetEvent] = field(default_factory=list["AssetEvent"])
    error: Exception | None = None
    retries: int = 0

    def take(self, output: StepOutput, value: Any) -> None:
        """Keep an output. One that is made again by a retry takes the place of the old one."""
        self.outputs = [kept for kept in self.outputs if kept[0].output_name != output.output_name]
        self.outputs.append((output, value))


@dataclass(frozen=True)
class AssetMaterializationEvent:
    """That an asset was made in a run: by which step, and what was recorded."""

    asset_key: AssetKey
    step_key: str
    materialization: AssetMaterialization


class ExecuteInProcessResult:
    """The result of a run in this process. Semantics: sections 24, 27."""

    def __init__(
        self, run: RunInfo, steps: Mapping[str, AssetsDefinition], runs: Mapping[str, StepRun]
    ) -> None:
        self._run = run
        self._steps = steps
        self._runs = runs

    @property
    def success(self) -> bool:
        """Whether no step failed."""
        return all(step.error is None for step in self._runs.values())

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run.run_id

    def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
        """The value that an asset was made with; None when its function stored the data itself.

        Raises InvariantViolationError for an asset that the run did not make.
        """
        key = AssetKey.from_coercible_or_definition(asset_key)
        for step in self._runs.values():
            for output, value in step.outputs:
                if output.asset_key == key:
                    return value
        shown = key.to_user_string()
        made = [
            output.asset_key.to_user_string() for step in self._runs.values() for output, _ in step.outputs
        ]
        raise InvariantViolationError(f'this run did not make the asset "{shown}"', did_you_mean(shown, made))

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """The value of an output of a step, by the step's name.

        Raises InvariantViolationError when there is none.
        """
        for output, value in self._ended(node_str).outputs:
            if output.output_name == output_name:
                return value
        raise InvariantViolationError(f'the step "{node_str}" made no output "{output_name}"')

    def asset_materializations_for_node(self, node_name: str) -> list[AssetMaterialization]:
        """What a step recorded as made: its own assets, then others."""
        step = self._ended(node_name)
        return [
            *(_materialization(output) for output, _ in step.outputs),
            *(event for event in step.events if isinstance(event, AssetMaterialization)),
        ]

    def asset_observations_for_node(self, node_name: str) -> list[AssetObservation]:
        """What a step recorded as seen."""
        return [event for event in self._ended(node_name).events if isinstance(event, AssetObservation)]

    def get_asset_materialization_events(self) -> list[AssetMaterializationEvent]:
        """One event for each asset made, in the order in which the steps ran."""
        return [
            AssetMaterializationEvent(made.asset_key, name, made)
            for name in self._runs
            for made in self.asset_materializations_for_node(name)
        ]

    def is_node_success(self, node_name: str) -> bool:
        """Whether the step ran and succeeded."""
        return self._known(node_name) in self._runs and self._runs[node_name].error is None

    def is_node_failed(self, node_name: str) -> bool:
        """Whether the step ran and failed."""
        return self._known(node_name) in self._runs and self._runs[node_name].error is not None

    def is_node_untouched(self, node_name: str) -> bool:
        """Whether the step did not run, something that it needs having failed."""
        return self._known(node_name) not in self._runs

    def retry_attempts_for_node(self, node_name: str) -> int:
        """How often the step was tried again."""
        return self._ended(node_name).retries

    def get_failed_step_keys(self) -> set[str]:
        """The names of the steps that failed."""
        return {name for name, step in self._runs.items() if step.error is not None}

    def error_for_node(self, node_name: str) -> Exception | None:
        """What the step raised when it failed for good, or None."""
        return self._ended(node_name).error

    def _known(self, name: str) -> str:
        if name not in self._steps:
            raise InvariantViolationError(f'this run has no step "{name}"', did_you_mean(name, self._steps))
        return name

    def _ended(self, name: str) -> StepRun:
        return self._runs.get(self._known(name)) or StepRun()


def _materialization(output: StepOutput) -> AssetMaterialization:
    return AssetMaterialization(output.asset_key, metadata=output.metadata, tags=output.tags)
