"""Run requests made ready to launch: which job, which assets, which partition with its tags. Sections 18 and 19."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from dagx.automation.requests import RunRequest
from dagx.automation.targets import Targets
from dagx.automation.tick_context import TickContext
from dagx.errors import InvalidSubsetError, InvariantViolationError
from dagx.nearest import did_you_mean
from dagx.partitions.dynamic import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
from dagx.partitions.loading_context import current_moment, partition_loading_context

if TYPE_CHECKING:
    from dagx.keys import AssetKey
    from dagx.partitions.definition import PartitionsDefinition

DynamicPartitionsRequest = AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest
DEFINITIONS_HINT = "build the context with definitions=... or repository_def=..."


class Resolver:
    """Resolves the requests of one tick of `what`, whose targets are `targets`.

    `dynamic` are requests to add and delete dynamic partitions, which count as done; `moment` is the time that the tick
    is for, if that is not now.
    """

    def __init__(
        self,
        what: str,
        targets: Targets,
        context: TickContext,
        dynamic: Sequence[DynamicPartitionsRequest] = (),
        moment: datetime | None = None,
    ) -> None:
        self._what = what
        self._targets = targets
        self._context = context
        self._store = PartitionsAfter(context, dynamic)
        self._moment = moment

    def resolved(self, request: RunRequest, tags: Mapping[str, str]) -> RunRequest:
        """The request with `tags`, its assets checked against the selection, its partition checked and tagged.

        Raises InvariantViolationError without a target, or for a wrong job; InvalidSubsetError; UnknownPartitionError.
        """
        self._check_job(request)
        if self._targets.selection is not None:
            request = self._within_selection(request)
        request = request.with_tags(tags)
        return request if request.has_resolved_partition() else self._with_partition(request)

    def _check_job(self, request: RunRequest) -> None:
        names = self._targets.job_names
        if not self._targets:
            raise InvariantViolationError(
                f"{self._what} requested a run and has nothing to run",
                "give it job=..., jobs=... or target=...",
            )
        if request.job_name is None and len(names) > 1:
            raise InvariantViolationError(
                f"{self._what} has several jobs, and a RunRequest does not say which",
                f"give job_name=..., one of: {', '.join(names)}",
            )
        if request.job_name is not None and request.job_name not in names:
            targets = f"its jobs: {', '.join(names)}" if names else "it targets assets: leave job_name out"
            raise InvariantViolationError(
                f'{self._what} requested a run of the job "{request.job_name}", which it does not target',
                did_you_mean(request.job_name, names) or targets,
            )

    def _within_selection(self, request: RunRequest) -> RunRequest:
        selection = self._targets.selection
        if selection is None:
            return request
        if not self._context.knows_definitions:
            raise InvariantViolationError(
                f"{self._what} targets a selection of assets, and the context knows no assets",
                DEFINITIONS_HINT,
            )
        allowed: set[AssetKey] = set(selection.resolve(self._context.asset_graph()))
        if request.asset_selection is None:
            return request.with_replaced_attrs(asset_selection=sorted(allowed))
        outside = [key.to_user_string() for key in request.asset_selection if key not in allowed]
        if outside:
            raise InvalidSubsetError(
                f"{self._what} requested {', '.join(outside)}, not of its selection",
                f"it selects: {', '.join(key.to_user_string() for key in sorted(allowed)) or 'nothing'}",
            )
        return request

    def _with_partition(self, request: RunRequest) -> RunRequest:
        key = cast("str", request.partition_key)
        with partition_loading_context(self._effective_time(), self._store):
            job = self._job_of(request)
            definition = getattr(job, "partitions_def", None)
            if definition is not None and hasattr(job, "tags_for_partition"):
                tags, config = job.tags_for_partition(key), job.run_config_for_partition(key)
            else:
                definition = self._partitions_of_assets(request) if definition is None else definition
                definition.check_key(key)
                tags, config = definition.get_tags_for_partition_key(key), None
        return request.with_replaced_attrs(
            tags={**tags, **request.tags}, run_config=request.run_config or config
        )

    def _effective_time(self) -> datetime | None:
        """A tick that is scheduled for later than now may ask for what there will be then."""
        then = self._moment
        return None if then is None or then.timestamp() <= current_moment().timestamp() else then

    def _job_of(self, request: RunRequest) -> Any:
        """The job, resolved where definitions are known; None for a bare selection of assets."""
        given = self._targets.job(request.job_name)
        is_partitioned = getattr(given, "partitions_def", None) is not None
        if is_partitioned and (hasattr(given, "tags_for_partition") or not self._context.knows_definitions):
            return given
        names = [request.job_name] if request.job_name else list(self._targets.job_names)
        if self._context.knows_definitions and len(names) == 1:
            return self._context.find_job(names[0])
        if hasattr(given, "tags_for_partition"):
            raise self._not_partitioned(request)
        if not self._context.knows_definitions:
            raise InvariantViolationError(
                f"{self._what} requested a partition, and the context knows no definitions to find it in",
                DEFINITIONS_HINT,
            )
        return None

    def _partitions_of_assets(self, request: RunRequest) -> PartitionsDefinition:
        graph = self._context.asset_graph()
        for key in request.asset_selection or ():
            definition: PartitionsDefinition | None = graph.get(key).partitions_def
            if definition is not None:
                return definition
        raise self._not_partitioned(request)

    def _not_partitioned(self, request: RunRequest) -> InvariantViolationError:
        return InvariantViolationError(
            f'{self._what} requested the partition "{request.partition_key}" of something that is not partitioned'
        )


class PartitionsAfter:
    """Dynamic partitions as they will be when some requests are carried out: a store to read from."""

    def __init__(self, context: TickContext, requests: Iterable[DynamicPartitionsRequest]) -> None:
        self._context = context
        self._requests = list(requests)

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        """The keys, in the order in which they were added."""
        there = self._context.has_instance
        known = self._context.instance.get_dynamic_partitions(partitions_def_name) if there else ()
        keys = dict.fromkeys(known)
        for request in self._requests:
            if request.partitions_def_name != partitions_def_name:
                continue
            if isinstance(request, AddDynamicPartitionsRequest):
                keys.update(dict.fromkeys(request.partition_keys))
            else:
                keys = {key: None for key in keys if key not in request.partition_keys}
        return list(keys)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether the key will be there."""
        return partition_key in self.get_dynamic_partitions(partitions_def_name)

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """As if another request to add came last."""
        self._requests.append(AddDynamicPartitionsRequest(partitions_def_name, partition_keys))

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """As if another request to delete came last."""
        self._requests.append(DeleteDynamicPartitionsRequest(partitions_def_name, [partition_key]))
