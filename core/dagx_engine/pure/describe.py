"""Turns what a worker says of a project into a `Generation`. The JSON ends here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagx_engine.pure.generation import AssetDef, Generation, Key, Place, StepDef, StepName

__all__ = ["generation_of"]


def generation_of(number: int, said: Mapping[str, Any]) -> Generation:
    """Raises KeyError or TypeError when the description is not ours: a bug, or another version of the SDK."""
    assets = [_asset(item) for item in said["assets"]]
    steps = [_step(item) for item in said["steps"]]
    return Generation(
        number,
        {asset.key: asset for asset in assets},
        {step.name: step for step in steps},
        places={name: Place(str(file), int(line)) for name, (file, line) in said["places"].items()},
        modules=dict(said["modules"]),
        read_at_import=tuple(said["read_at_import"]),
        third_party=tuple(said["third_party"]),
    )


def _asset(item: Mapping[str, Any]) -> AssetDef:
    return AssetDef(
        Key(item["key"]),
        None if item["step"] is None else StepName(item["step"]),
        deps=tuple(Key(key) for key in item["deps"]),
        loads=tuple(Key(key) for key in item["loads"]),
        group=item["group"],
        kinds=tuple(item["kinds"]),
        tags=dict(item["tags"]),
        owners=tuple(item["owners"]),
        description=item["description"],
        place=Place(item["file"], item["line"]),
    )


def _step(item: Mapping[str, Any]) -> StepDef:
    return StepDef(
        StepName(item["name"]),
        tuple(Key(key) for key in item["assets"]),
        parts=tuple((name, digest) for name, digest in item["parts"]),
        widened=item["widened"],
    )
