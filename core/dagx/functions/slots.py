"""The inputs and outputs of a step: names in the function, keys in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.functions.typecheck import ANY, UNSAID, ReturnType, ValueType
from dagx.keys import AssetKey
from dagx.unset import UNSET

if TYPE_CHECKING:
    from dagx.checks.specs import AssetCheckSpec
    from dagx.partitions.mapping import PartitionMapping

DEFAULT_IO_MANAGER = "io_manager"


@dataclass(frozen=True)
class InputSlot:
    """A parameter of a step's function.

    `key` is the upstream asset that fills it, None for an op. One whose type is Nothing orders and is not passed.
    `default` fills the parameter of an op that nothing is wired to.
    """

    name: str
    key: AssetKey | None = None
    type: ValueType = ANY
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    input_manager_key: str | None = None
    partition_mapping: PartitionMapping | None = None
    default: object = UNSET

    @property
    def has_default(self) -> bool:
        """Whether it can stay unfilled."""
        return self.default is not UNSET


@dataclass(frozen=True)
class OutputSlot:
    """What the function returns or yields under one name: an asset, the result of a check, or an op's value.

    `check` is the check whose result it is. A dynamic one is yielded any number of times, under mapping keys.
    """

    name: str
    key: AssetKey | None = None
    type: ReturnType = UNSAID
    is_required: bool = True
    check: AssetCheckSpec | None = None
    io_manager_key: str = DEFAULT_IO_MANAGER
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_dynamic: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether no value is stored for it."""
        return self.type.value.is_nothing
