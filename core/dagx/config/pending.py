"""Values that are not known before a run: EnvVar, alone or inside of containers and config objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from dagx.config.environment import EnvVar, IntEnvVar
from dagx.config.marks import CONFIG_MARK


def is_pending(value: object) -> bool:
    """Whether an EnvVar is, or stands somewhere in, `value`."""
    if isinstance(value, (EnvVar, IntEnvVar)):
        return True
    if isinstance(value, Mapping):
        return any(is_pending(inner) for inner in cast("Mapping[object, object]", value).values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(is_pending(inner) for inner in cast("Iterable[object]", value))
    if hasattr(type(value), CONFIG_MARK):
        return any(is_pending(inner) for inner in vars(value).values())
    return False
