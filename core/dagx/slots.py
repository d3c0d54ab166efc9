"""The inputs and outputs of a step: names in the function, keys in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dagx.keys import AssetKey
from dagx.typecheck import ReturnType, ValueType


@dataclass(frozen=True)
class InputSlot:
    """A parameter that is filled with the value of an upstream asset."""

    name: str
    key: AssetKey
    type: ValueType
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])
    input_manager_key: str | None = None


@dataclass(frozen=True)
class OutputSlot:
    """What the function returns or yields for one asset."""

    name: str
    key: AssetKey
    type: ReturnType
    is_required: bool = True
