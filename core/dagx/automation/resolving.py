"""Run requests made ready to launch: which job, which assets, which partition with its tags. Sections 18 and 19."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.automation.requests import RunRequest
from dagx.automation.targets import Targets
from dagx.automation.tick_context import TickContext
from dagx.errors import InvalidSubsetError, InvariantViolationError, UnknownPartitionError
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.keys import AssetKey

DEFINITIONS_HINT = "build the context with definitions=... or repository_def=..."


class Resolver:
    """Resolves the requests of one tick of `what`, whose targets are `targets`.

    `dynamic` are requests to add and delete dynamic partitions, which count as done.
    """

    def __init__(
        self, what: str, targets: Targets, context: TickContext, dynamic: Sequence[Any] = ()
    ) -> None:
        self._what = what
        self._targets = targets
        self._context = context
        self._store = _Partitions(context, dynamic)

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
        if request.job_name is not None and names and request.job_name not in names:
            raise InvariantViolationError(
                f'{self._what} requested a run of the job "{request.job_name}", which it does not target',
                did_you_mean(request.job_name, names) or f"its jobs: {', '.join(names)}",
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
        key = request.partition_key
        definition = self._partitions_of(request)
        if key is None or definition is None:
            raise InvariantViolationError(
                f'{self._what} requested the partition "{key}" of something that is not partitioned'
            )
        if not definition.has_partition_key(key, dynamic_partitions_store=self._store):
            raise UnknownPartitionError(
                f'{self._what} requested the partition "{key}", which does not exist',
                did_you_mean(key, definition.get_partition_keys(dynamic_partitions_store=self._store)),
            )
        tags: Mapping[str, str] = definition.get_tags_for_partition_key(key)
        return request.with_replaced_attrs(
            tags={**tags, **request.tags}, run_config=request.run_config or self._config_of(request, key)
        )

    def _partitions_of(self, request: RunRequest) -> Any:
        job = self._job_of(request)
        found = getattr(job, "partitions_def", None)
        if found is not None or not self._context.knows_definitions:
            if found is None:
                raise InvariantViolationError(
                    f"{self._what} requested a partition, and the context knows no definitions to find it in",
                    DEFINITIONS_HINT,
                )
            return found
        graph = self._context.asset_graph()
        definitions = (graph.get(key).partitions_def for key in request.asset_selection or ())
        return next((one for one in definitions if one is not None), None)

    def _job_of(self, request: RunRequest) -> Any:
        """The job, resolved where definitions are known; None for a bare selection of assets."""
        given = self._targets.job(request.job_name)
        if getattr(given, "partitions_def", None) is not None:
            return given
        names = [request.job_name] if request.job_name else list(self._targets.job_names)
        if self._context.knows_definitions and len(names) == 1:
            return self._context.find_job(names[0])
        return given

    def _config_of(self, request: RunRequest, key: str) -> Any:
        """What the job's partitioned config says for the partition."""
        partitioned = getattr(self._job_of(request), "partitioned_config", None)
        if partitioned is None:
            return None
        return partitioned.get_run_config_for_partition_key(key)


class _Partitions:
    """Dynamic partitions as they will be when this tick's requests are done: a store to read from."""

    def __init__(self, context: TickContext, dynamic: Iterable[Any]) -> None:
        self._context = context
        self._requests = list(dynamic)

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        known = (
            list(self._context.instance.get_dynamic_partitions(partitions_def_name))
            if self._context.has_instance
            else []
        )
        for request in self._requests:
            if request.partitions_def_name != partitions_def_name:
                continue
            rest = [key for key in known if key not in request.partition_keys]
            known = (
                rest
                if type(request).__name__.startswith("Delete")
                else _united(known, request.partition_keys)
            )
        return known

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        return partition_key in self.get_dynamic_partitions(partitions_def_name)


def _united(known: list[str], new: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*known, *new]))
