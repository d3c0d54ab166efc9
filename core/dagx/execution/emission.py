"""What a value that a function returned or yielded means: outputs of the step, check results, events beside them.

Sections 4, 6, 21.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from dagx.checks.results import AssetCheckResult
from dagx.errors import InvariantViolationError
from dagx.execution.recording import AssetEvent
from dagx.execution.results import (
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    DynamicOutput,
    ExpectationResult,
    MaterializeResult,
    ObserveResult,
    Output,
)
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue, normalized
from dagx.nearest import did_you_mean
from dagx.unset import UNSET


@dataclass(frozen=True)
class Emission:
    """One output: its value (UNSET when the function stored the data itself) and what came with it.

    `is_observation`: the asset was seen, not made; `by_partition` has the versions of its partitions, if they came.
    `is_implied`: the function ended without it, and it counts as made.
    """

    slot: OutputSlot
    value: object
    metadata: Mapping[str, MetadataValue]
    data_version: DataVersion | None
    tags: Mapping[str, str]
    mapping_key: str | None = None
    is_observation: bool = False
    by_partition: Mapping[str, DataVersion] | None = None
    is_implied: bool = False


@dataclass(frozen=True)
class CheckEmission:
    """The result of one check of the step."""

    slot: OutputSlot
    result: AssetCheckResult


@dataclass(frozen=True)
class Ignored:
    """A value that records nothing: a check answered with something that is no result."""

    message: str


@dataclass(frozen=True)
class Remark:
    """What the author should hear of, and what changes nothing."""

    message: str


Read = Emission | CheckEmission | AssetEvent | Ignored | Remark
_EVENTS = (AssetMaterialization, AssetObservation, ExpectationResult)
_ASSET_RESULTS = (MaterializeResult, ObserveResult)
_RESULTS = (Output, DynamicOutput, AssetCheckResult, *_ASSET_RESULTS)


class Reader:
    """Reads what one step gives.

    `name` is the step, `outputs` are its outputs, `selected` the names of those that this run wants; `makes_assets` is
    False for a plain op, `observes` True for what only looks at assets; `can_subset` says whether it may leave some
    out.
    """

    def __init__(
        self,
        name: str,
        outputs: Sequence[OutputSlot],
        selected: frozenset[str],
        *,
        makes_assets: bool,
        can_subset: bool = False,
        observes: bool = False,
    ) -> None:
        self.name = name
        self.outputs = outputs
        self.selected = selected
        self.makes_assets = makes_assets
        self.can_subset = can_subset
        self.observes = observes
        self.is_only_checks = bool(outputs) and all(slot.check is not None for slot in outputs)
        """Whether the step makes nothing, and gives the results of checks."""
        self._by_name = {slot.name: slot for slot in outputs}
        self._by_asset = {slot.key: slot for slot in outputs if slot.check is None}
        self._by_check = {slot.check.key: slot for slot in outputs if slot.check is not None}

    def returned(self, value: Any) -> Iterator[Read]:
        """What a function means that returned `value`. Raises InvariantViolationError for what it may not."""
        values = _as_tuple(value)
        if _is_event(value):
            raise InvariantViolationError(
                f'"{self.name}" returned an {_class_of(value)}',
                "yield it, or give it to context.log_event",
            )
        self._refuse_class(value, "returned")
        if _is_result(value):
            yield from self._result(value)
        elif self.observes:
            yield from self._observed(value)
        elif self.is_only_checks:
            yield from self._of_checks(value)
        elif values is not None and self._has_results(values):
            for item, slot in self._positions(values):
                yield from self._result(item) if _is_result(item) else [self._bare(slot, item)]
        elif len(self.outputs) == 1 and self.outputs[0].is_dynamic and _is_list(value):
            for item in cast("list[object]", value):
                yield from self.yielded(item)
        elif len(self.outputs) == 1:
            yield from self._maybe_forgotten(self.outputs[0], value)
            yield self._bare(self.outputs[0], value)
        elif value is None and not self._needs_values:
            return
        else:
            yield from self._several(value)

    def yielded(self, item: Any) -> Iterator[Read]:
        """What a generator means that yielded `item`. Raises InvariantViolationError for what it may not."""
        if _is_event(item):
            yield item
        elif _is_result(item):
            yield from self._result(item)
        else:
            self._refuse_class(item, "yielded")
            raise InvariantViolationError(
                f'"{self.name}" yielded a {_class_of(item)}',
                "yield AssetCheckResult(passed=...)"
                if self.is_only_checks
                else "yield Output(value), or return the value",
            )

    def _refuse_class(self, value: object, what: str) -> None:
        if isinstance(value, type) and issubclass(value, (*_EVENTS, *_RESULTS)):
            raise InvariantViolationError(
                f'"{self.name}" {what} the class {value.__name__}', f"make one: {value.__name__}(...)"
            )

    # Which outputs

    @property
    def _needs_values(self) -> bool:
        """Whether leaving all outputs out would be an error that the end of the step does not tell better."""
        wanted = [slot for slot in self.outputs if slot.name in self.selected]
        return (self.can_subset and bool(wanted)) or any(
            slot.check is None and not (slot.is_nothing and slot.is_required) for slot in wanted
        )

    def _has_results(self, values: tuple[object, ...]) -> bool:
        return any(_is_result(value) for value in values)

    def _positions(self, values: tuple[object, ...]) -> Iterator[tuple[object, OutputSlot]]:
        """Each value with the output at its place; results say themselves what they are."""
        if all(_is_result(value) for value in values):
            for value in values:
                yield value, self.outputs[0]
            return
        if len(values) != len(self.outputs):
            raise self._wrong_length(len(values))
        yield from zip(values, self.outputs)  # noqa: B905  # of one length, as just checked

    def _several(self, value: object) -> Iterator[Read]:
        """Values for several outputs: by position, or by the names of the outputs."""
        values = _as_tuple(value)
        if values is not None:
            if len(values) != len(self.outputs):
                raise self._wrong_length(len(values))
            for slot, item in zip(self.outputs, values):  # noqa: B905  # of one length, as just checked
                yield self._bare(slot, item)
            return
        by_name = _as_dict(value)
        if by_name and by_name.keys() <= self._by_name.keys():
            for name, item in by_name.items():
                yield self._bare(self._by_name[str(name)], item)
            return
        checks = [slot.check.name for slot in self.outputs if slot.check is not None]
        if checks and len(checks) == len(self.outputs) - 1:
            raise InvariantViolationError(
                f'"{self.name}" returned a {_class_of(value)} and no results of its checks ({", ".join(checks)})',
                "return MaterializeResult(value=..., check_results=[...]), or yield Output(value) and the results",
            )
        shown = "None" if value is None else f"a {_class_of(value)}"
        raise InvariantViolationError(
            f'"{self.name}" has {len(self.outputs)} outputs and returned {shown}',
            f"return a tuple, or a dict by name ({', '.join(self._by_name)}), or yield each output",
        )

    def _wrong_length(self, length: int) -> InvariantViolationError:
        return InvariantViolationError(
            f'"{self.name}" has {len(self.outputs)} outputs and returned a tuple of {length}',
            f"the outputs are: {', '.join(slot.name for slot in self.outputs)}",
        )

    def _observed(self, value: object) -> Iterator[Read]:
        """What an observation returned: results, or the version of the data, or a version of each partition."""
        values = _as_tuple(value)
        if values and self._has_results(values):
            for item in values:
                yield from self.yielded(item)
            return
        versions = getattr(value, "data_versions_by_partition", None)
        version = value if isinstance(value, DataVersion) else None
        if version is None and versions is None:
            raise self._no_observation(value)
        slot = self._asset_slot(None, _class_of(value))
        yield Emission(slot, UNSET, {}, version, {}, is_observation=True, by_partition=versions)

    def _no_observation(self, value: object) -> InvariantViolationError:
        return InvariantViolationError(
            f'"{self.name}" observes assets and gave a {_class_of(value)}',
            "give a DataVersion, a DataVersionsByPartition or an ObserveResult",
        )

    # One value each

    def _maybe_forgotten(self, slot: OutputSlot, value: object) -> Iterator[Read]:
        """None that is returned for what may be left out is a value: people mean to leave it out."""
        if value is None and slot.check is None and not slot.is_required and not slot.is_dynamic:
            yield Remark(
                f'"{self.name}" returned None for its output "{slot.name}", which is not required: None is the value; '
                "to leave an output out, yield the others and not this one"
            )

    def _bare(self, slot: OutputSlot, value: object) -> Read:
        if slot.check is not None:
            raise InvariantViolationError(
                f'"{self.name}" gave a {_class_of(value)} as the result of the check "{slot.check.name}"',
                "give an AssetCheckResult: yield Output(value) and then the result, or return MaterializeResult("
                "value=..., check_results=[...])",
            )
        if slot.is_dynamic:
            raise InvariantViolationError(
                f'the output "{slot.name}" of "{self.name}" is dynamic',
                "yield DynamicOutput(value, mapping_key)",
            )
        self._check_selected(slot)
        _check_wrapper(self.name, slot, value)
        return Emission(slot, value, {}, None, {})

    def _result(self, item: object) -> Iterator[Read]:
        if self.observes and not isinstance(item, (ObserveResult, AssetCheckResult)):
            raise self._no_observation(item)
        if isinstance(item, AssetCheckResult):
            yield self._check_result(item)
        elif isinstance(item, Output):
            yield self._output(cast("Output[Any]", cast(object, item)))
        elif isinstance(item, DynamicOutput):
            yield self._dynamic(cast("DynamicOutput[Any]", cast(object, item)))
        elif isinstance(item, ObserveResult):
            yield from self._asset_result(item, UNSET, item.asset_key, is_observation=self.observes)
        else:
            made = cast("MaterializeResult[Any]", item)
            yield from self._asset_result(made, made.value, made.asset_key, is_observation=False)

    def _output(self, output: Output[Any]) -> Emission:
        slot = self._named(output.output_name)
        if slot.is_dynamic:
            return self._no_dynamic(slot)
        is_nothing = slot.is_nothing and output.value is None
        if slot.type.wrapper is None and not is_nothing:
            shown = slot.type.value.display_name
            raise InvariantViolationError(
                f'"{self.name}" is annotated to return {shown} and returned an Output',
                f"annotate it Output[{shown}], or return the value alone",
            )
        self._check_selected(slot)
        return Emission(slot, output.value, output.metadata, output.data_version, output.tags)

    def _no_dynamic(self, slot: OutputSlot) -> Emission:
        raise InvariantViolationError(
            f'the output "{slot.name}" of "{self.name}" is dynamic, and came as an Output',
            "yield DynamicOutput(value, mapping_key)",
        )

    def _dynamic(self, output: DynamicOutput[Any]) -> Emission:
        slot = self._named(output.output_name)
        if not slot.is_dynamic:
            raise InvariantViolationError(
                f'the output "{slot.name}" of "{self.name}" is not dynamic, and came as a DynamicOutput',
                "declare it: out=DynamicOut()",
            )
        return Emission(slot, output.value, output.metadata, None, {}, output.mapping_key)

    def _named(self, name: str) -> OutputSlot:
        found = self._by_name.get(name)
        if found is None:
            raise InvariantViolationError(
                f'"{self.name}" has no output "{name}"',
                did_you_mean(name, self._by_name) or f"it has: {', '.join(self._by_name)}",
            )
        return found

    def _asset_result(
        self, result: Any, value: object, key: AssetKey | None, *, is_observation: bool
    ) -> Iterator[Read]:
        if not self.makes_assets:
            raise InvariantViolationError(
                f'the op "{self.name}" makes no asset and gave a {_class_of(result)}',
                "give an Output, or make it an @asset",
            )
        slot = self._asset_slot(key, _class_of(result))
        if slot.type.wrapper is Output:
            _check_wrapper(self.name, slot, result)
        self._check_selected(slot)
        metadata = normalized(result.metadata)
        yield Emission(slot, value, metadata, result.data_version, result.tags, is_observation=is_observation)
        for check in result.check_results:
            yield self._check_result(check, slot.key)

    def _asset_slot(self, key: AssetKey | None, what: str) -> OutputSlot:
        assets = self._by_asset
        if key is None and len(assets) == 1:
            return next(iter(assets.values()))
        if key is None:
            raise InvariantViolationError(
                f'"{self.name}" makes {len(assets)} assets, and its {what} does not say which',
                "give asset_key=",
            )
        if key not in assets:
            known = [one.to_user_string() for one in assets if one is not None]
            shown = key.to_user_string()
            raise InvariantViolationError(
                f'"{self.name}" does not make the asset "{shown}"',
                did_you_mean(shown, known) or f"it makes: {', '.join(known)}",
            )
        return assets[key]

    def _check_selected(self, slot: OutputSlot) -> None:
        if slot.name not in self.selected:
            shown = slot.key.to_user_string() if slot.key is not None else slot.name
            raise InvariantViolationError(
                f'"{self.name}" gave "{shown}", which this run did not select',
                "ask context.selected_asset_keys what is wanted",
            )

    # Checks

    def _check_result(self, result: AssetCheckResult, of_asset: AssetKey | None = None) -> Read:
        slots = self._by_check
        if not slots:
            raise InvariantViolationError(
                f'"{self.name}" gave a result of a check and has no checks',
                "declare it: check_specs=[AssetCheckSpec(...)]; a check with a function of its own is an @asset_check",
            )
        if of_asset is not None and result.asset_key is None:
            slots = {key: slot for key, slot in slots.items() if key.asset_key == of_asset} or slots
        slot = slots[result.check_key_among(list(slots))]
        if slot.name not in self.selected:
            return Ignored(f'"{self.name}" gave a result of the check "{slot.name}", which is not selected')
        return CheckEmission(slot, result)

    def _of_checks(self, value: object) -> Iterator[Read]:
        has_several = len(self.outputs) > 1
        if isinstance(value, (list, tuple)):
            items = cast("Sequence[object]", value)
            if (items or has_several) and all(isinstance(item, AssetCheckResult) for item in items):
                for item in items:
                    yield self._check_result(cast(AssetCheckResult, item))
                return
        if has_several:
            raise InvariantViolationError(
                f'"{self.name}" has {len(self.outputs)} checks and returned {value!r}',
                "yield an AssetCheckResult for each of them",
            )
        yield Ignored(
            f'the check "{self.name}" returned {value!r}, which is no AssetCheckResult: nothing is recorded'
        )


def _is_event(value: object) -> bool:
    return isinstance(value, _EVENTS)


def _is_result(value: object) -> bool:
    return isinstance(value, _RESULTS)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _as_tuple(value: object) -> tuple[object, ...] | None:
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else None


def _as_dict(value: object) -> dict[object, object] | None:
    return cast("dict[object, object]", value) if isinstance(value, dict) else None


def _class_of(value: object) -> str:
    return type(value).__qualname__


def _check_wrapper(name: str, slot: OutputSlot, item: object) -> None:
    if slot.type.wrapper is Output:
        raise InvariantViolationError(
            f'"{name}" is annotated to return an Output and returned a {_class_of(item)}',
            "return Output(value)",
        )
