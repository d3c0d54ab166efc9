"""Definitions: what belongs to a project. Semantics: section 25."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec, map_asset_specs
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.names import as_mapping
from dagx.nearest import did_you_mean
from dagx.project.definition_kinds import checked_executor, checked_loggers
from dagx.project.definition_members import assets_in, each_once, members_of, united
from dagx.project.resolution import Asset, ResolvedDefinitions, resolved
from dagx.source import SourceLocation, location_of_caller
from dagx.unbuilt import attribute_error

if TYPE_CHECKING:
    from dagx.execution.executors import ExecutorDefinition
    from dagx.instance.instance import DagsterInstance
    from dagx.logs.definitions import LoggerDefinition
    from dagx.project.asset_graph import AssetGraph
    from dagx.project.asset_values import AssetValueLoader
    from dagx.project.fitted import Repository
    from dagx.selecting.asset_selection import CoercibleToAssetSelection

__all__ = ["Definitions"]


class Definitions:
    """The assets, checks, jobs, schedules, sensors and resources of a project, or of a part of it.

    `assets` is an iterable of decorated functions and AssetSpec (external assets), `asset_checks` of decorated checks,
    `jobs`, `schedules` and `sensors` of those; `resources` maps names to any objects, `loggers` to loggers; `executor`
    and `loggers` are those of jobs that have none of their own; `metadata` is of the whole. Nothing is checked here
    but the kind of each member (InvalidArgumentError): whether all fits together is seen when the project is loaded,
    or by `validate_loadable`. Semantics: section 25.
    """

    def __init__(
        self,
        assets: Iterable[Asset] | None = None,
        schedules: Iterable[Any] | None = None,
        sensors: Iterable[Any] | None = None,
        jobs: Iterable[Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        executor: ExecutorDefinition | None = None,
        loggers: Mapping[str, LoggerDefinition] | None = None,
        asset_checks: Iterable[AssetsDefinition] | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        component_tree: Any = None,
    ) -> None:
        if component_tree is not None:
            raise InvalidArgumentError("dagx has no components", "list the definitions themselves")
        self._assets = assets_in(assets, "assets")
        self._asset_checks = assets_in(asset_checks, "asset_checks")
        self.schedules: Sequence[Any] = members_of(schedules, "schedules")
        self.sensors: Sequence[Any] = members_of(sensors, "sensors")
        self.jobs: Sequence[Any] = members_of(jobs, "jobs")
        self._resources = cast("dict[str, Any]", as_mapping(resources, "resources"))
        self.loggers: Mapping[str, LoggerDefinition] = checked_loggers(loggers)
        self.metadata: Mapping[str, MetadataValue] = normalized(metadata)
        self.executor: ExecutorDefinition | None = checked_executor(executor)
        self.source: SourceLocation | None = location_of_caller()
        self._resolved: dict[bool, ResolvedDefinitions] = {}
        self._repository: Repository | None = None

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The members, in order."""
        return self._assets

    @property
    def asset_checks(self) -> tuple[Asset, ...]:
        """The checks, in order."""
        return self._asset_checks

    @property
    def resources(self) -> Mapping[str, Any]:
        """The resources by name."""
        return self._resources

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name)

    def __repr__(self) -> str:
        return f"Definitions({len(self._assets)} assets, {len(self._resources)} resources)"

    @staticmethod
    def merge(*definitions: Definitions) -> Definitions:
        """All members of all of them.

        Raises InvariantViolationError when a resource or logger is bound to two different objects (two that are equal
        differ too), a metadata key to two values, or two have an executor.
        """
        executors = {id(one.executor): one.executor for one in definitions if one.executor is not None}
        if len(executors) > 1:
            places = " and ".join(str(one.source) for one in definitions if one.executor is not None)
            raise InvariantViolationError(f"the Definitions at {places} have an executor each", "keep one")
        return Definitions(
            assets=each_once(one.assets for one in definitions),
            schedules=each_once(one.schedules for one in definitions),
            sensors=each_once(one.sensors for one in definitions),
            jobs=each_once(one.jobs for one in definitions),
            resources=united("resource", [(one.resources, one.source) for one in definitions]),
            executor=next(iter(executors.values()), None),
            loggers=united("logger", [(one.loggers, one.source) for one in definitions]),
            asset_checks=cast("list[AssetsDefinition]", each_once(one.asset_checks for one in definitions)),
            metadata=united("metadata key", [(one.metadata, one.source) for one in definitions], operator.eq),
        )

    @staticmethod
    def validate_loadable(defs: Definitions) -> None:
        """Raise InvalidDefinitionError, listing every problem, unless all members fit together.

        A cycle alone is a CircularDependencyError, which is one.
        """
        defs.get_repository_def()

    # Fitted together

    def resolve(self, *, strict: bool = True) -> ResolvedDefinitions:
        """Assets and checks fitted together; see `dagx.project.resolution.resolved`."""
        if strict not in self._resolved:
            self._resolved[strict] = resolved(
                [*self._assets, *self._asset_checks], self._resources, strict=strict
            )
        return self._resolved[strict]

    def get_repository_def(self) -> Repository:
        """All members fitted together, each to be asked for by its name."""
        if self._repository is None:
            repository: Any = importlib.import_module("dagx.project.fitted")
            self._repository = repository.Repository(
                self.resolve(),
                jobs=self.jobs,
                schedules=self.schedules,
                sensors=self.sensors,
                metadata=self.metadata,
                executor=self.executor,
                loggers=self.loggers,
            )
        return cast("Repository", self._repository)

    def resolve_asset_graph(self) -> AssetGraph:
        """The assets and how they depend on each other."""
        found: AssetGraph = importlib.import_module("dagx.project.asset_graph").AssetGraph(self.resolve())
        return found

    def resolve_all_asset_specs(self) -> list[AssetSpec]:
        """The specs of all assets, external ones too, sorted by key."""
        specs = self.resolve().specs
        return [specs[key] for key in sorted(specs)]

    def resolve_all_asset_keys(self) -> list[AssetKey]:
        """The keys of all assets, external ones too, sorted."""
        return sorted(self.resolve().specs)

    def resolve_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The definition that makes an asset. Raises InvariantViolationError when none does."""
        found = self.resolve()
        asset_key = AssetKey.from_coercible(key)
        name = found.step_of.get(asset_key) or found.observed_by.get(asset_key)
        if name is None:
            shown = asset_key.to_user_string()
            if asset_key in found.specs:
                raise InvariantViolationError(
                    f'no definition makes the asset "{shown}": it is made elsewhere',
                    "its spec is among resolve_all_asset_specs()",
                )
            near = did_you_mean(shown, [known.to_user_string() for known in found.step_of])
            raise InvariantViolationError(f'no definition makes the asset "{shown}"', near)
        return found.steps[name]

    def resolve_job_def(self, name: str) -> Any:
        """The job of this name, with its assets. Raises InvariantViolationError when there is none."""
        return self.get_repository_def().get_job(name)

    def resolve_schedule_def(self, name: str) -> Any:
        """The schedule of this name. Raises InvariantViolationError when there is none."""
        return self.get_repository_def().get_schedule_def(name)

    def resolve_sensor_def(self, name: str) -> Any:
        """The sensor of this name. Raises InvariantViolationError when there is none."""
        return self.get_repository_def().get_sensor_def(name)

    def resolve_implicit_global_asset_job_def(self) -> Any:
        """The job of all assets and checks, "__ASSET_JOB"."""
        return self.get_repository_def().global_asset_job

    def resolve_implicit_job_def_def_for_assets(self, asset_keys: Iterable[AssetKey]) -> Any:
        """The job of all assets, when it has all of these; else None."""
        known = self.resolve().specs
        return self.resolve_implicit_global_asset_job_def() if set(asset_keys) <= known.keys() else None

    def get_all_job_defs(self) -> list[Any]:
        """All jobs, and the one of all assets."""
        return self.get_repository_def().get_all_jobs()

    get_asset_graph = resolve_asset_graph
    get_all_asset_specs = resolve_all_asset_specs
    get_all_asset_keys = resolve_all_asset_keys
    get_assets_def = resolve_assets_def
    get_job_def = resolve_job_def
    get_schedule_def = resolve_schedule_def
    get_sensor_def = resolve_sensor_def
    get_implicit_global_asset_job_def = resolve_implicit_global_asset_job_def

    # Values

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: object = None,
        instance: DagsterInstance | None = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Any:
        """The stored value of an asset (of one partition of it), loaded by its IO manager.

        `instance` is the history that it was written to (the project's own storage when it is left out); `metadata` is
        what the IO manager sees as `definition_metadata`.
        """
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key, python_type=python_type, partition_key=partition_key, metadata=metadata
            )

    def get_asset_value_loader(self, instance: DagsterInstance | None = None) -> AssetValueLoader:
        """A context manager that loads values of several assets, and keeps resources open meanwhile."""
        values: Any = importlib.import_module("dagx.project.asset_values")
        found: AssetValueLoader = values.AssetValueLoader(self.resolve(), instance)
        return found

    # Copies

    def map_asset_specs(
        self,
        *,
        func: Callable[[AssetSpec], AssetSpec],
        selection: CoercibleToAssetSelection | None = None,
    ) -> Definitions:
        """Definitions with each spec (of `selection`) as `func` returns it."""
        if selection is not None:
            return self.map_resolved_asset_specs(func=func, selection=selection)
        return self._with(assets=map_asset_specs(func, self._assets))

    def map_resolved_asset_specs(
        self,
        *,
        func: Callable[[AssetSpec], AssetSpec],
        selection: CoercibleToAssetSelection | None = None,
    ) -> Definitions:
        """Definitions with each spec of `selection` (None: all) as `func` returns it."""
        found = self.resolve()
        keys = set(found.specs)
        if selection is not None:
            selections: Any = importlib.import_module("dagx.selecting.asset_selection")
            keys = selections.AssetSelection.from_coercible(selection).resolve(found)

        def mapped(spec: AssetSpec) -> AssetSpec:
            return func(spec) if spec.key in keys else spec

        return self._with(assets=map_asset_specs(mapped, self._assets))

    def with_resources(self, resources: Mapping[str, Any] | None) -> Definitions:
        """Definitions with these resources too, for names that it has none of yet."""
        return self._with(resources={**(resources or {}), **self._resources})

    def with_definition_metadata_update(
        self, update: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> Definitions:
        """Definitions with the metadata that `update` makes of its own."""
        return self._with(metadata=update(self.metadata))

    def permissive_load(self) -> Definitions:
        """Itself: dagx loads nothing permissively."""
        return self

    def _with(self, **changed: Any) -> Definitions:
        members: dict[str, Any] = {
            "assets": self._assets,
            "schedules": self.schedules,
            "sensors": self.sensors,
            "jobs": self.jobs,
            "resources": self._resources,
            "executor": self.executor,
            "loggers": self.loggers,
            "asset_checks": self._asset_checks,
            "metadata": self.metadata,
        }
        return Definitions(**{**members, **changed})
