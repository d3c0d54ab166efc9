"""ScheduleEvaluationContext: what the function of a schedule is given. Sections 18 and 27."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dagx.automation.tick_context import TickContext
from dagx.errors import InvalidArgumentError, InvariantViolationError

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

__all__ = ["ScheduleEvaluationContext", "build_schedule_context"]


class ScheduleEvaluationContext(TickContext):
    """The context of one tick of a schedule: `scheduled_execution_time`, `log`, `instance`, `resources`,
    `repository_def`. In tests, `build_schedule_context` makes one. Semantics: section 18.
    """

    def __init__(
        self,
        *,
        instance: DagsterInstance | None = None,
        scheduled_execution_time: datetime | None = None,
        resources: Mapping[str, object] | None = None,
        repository_def: Any = None,
        definitions: Any = None,
        schedule_name: str | None = None,
    ) -> None:
        super().__init__(
            instance=instance,
            resources=resources,
            repository_def=repository_def,
            definitions=definitions,
            name=schedule_name,
        )
        if scheduled_execution_time is not None and not isinstance(scheduled_execution_time, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f"scheduled_execution_time is a datetime, not {scheduled_execution_time!r}"
            )
        self._scheduled_execution_time = scheduled_execution_time

    @property
    def scheduled_execution_time(self) -> datetime:
        """The time for which the tick was scheduled, in the zone of the schedule.

        Raises InvariantViolationError for a context that was built without one.
        """
        if self._scheduled_execution_time is None:
            raise InvariantViolationError(
                "this context has no scheduled_execution_time",
                "build it with scheduled_execution_time=datetime(...)",
            )
        return self._scheduled_execution_time

    @property
    def moment(self) -> datetime | None:
        """`scheduled_execution_time`, or None for a context without one."""
        return self._scheduled_execution_time

    @property
    def schedule_name(self) -> str | None:
        """The name of the schedule, if it is known."""
        return self._name


def build_schedule_context(
    instance: DagsterInstance | None = None,
    scheduled_execution_time: datetime | None = None,
    resources: Mapping[str, object] | None = None,
    repository_def: Any = None,
    *,
    definitions: Any = None,
    schedule_name: str | None = None,
) -> ScheduleEvaluationContext:
    """A context to call a schedule with in a test, or to give to its `evaluate_tick`.

    `scheduled_execution_time` is the time of the tick; `resources` maps names to objects; `definitions` (or
    `repository_def`) is where partitions of run requests are looked up. Also a context manager. Semantics: section
    27.
    """
    return ScheduleEvaluationContext(
        instance=instance,
        scheduled_execution_time=scheduled_execution_time,
        resources=resources,
        repository_def=repository_def,
        definitions=definitions,
        schedule_name=schedule_name,
    )
