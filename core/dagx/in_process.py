"""`materialize()`: run assets here and now, in this process, and forget. Semantics: section 27."""

from __future__ import annotations

import random
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from dagx.assets import AssetsDefinition
from dagx.defs import Definitions
from dagx.errors import InvalidSubsetError, InvariantViolationError
from dagx.execute import execute_step
from dagx.in_process_result import ExecuteInProcessResult, StepRun
from dagx.io_managers import FilesystemIOManager, InMemoryIOManager
from dagx.keys import AssetKey
from dagx.logs import get_logger
from dagx.nearest import did_you_mean
from dagx.resolution import Asset, ResolvedDefinitions
from dagx.results import event_tags
from dagx.retries import seconds_until_retry
from dagx.runs import RunInfo
from dagx.selectables import catalog_of
from dagx.selection_text import select
from dagx.specs import DEFAULT_IO_MANAGER
from dagx.unbuilt import MATERIALIZE_KEYWORDS, refuse

__all__ = ["materialize", "materialize_to_memory"]

CoercibleToSelection = str | Sequence[str | AssetKey | AssetsDefinition]


def materialize(
    assets: Iterable[Asset],
    *,
    resources: Mapping[str, Any] | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: CoercibleToSelection | None = None,
    **not_built: NoReturn,
) -> ExecuteInProcessResult:
    """Run the steps of `assets`, in this process, always all of them; nothing is left behind.

    assets: decorated functions, and AssetSpec for assets made elsewhere whose values an IO manager can load.
    resources: names to objects; without "io_manager", values live in a temporary folder until the call
    returns. raise_on_error: raise what the first failing step raised; else the result says `success` False,
    and steps that do not need the failed one have run.
    tags: of the run. selection: run only these (a selection string, or a list of keys and definitions).

    Raises InvalidDefinitionError when the assets do not fit together. Semantics: section 27.
    """
    refuse("materialize", not_built, MATERIALIZE_KEYWORDS)
    with tempfile.TemporaryDirectory(prefix="dagx-") as folder:
        given = {DEFAULT_IO_MANAGER: FilesystemIOManager(folder), **(resources or {})}
        return _run(assets, given, folder, raise_on_error, tags, selection)


def materialize_to_memory(
    assets: Iterable[Asset],
    *,
    resources: Mapping[str, Any] | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: CoercibleToSelection | None = None,
    **not_built: NoReturn,
) -> ExecuteInProcessResult:
    """As `materialize`, with values kept in memory and not pickled.

    Raises InvariantViolationError when `resources` has an "io_manager". Semantics: section 27.
    """
    refuse("materialize_to_memory", not_built, MATERIALIZE_KEYWORDS)
    if DEFAULT_IO_MANAGER in (resources or {}):
        raise InvariantViolationError(
            'materialize_to_memory keeps values in memory and was given an "io_manager"', "use materialize"
        )
    with tempfile.TemporaryDirectory(prefix="dagx-") as folder:
        given = {DEFAULT_IO_MANAGER: InMemoryIOManager(), **(resources or {})}
        return _run(assets, given, folder, raise_on_error, tags, selection)


def _run(
    assets: Iterable[Asset],
    resources: Mapping[str, Any],
    folder: str,
    raise_on_error: bool,
    tags: Mapping[str, str] | None,
    selection: CoercibleToSelection | None,
) -> ExecuteInProcessResult:
    resolved = Definitions(assets=assets, resources=resources).resolve(strict=False)
    run = RunInfo(str(uuid.uuid4()), tags=event_tags(tags), storage_dir=folder)
    chosen = _chosen(resolved, selection)
    runs: dict[str, StepRun] = {}
    broken: set[str] = set()
    for name in resolved.order:
        if name not in chosen:
            continue
        if resolved.upstream[name] & broken:
            broken.add(name)
            continue
        runs[name] = _attempts(resolved, name, run)
        if runs[name].error is not None:
            broken.add(name)
            if raise_on_error:
                raise _error(runs[name])
    return ExecuteInProcessResult(
        run, {name: resolved.steps[name] for name in resolved.order if name in chosen}, runs
    )


def _attempts(resolved: ResolvedDefinitions, name: str, run: RunInfo) -> StepRun:
    """One step, until it succeeds or may not be tried again."""
    definition = resolved.steps[name]
    step = StepRun()
    while True:
        try:
            result = execute_step(
                definition,
                resources=resolved.resources,
                run=run,
                retry_number=step.retries,
                log=get_logger(),
                specs=resolved.specs,
                on_output=step.take,
            )
        except Exception as error:  # noqa: BLE001  # whatever user code raises fails the step, and is raised again
            wait = seconds_until_retry(error, definition.retry_policy, step.retries, random.random)
            if wait is None:
                step.error = error
                return step
            step.retries += 1
            if wait:
                time.sleep(wait)
        else:
            step.events.extend(result.events)
            return step


def _error(step: StepRun) -> Exception:
    assert step.error is not None
    return step.error


def _chosen(resolved: ResolvedDefinitions, selection: CoercibleToSelection | None) -> set[str]:
    """The names of the steps that `selection` asks for."""
    if selection is None:
        return set(resolved.steps)
    terms: Sequence[str | AssetKey | AssetsDefinition] = (
        [selection] if isinstance(selection, (str, AssetKey, AssetsDefinition)) else selection
    )
    catalog = catalog_of(resolved)
    keys: set[AssetKey] = set()
    for term in terms:
        if isinstance(term, str):
            keys |= {catalog.keys[name] for name in select(term, catalog.selectable)}
        elif isinstance(term, AssetsDefinition):
            keys |= term.keys
        else:
            keys.add(AssetKey.from_coercible_or_definition(term))
    for key in keys - resolved.specs.keys():
        shown = key.to_user_string()
        raise InvalidSubsetError(f'no asset "{shown}"', did_you_mean(shown, catalog.keys))
    return {resolved.step_of[key] for key in keys if key in resolved.step_of}
