"""What the context of a step answers of partitions: its own, and, through mappings, those of its inputs. Section 8."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvariantViolationError

if TYPE_CHECKING:
    from dagx.execution.runs import RunInfo
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.keys import MultiPartitionKey, PartitionKeyRange, TimeWindow


def no_inputs(name: str) -> PartitionScope:
    """The scope of an input where nothing is known of inputs."""
    raise InvariantViolationError(f'nothing is known of the input "{name}" here')


class PartitionAnswers:
    """The questions about partitions.

    `_scope` has those of the run as the step's own assets see them: none for an asset that is not partitioned. What
    concerns the run alone is answered to such an asset too.
    """

    run: RunInfo
    _scope: PartitionScope
    _input_scope: Callable[[str], PartitionScope]

    @property
    def has_partition_key(self) -> bool:
        """Whether the run is for one partition."""
        return len(self._scope.keys) == 1 or self._of_run() == 1

    @property
    def has_partition_key_range(self) -> bool:
        """Whether the run is for a range of partitions."""
        return len(self._scope.keys) > 1 or self._of_run() == 2

    def _of_run(self) -> int:
        """How many ends the partitions of the run have: none, one, or two."""
        return 0 if self.run.partition_range is None else len(set(self.run.partition_range))

    @property
    def partition_key(self) -> str:
        """The one partition of the run; a MultiPartitionKey where there are dimensions.

        Raises InvariantViolationError when the run is for none or for several.
        """
        if self.run.partition_range is not None and not self._scope.keys and self.has_partition_key:
            return self.run.partition_range[0]
        return self._scope.key

    @property
    def multi_partition_key(self) -> MultiPartitionKey:
        """The one partition, which must have dimensions. Raises InvariantViolationError."""
        return self._scope.multi_key

    @property
    def partition_keys(self) -> Sequence[str]:
        """All partitions of the run, in order. Raises InvariantViolationError when it is for none."""
        return list(self._scope.some)

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """From the first partition of the run to the last, both inclusive."""
        if self.run.partition_range is not None and not self._scope.keys:
            found: PartitionKeyRange = importlib.import_module("dagx.partitions.keys").PartitionKeyRange(
                *self.run.partition_range
            )
            return found
        return self._scope.range

    @property
    def partition_time_window(self) -> TimeWindow:
        """From the start of the first partition to the end (exclusive) of the last, with time zone.

        Raises InvariantViolationError when the partitions are not windows of time.
        """
        return self._scope.window

    def asset_partition_key_for_output(self, output_name: str = "result") -> str:
        """The older form of `partition_key`."""
        return self._scope.key

    def asset_partition_keys_for_output(self, output_name: str = "result") -> Sequence[str]:
        """The older form of `partition_keys`."""
        return self.partition_keys

    def asset_partition_key_range_for_output(self, output_name: str = "result") -> PartitionKeyRange:
        """The older form of `partition_key_range`."""
        return self._scope.range

    def asset_partitions_time_window_for_output(self, output_name: str = "result") -> TimeWindow:
        """The older form of `partition_time_window`."""
        return self._scope.window

    def asset_partitions_def_for_output(self, output_name: str = "result") -> PartitionsDefinition:
        """The partitions definition of the step's assets."""
        return self._scope.definition

    def asset_partition_key_for_input(self, input_name: str) -> str:
        """The one upstream partition that fills a parameter, after the partition mapping."""
        return self._input_scope(input_name).key

    def asset_partition_keys_for_input(self, input_name: str) -> Sequence[str]:
        """The upstream partitions that fill a parameter, after the partition mapping."""
        scope = self._input_scope(input_name)
        _ = scope.definition
        return list(scope.keys)

    def asset_partition_key_range_for_input(self, input_name: str) -> PartitionKeyRange:
        """From the first upstream partition that fills a parameter to the last."""
        return self._input_scope(input_name).range

    def asset_partitions_time_window_for_input(self, input_name: str) -> TimeWindow:
        """The window of the upstream partitions that fill a parameter."""
        return self._input_scope(input_name).window

    def asset_partitions_def_for_input(self, input_name: str) -> PartitionsDefinition:
        """The partitions definition of the upstream asset that fills a parameter."""
        return self._input_scope(input_name).definition
