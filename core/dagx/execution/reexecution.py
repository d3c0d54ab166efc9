"""ReexecutionOptions: how a run is to be done again. Semantics: section 24."""

from __future__ import annotations

from collections.abc import Sequence

from dagx.errors import InvalidArgumentError
from dagx.record import Record

__all__ = ["ReexecutionOptions"]


class ReexecutionOptions(Record):
    """That a run is to be done again.

    `parent_run_id` is the run that was; `step_selection` the keys of the steps to do again, all when empty;
    `is_from_failure` does again what failed and what did not run because of that.
    """

    parent_run_id: str
    step_selection: tuple[str, ...]
    is_from_failure: bool

    def __init__(self, parent_run_id: str, step_selection: Sequence[str] = ()) -> None:
        if isinstance(step_selection, str):
            raise InvalidArgumentError(
                f"step_selection is a list of step keys, not {step_selection!r}",
                f'write ["{step_selection}"]',
            )
        self._set(parent_run_id=parent_run_id, step_selection=tuple(step_selection), is_from_failure=False)

    @staticmethod
    def from_failure(run_id: str, instance: object) -> ReexecutionOptions:
        """To do again what failed in a run of `instance`, and what did not run because of that."""
        del instance  # who carries it out looks the run up
        options = ReexecutionOptions(run_id)
        options._set(is_from_failure=True)
        return options
