"""One attempt of one step: load, call, check, store.

It knows nothing of runs, retries or the engine. Sections 6, 9.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Generator, Iterator, Mapping
from typing import Any, cast

from dagx.contexts.partition_scope import PartitionScope
from dagx.contexts.step import CURRENT, AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from dagx.errors import AssetCheckFailedError, StepOutputNotFoundError
from dagx.execution.emission import CheckEmission, Emission, Ignored, Read, Reader, Remark
from dagx.execution.progress import instance_key
from dagx.execution.recording import Recording
from dagx.execution.results import AssetObservation
from dagx.execution.step_inputs import Ground, InputLoader, run_partitions
from dagx.execution.step_outputs import Listener as Listener
from dagx.execution.step_outputs import StepOutput as StepOutput
from dagx.execution.step_outputs import StepOutputs
from dagx.execution.step_outputs import StepResult as StepResult
from dagx.execution.steps import FromAsset, Step
from dagx.functions.invoke import config_argument
from dagx.functions.slots import OutputSlot
from dagx.functions.typecheck import ANY, value_type_of
from dagx.keys import AssetKey
from dagx.resource_defs.named import ScopedResources
from dagx.unset import UNSET


def execute_step(
    step: Step,
    ground: Ground,
    *,
    op_config: Any = None,
    retry_number: int = 0,
    mapping_key: str | None = None,
    listener: Listener | None = None,
) -> StepResult:
    """Run a step once, on what its run stands on.

    `op_config` is its config, checked; `mapping_key` that of the dynamic output it runs for.

    What user code raises comes out as it is. What dagx finds wrong raises TypeCheckDidNotPass,
    InvariantViolationError, StepOutputNotFoundError, AssetCheckFailedError (a blocking check of its own failed) or
    InvalidDefinitionError (no such IO manager).
    """
    attempt = _Attempt(step, ground, op_config, retry_number, mapping_key, listener or Listener())
    token = CURRENT.set(attempt.context)
    try:
        return attempt.execute()
    finally:
        CURRENT.reset(token)


class _Attempt:
    def __init__(
        self,
        step: Step,
        ground: Ground,
        op_config: Any,
        retry_number: int,
        mapping_key: str | None,
        listener: Listener,
    ) -> None:
        self._step = step
        self._ground = ground
        self._mapping_key = mapping_key
        self._listener = listener
        self._recording = Recording()
        self._has_ignored = False
        definition = step.definition
        step_key = instance_key(step, mapping_key)
        self._scope = _scope_of(step, ground)
        self._outputs = StepOutputs(step, step_key, ground, self._scope, self._recording, listener)
        self._loader = InputLoader(step, ground, self._scope, mapping_key, self._loaded)
        self._reader = Reader(
            step.key,
            step.outputs,
            step.selected,
            makes_assets=definition is not None and any(slot.key is not None for slot in step.outputs),
            can_subset=definition is not None and definition.can_subset,
            observes=definition is not None and definition.is_observation,
        )
        self.context = _context_class(step)(
            definition=definition,
            op=step.op,
            step_key=step_key,
            outputs=step.outputs,
            selected=step.selected,
            run=ground.run,
            resources=ScopedResources(
                ground.resources, step.op.function_resource_keys, ground.resource_names
            ),
            log=ground.log,
            op_config=op_config,
            mapping_key=mapping_key,
            retry_number=retry_number,
            recording=self._recording,
            loader=self._load_asset,
            scope=self._scope,
            input_scope=self._loader.scope_of,
        )

    # The call

    def execute(self) -> StepResult:
        op = self._step.op
        arguments = {slot.name: self._input(slot.name) for slot in op.loaded_inputs}
        for name in op.signature.resources:
            arguments[name] = getattr(self.context.resources, name)
        if op.signature.config is not None:
            arguments[op.signature.config.name] = config_argument(op, self.context.op_config)
        leading = () if op.signature.context is None else (self.context,)
        self._take(op.compute_fn(*leading, **arguments))
        self._complete()
        self._outputs.tell_events()
        failed = [evaluation for evaluation in self._outputs.checks if evaluation.holds_back]
        if failed:
            names = ", ".join(evaluation.asset_check_key.to_user_string() for evaluation in failed)
            raise AssetCheckFailedError(
                f"{'a blocking check' if len(failed) == 1 else 'blocking checks'} failed: {names}",
                "what needs the asset does not run; the asset itself stays as it was made",
            )
        return StepResult(
            tuple(self._outputs.made), tuple(self._recording.events), tuple(self._outputs.checks)
        )

    def _input(self, name: str) -> Any:
        slot = self._step.op.input_by_name[name]
        value, loads = self._loader.load(slot)
        source = self._step.sources[name]
        shown = f"the input {name!r}"
        if isinstance(source, FromAsset) and source.slot.key is not None:
            shown = f'"{source.slot.key.to_user_string()}", loaded for the parameter {name!r},'
        self._listener.loaded(name, loads)
        slot.type.check(value, shown, self._outputs.checking())
        return value

    def _take(self, result: Any) -> None:
        """What the function returned, or, one by one, what its generator yields."""
        if inspect.iscoroutine(result):
            result = _coroutines().run(result)
        if inspect.isasyncgen(result):
            result = _coroutines().iterate(result)
        if not inspect.isgenerator(result):
            self._put(self._reader.returned(result))
            return
        items = cast("Generator[object, None, object]", result)
        try:
            for item in items:
                self._put(self._reader.yielded(item))
        finally:
            items.close()

    def _put(self, reads: Iterator[Read]) -> None:
        for read in reads:
            if isinstance(read, Emission):
                self._outputs.make(read)
            elif isinstance(read, CheckEmission):
                self._outputs.check(read)
            elif isinstance(read, (Ignored, Remark)):
                self._ground.log.warning(read.message)
                self._has_ignored |= isinstance(read, Ignored)
            else:
                self._recording.add_event(read)
            self._outputs.tell_events()

    def _complete(self) -> None:
        """Outputs that did not come: those without values are made all the same, required others are missing."""
        for slot in self._step.outputs:
            if slot.name not in self._step.selected or self._recording.has_emitted(slot.name):
                continue
            if slot.is_dynamic or not slot.is_required:
                continue
            if slot.is_nothing and slot.check is None and not self._reader.observes:
                self._outputs.make(Emission(slot, UNSET, {}, None, {}, is_implied=True))
            elif not (self._reader.is_only_checks and self._has_ignored):  # else a warning said so
                raise self._not_given(slot)

    def _not_given(self, slot: OutputSlot) -> StepOutputNotFoundError:
        what, way_out = "output", "yield an Output or a MaterializeResult on every way through the function"
        if slot.check is not None:
            what = "check result"
            way_out = "yield an AssetCheckResult, or return MaterializeResult(check_results=[...])"
            if self._reader.is_only_checks:
                way_out = "yield an AssetCheckResult for each check, or give it can_subset=True"
        elif self._reader.observes:
            what = "observation"
            way_out = "yield an ObserveResult for each asset, or give it can_subset=True"
        key = slot.key if slot.check is None else slot.check.key
        name = slot.name if key is None else key.to_user_string()
        return StepOutputNotFoundError(
            f'"{self._step.key}" ended and had not given its {what} "{name}"', way_out
        )

    # Beside the outputs

    def _loaded(self, key: AssetKey | None, metadata: Mapping[str, Any]) -> None:
        if key is not None and metadata:
            self._recording.add_event(AssetObservation(key, metadata=metadata))

    def _load_asset(self, key: AssetKey, python_type: Any, partition: str | None) -> Any:
        wanted = ANY if python_type is None else value_type_of(python_type, "python_type")
        value = self._loader.asset(key, wanted, partition)
        wanted.check(
            value, f'"{key.to_user_string()}", loaded by load_asset_value,', self._outputs.checking()
        )
        return value


def _scope_of(step: Step, ground: Ground) -> PartitionScope:
    definition = step.definition
    what = f'"{step.key}"'
    if definition is None:
        partitions = getattr(ground.run.job, "partitions_def", None)
        return PartitionScope(what, partitions, run_partitions(ground.run, partitions))
    wanted = {slot.key for slot in step.outputs if slot.check is None and slot.name in step.selected}
    own = [spec.partitions_def for spec in definition.specs if spec.key in wanted]
    # Those of one step are partitioned alike, or not at all.
    partitions = next((one for one in own if one is not None), None) if own else definition.partitions_def
    return PartitionScope(what, partitions, run_partitions(ground.run, partitions))


def _context_class(step: Step) -> type[OpExecutionContext]:
    if step.definition is None:
        return OpExecutionContext
    if step.outputs and all(slot.check is not None for slot in step.outputs):
        return AssetCheckExecutionContext
    return AssetExecutionContext


def _coroutines() -> Any:
    return importlib.import_module("dagx.functions.coroutines")
