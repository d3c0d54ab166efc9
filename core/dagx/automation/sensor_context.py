"""SensorEvaluationContext: what the function of a sensor is given, and its cursor. Sections 19 and 27."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.automation.tick_context import TickContext
from dagx.errors import InvalidArgumentError

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

__all__ = ["SensorEvaluationContext", "build_sensor_context"]


class SensorEvaluationContext(TickContext):
    """The context of one tick of a sensor: `cursor` and `update_cursor`, `last_run_key`,
    `last_tick_completion_time`, `instance`, `log`, `resources`, `repository_def`, `sensor_name`.

    The cursor is a str that the next tick finds; what a failing tick wrote is forgotten. In tests,
    `build_sensor_context` makes one. Semantics: section 19.
    """

    def __init__(
        self,
        *,
        instance: DagsterInstance | None = None,
        cursor: str | None = None,
        repository_name: str | None = None,
        repository_def: Any = None,
        sensor_name: str | None = None,
        resources: Mapping[str, object] | None = None,
        definitions: Any = None,
        last_run_key: str | None = None,
        last_tick_completion_time: float | None = None,
        last_sensor_start_time: float | None = None,
        lender: TickContext | None = None,
    ) -> None:
        super().__init__(
            instance=instance,
            resources=resources,
            repository_def=repository_def,
            definitions=definitions,
            name=sensor_name,
            lender=lender,
        )
        self._cursor = checked_cursor(cursor)
        self._updated = False
        self._repository_name = repository_name
        self.last_run_key = last_run_key
        self.last_tick_completion_time = last_tick_completion_time
        self.last_sensor_start_time = last_sensor_start_time

    @property
    def cursor(self) -> str | None:
        """What an earlier tick, or this one, gave to `update_cursor`; None when none did."""
        return self._cursor

    def update_cursor(self, cursor: str | None) -> None:
        """Keep `cursor`, a str, for the next tick; it is kept only if this tick does not fail."""
        self._cursor = checked_cursor(cursor)
        self._updated = True

    @property
    def cursor_updated(self) -> bool:
        """Whether this tick called `update_cursor`."""
        return self._updated

    @property
    def last_completion_time(self) -> float | None:
        """The older name of `last_tick_completion_time`: seconds since 1970, None before the first tick."""
        return self.last_tick_completion_time

    @property
    def is_first_tick_since_sensor_start(self) -> bool:
        """Whether no tick was completed since the sensor was started; False when it is not known when."""
        started, completed = self.last_sensor_start_time, self.last_tick_completion_time
        return started is not None and (completed is None or completed < started)

    @property
    def sensor_name(self) -> str | None:
        """The name of the sensor, if it is known."""
        return self._name

    @property
    def repository_name(self) -> str | None:
        """The name of the repository of definitions."""
        return self._repository_name or getattr(self.repository_def, "name", None)


def build_sensor_context(
    instance: DagsterInstance | None = None,
    cursor: str | None = None,
    repository_name: str | None = None,
    repository_def: Any = None,
    sensor_name: str | None = None,
    resources: Mapping[str, object] | None = None,
    definitions: Any = None,
    *,
    last_sensor_start_time: float | None = None,
    last_tick_completion_time: float | None = None,
    last_run_key: str | None = None,
) -> SensorEvaluationContext:
    """A context to call a sensor with in a test, or to give to its `evaluate_tick`.

    `cursor` is what an earlier tick left, `resources` maps names to objects; `definitions` (or `repository_def`) is
    where selections and partitions of run requests are looked up; times are seconds since 1970. Also a context manager.
    Semantics: section 27.
    """
    return SensorEvaluationContext(
        instance=instance,
        cursor=cursor,
        repository_name=repository_name,
        repository_def=repository_def,
        sensor_name=sensor_name,
        resources=resources,
        definitions=definitions,
        last_run_key=last_run_key,
        last_tick_completion_time=last_tick_completion_time,
        last_sensor_start_time=last_sensor_start_time,
    )


def checked_cursor(cursor: object) -> str | None:
    """`cursor`, if it is a str or None; else raises InvalidArgumentError."""
    if cursor is not None and not isinstance(cursor, str):
        raise InvalidArgumentError(f"a cursor is a str, not {cursor!r}", "write json.dumps(...) or str(...)")
    return cursor
