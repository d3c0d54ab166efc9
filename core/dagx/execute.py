"""One attempt of one step: load, call, check, store.

It knows nothing of runs, retries or the engine. Sections 6, 9.
"""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from dagx.assets import AssetsDefinition
from dagx.context import CURRENT, AssetExecutionContext
from dagx.emission import Emission, read_emission
from dagx.errors import InvalidDefinitionError, InvariantViolationError, StepOutputNotFoundError
from dagx.io_contexts import InputContext, OutputContext
from dagx.keys import AssetKey
from dagx.metadata import MetadataValue
from dagx.named_resources import ScopedResources, available_text
from dagx.recording import AssetEvent, Recording
from dagx.results import AssetObservation
from dagx.runs import RunInfo
from dagx.slots import OutputSlot
from dagx.specs import AssetSpec, spec_at
from dagx.typecheck import ANY, ValueType, value_type
from dagx.unset import UNSET


@dataclass(frozen=True)
class StepOutput:
    """One asset that an attempt made. `stored` says whether an IO manager took the value."""

    asset_key: AssetKey
    output_name: str
    metadata: Mapping[str, MetadataValue]
    data_version: str | None
    tags: Mapping[str, str]
    stored: bool


@dataclass(frozen=True)
class StepResult:
    """What a successful attempt made, in the order in which it came, and the events it recorded beside."""

    outputs: tuple[StepOutput, ...]
    events: tuple[AssetEvent, ...]


OnOutput = Callable[[StepOutput, Any], None]


def execute_step(
    definition: AssetsDefinition,
    *,
    resources: Mapping[str, object],
    run: RunInfo,
    retry_number: int = 0,
    log: logging.Logger,
    specs: Mapping[AssetKey, AssetSpec],
    on_output: OnOutput | None = None,
) -> StepResult:
    """Run a step once.

    `resources` hold all resources of the project and its IO managers, the default one as "io_manager";
    `specs` those of the upstream assets, which say which manager loads them. `on_output` is told of each
    output (and its value, None when there is none) as soon as it is stored: what was told stays made although
    the function fails later.

    What user code raises comes out as it is. What dagx finds wrong raises TypeCheckDidNotPass,
    InvariantViolationError, StepOutputNotFoundError or InvalidDefinitionError (no such IO manager).
    """
    attempt = _Attempt(definition, resources, run, retry_number, log, specs, on_output)
    token = CURRENT.set(attempt.context)
    try:
        return attempt.execute()
    finally:
        CURRENT.reset(token)


class _Attempt:
    def __init__(
        self,
        definition: AssetsDefinition,
        resources: Mapping[str, object],
        run: RunInfo,
        retry_number: int,
        log: logging.Logger,
        specs: Mapping[AssetKey, AssetSpec],
        on_output: OnOutput | None,
    ) -> None:
        self._definition = definition
        self._resources = resources
        self._run = run
        self._log = log
        self._specs = specs
        self._on_output = on_output
        self._recording = Recording()
        self._outputs: list[StepOutput] = []
        self.context = AssetExecutionContext(
            definition=definition,
            run=run,
            resources=ScopedResources(resources, definition.function_resource_keys),
            log=log,
            retry_number=retry_number,
            recording=self._recording,
            loader=self._load_asset,
        )

    def execute(self) -> StepResult:
        definition = self._definition
        arguments = {slot.name: self._load_input(slot.name) for slot in definition.inputs}
        for name in definition.signature.resources:
            arguments[name] = getattr(self.context.resources, name)
        leading = () if definition.signature.context is None else (self.context,)
        self._take(definition.compute_fn(*leading, **arguments))
        for slot in definition.outputs:
            if slot.is_required and slot.name not in self._recording.emitted:
                raise StepOutputNotFoundError(
                    f'"{definition.name}" ended and had not yielded its output "{slot.name}"',
                    "yield an Output or a MaterializeResult on every way through the function",
                )
        return StepResult(tuple(self._outputs), tuple(self._recording.events))

    def _take(self, result: Any) -> None:
        """What the function returned, or, one by one, what its generator yields."""
        if inspect.iscoroutine(result):
            result = _coroutines().run(result)
        if inspect.isasyncgen(result):
            result = _coroutines().iterate(result)
        if not inspect.isgenerator(result):
            self._emit(result, is_yielded=False)
            return
        items = cast("Generator[object, None, object]", result)
        try:
            for item in items:
                self._emit(item, is_yielded=True)
        finally:
            items.close()

    def _emit(self, item: object, *, is_yielded: bool) -> None:
        read = read_emission(self._definition, item, is_yielded=is_yielded)
        if isinstance(read, Emission):
            self._make(read)
        else:
            self._recording.add_event(read)

    def _make(self, emission: Emission) -> None:
        slot, value = emission.slot, emission.value
        if slot.name in self._recording.emitted:
            raise InvariantViolationError(f'"{self._definition.name}" yielded its output "{slot.name}" twice')
        checked = slot.type.value
        if value is not UNSET:
            checked.check(value, f'the result of "{slot.key.to_user_string()}"')
        self._recording.emitted.add(slot.name)
        metadata = {**emission.metadata, **self._recording.by_output.get(slot.name, {})}
        stored = value is not UNSET and not checked.is_nothing
        if stored:
            metadata.update(self._store(slot, value, metadata))
        metadata.update(self._recording.by_asset.get(slot.key, {}))
        version = emission.data_version or self._recording.versions.get(slot.key)
        output = StepOutput(
            slot.key, slot.name, metadata, None if version is None else version.value, emission.tags, stored
        )
        self._outputs.append(output)
        if self._on_output is not None:
            self._on_output(output, None if value is UNSET else value)

    def _store(
        self, slot: OutputSlot, value: object, metadata: Mapping[str, MetadataValue]
    ) -> Mapping[str, MetadataValue]:
        """Hand the value to its IO manager; what the manager recorded."""
        spec = self._definition.specs_by_key[slot.key]
        context = OutputContext(
            name=slot.name,
            step_key=self._definition.name,
            asset_spec=spec,
            run=self._run,
            resources=ScopedResources(self._resources),
            log=self._log,
            value_type=slot.type.value,
            output_metadata=metadata,
            recording=self._recording,
        )
        handled = self._manager(spec.io_manager_key, "handle_output")(context, value)
        if inspect.isgenerator(handled):
            for event in cast("Iterator[object]", handled):
                self._recording.add_event(event)
        return context.added_metadata()

    def _load_input(self, name: str) -> Any:
        slot = next(slot for slot in self._definition.inputs if slot.name == name)
        value = self._load(slot.name, slot.key, slot.type, slot.metadata, slot.input_manager_key)
        slot.type.check(value, f'"{slot.key.to_user_string()}", loaded for the parameter {name!r},')
        return value

    def _load_asset(self, key: AssetKey, python_type: Any) -> Any:
        wanted = ANY if python_type is None else value_type(python_type, "python_type")
        return self._load(key.parts[-1], key, wanted, {}, None)

    def _load(
        self, name: str, key: AssetKey, wanted: ValueType, metadata: Mapping[str, object], manager: str | None
    ) -> Any:
        spec = self._specs.get(key) or spec_at(None, key)
        resources = ScopedResources(self._resources)
        stored = OutputContext(
            name="result",
            step_key=key.to_python_identifier(),
            asset_spec=spec,
            run=self._run,
            resources=resources,
            log=self._log,
        )
        context = InputContext(
            name=name,
            upstream_output=stored,
            run=self._run,
            resources=resources,
            log=self._log,
            definition_metadata=metadata,
            value_type=wanted,
        )
        value = self._manager(manager or spec.io_manager_key, "load_input")(context)
        observed = context.added_metadata()
        if observed:
            self._recording.add_event(AssetObservation(key, metadata=observed))
        return value

    def _manager(self, name: str, method: str) -> Callable[..., Any]:
        if name not in self._resources:
            raise InvalidDefinitionError(
                f'the IO manager "{name}" is not defined (needed by "{self._definition.name}")',
                available_text(self._resources.keys()),
            )
        found = getattr(self._resources[name], method, None)
        if found is None:
            raise InvalidDefinitionError(
                f'the resource "{name}" is used as an IO manager and has no {method}', "make it an IOManager"
            )
        return cast("Callable[..., Any]", found)


def _coroutines() -> Any:
    return importlib.import_module("dagx.coroutines")
