"""Values that are not known before a run: EnvVar, alone or inside of containers and config objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from dagx.config.environment import EnvVar, IntEnvVar
from dagx.config.marks import CONFIG_MARK

_DEEPEST = 20
"""Settings are not that deep: what goes on holds itself."""


def is_pending(value: object, depth: int = 0) -> bool:
    """Whether an EnvVar is, or stands somewhere in, `value`."""
    return next(variables_in(value, depth), None) is not None


def variables_in(value: object, depth: int = 0) -> Iterator[str]:
    """The names of the environment variables that `value` waits for."""
    if isinstance(value, (EnvVar, IntEnvVar)):
        yield value.env_var_name
        return
    inside: Iterable[object] = ()
    if isinstance(value, Mapping):
        inside = cast("Mapping[object, object]", value).values()
    elif isinstance(value, (list, tuple, set, frozenset)):
        inside = cast("Iterable[object]", value)
    elif hasattr(type(value), CONFIG_MARK):
        inside = vars(value).values()
    if depth < _DEEPEST:
        for inner in inside:
            yield from variables_in(inner, depth + 1)
