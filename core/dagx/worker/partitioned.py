"""How the assets of a project are partitioned, and which partitions need which, as the engine is told of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.errors import InvalidArgumentError
from dagx.functions.slots import InputSlot
from dagx.keys import AssetKey
from dagx.partitions.as_json import definition_to_json, mapping_to_json
from dagx.partitions.definition import PartitionsDefinition
from dagx.partitions.mapping import PartitionMapping
from dagx.partitions.upstream import infer_mapping
from dagx.project.resolution import ResolvedDefinitions
from dagx.storing.path_manager import ALLOW_MISSING

__all__ = ["Partitioning", "Untold"]

_GROWS = ("start", "end", "end_offset", "exclusions", "keys")
"""What of a definition says which partitions there are, and nothing of what one of them is."""


class Untold(Exception):
    """The engine cannot be told of it: why, in words."""


class Partitioning:
    """Says it for one project; `text_of` writes a key."""

    def __init__(self, resolved: ResolvedDefinitions, text_of: Any) -> None:
        self._resolved = resolved
        self._text_of = text_of

    def definition(self, spec: AssetSpec, step: AssetsDefinition | None) -> dict[str, Any] | None:
        """The partitions of an asset; None when it has none, or the engine cannot run them."""
        if spec.partitions_def is None or (step is not None and self.refusal(step)):
            return None
        try:
            return _told(spec.partitions_def)
        except Untold:
            return None

    def of_step(self, step: AssetsDefinition) -> PartitionsDefinition | None:
        """The one partitions definition of what a step makes. Raises Untold when there are several."""
        found = [spec.partitions_def for spec in step.specs] or [c.partitions_def for c in step.check_specs]
        if any(one != found[0] for one in found):
            raise Untold("what it makes is partitioned in different ways, and dagx runs no such step yet")
        return found[0] if found else None

    def refusal(self, step: AssetsDefinition) -> str:
        """Why the engine cannot run the step, in words; empty when it can."""
        try:
            own = self.of_step(step)
            if own is not None:
                _told(own)
            for spec in step.specs:
                self.mappings(own, [(dep.asset_key, dep.partition_mapping) for dep in spec.deps], step)
            self.loads(step)
        except Untold as untold:
            return str(untold)
        return ""

    def describe(self, step: AssetsDefinition) -> dict[str, Any]:
        """What of a step the engine needs to run it for some partitions."""
        try:
            own = self.of_step(step)
            return {
                "partitions_def": None if own is None else _told(own),
                "mappings": self.loads(step),
                "may_miss": [
                    self._text_of(slot.key)
                    for slot in step.inputs
                    if slot.key is not None and slot.metadata.get(ALLOW_MISSING)
                ],
                "at_once": step.backfill_policy.max_partitions_per_run if step.backfill_policy else 1,
            }
        except Untold:
            return {"partitions_def": None, "mappings": {}, "may_miss": [], "at_once": 1}

    def of_job(self, own: PartitionsDefinition | None, loads: Iterable[AssetKey]) -> dict[str, Any]:
        """What the engine needs to run a job of ops for some partitions, or why it cannot."""
        try:
            return {
                "partitions_def": None if own is None else _told(own),
                "mappings": self.mappings(own, [(key, None) for key in loads], None),
                "refusal": "",
            }
        except Untold as untold:
            return {"partitions_def": None, "mappings": {}, "refusal": str(untold)}

    def identity(self, step: AssetsDefinition) -> dict[str, str]:
        """The part of the step's identity that says what a partition is."""
        found = next((spec.partitions_def for spec in step.specs if spec.partitions_def is not None), None)
        if found is None:
            return {}
        try:
            told = _without_growth(_told(found))
        except Untold:
            return {}
        text = json.dumps(told, sort_keys=True)
        return {"partitions": hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}

    def asset_mappings(self, spec: AssetSpec, step: AssetsDefinition | None) -> dict[str, Any]:
        """Which partitions of what it needs an asset needs."""
        try:
            return self.mappings(
                spec.partitions_def, [(dep.asset_key, dep.partition_mapping) for dep in spec.deps], step
            )
        except Untold:
            return {}

    def check_mappings(
        self, own: PartitionsDefinition | None, deps: Iterable[AssetKey], step: AssetsDefinition
    ) -> dict[str, Any]:
        """Which partitions of what it needs a check needs."""
        try:
            return self.mappings(own, [(key, None) for key in deps], step)
        except Untold:
            return {}

    def loads(self, step: AssetsDefinition) -> dict[str, Any]:
        """Which partitions are passed to the function."""
        deps = [(slot.key, slot.partition_mapping) for slot in step.inputs if slot.key is not None]
        return self.mappings(self.of_step(step), deps, step)

    def mappings(
        self,
        own: PartitionsDefinition | None,
        deps: Iterable[tuple[AssetKey, PartitionMapping | None]],
        step: AssetsDefinition | None,
    ) -> dict[str, Any]:
        """The mapping to each partitioned asset. Raises Untold for one that only the project's code knows."""
        slots: Mapping[AssetKey | None, InputSlot] = (
            {s.key: s for s in step.inputs} if step is not None else {}
        )
        found: dict[str, Any] = {}
        for key, given in deps:
            above = self._resolved.specs.get(key)
            if above is None or above.partitions_def is None:
                continue
            slot = slots.get(key)
            mapping = infer_mapping(
                given or (slot.partition_mapping if slot is not None else None), own, above.partitions_def
            )
            told = mapping_to_json(mapping)
            if told is None:
                raise Untold(
                    f"its partition mapping to {self._text_of(key)} is a {type(mapping).__name__}, a class of the "
                    "project's own, and dagx runs no partitions by such a one yet"
                )
            found[self._text_of(key)] = told
        return found


def _told(definition: PartitionsDefinition) -> dict[str, Any]:
    try:
        told = definition_to_json(definition)
    except InvalidArgumentError as error:
        raise Untold(
            f"it is partitioned ({definition.describe()}) by a class or function of the project's own, and dagx runs "
            "no such partitions yet"
        ) from error
    if _is_dynamic(told):
        raise Untold(f"it is partitioned ({definition.describe()}), and dagx runs no dynamic partitions yet")
    return told


def _is_dynamic(told: Mapping[str, Any]) -> bool:
    return told["kind"] == "dynamic" or any(_is_dynamic(each) for _, each in told.get("dimensions", ()))


def _without_growth(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if name not in _GROWS}
    if "dimensions" in kept:
        kept["dimensions"] = [[name, _without_growth(each)] for name, each in told["dimensions"]]
    return kept
