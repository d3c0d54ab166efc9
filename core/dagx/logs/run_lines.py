"""What user code logs while a run goes on, kept by the instance among the events of the run.

It knows neither the steps nor their order: who runs them says which one is under way. Sections 8, 27.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager

from dagx.instance.instance import DagsterInstance
from dagx.logs.user_code import get_logger


@contextmanager
def kept_lines(
    instance: DagsterInstance, run_id: str, step_key: Callable[[], str | None]
) -> Generator[None, None, None]:
    """While the body runs, lines of `context.log` and `get_dagster_logger()` are kept as those of the run.

    `step_key` answers which step is under way, None between steps. A run inside a step keeps its own lines alone.
    """
    logger = get_logger()
    outer = [handler for handler in logger.handlers if isinstance(handler, _Keeping)]
    keeping = _Keeping(instance, run_id, step_key)
    for handler in outer:
        logger.removeHandler(handler)
    logger.addHandler(keeping)
    try:
        yield
    finally:
        logger.removeHandler(keeping)
        for handler in outer:
            logger.addHandler(handler)


class _Keeping(logging.Handler):
    def __init__(self, instance: DagsterInstance, run_id: str, step_key: Callable[[], str | None]) -> None:
        super().__init__()
        self._instance = instance
        self._run_id = run_id
        self._step_key = step_key

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._instance.report_log(
                self._run_id,
                record.levelno,
                record.getMessage(),
                self._step_key(),
                timestamp=record.created,
            )
        except Exception:  # noqa: BLE001  # a line that cannot be kept must not fail the step that logs it
            self.handleError(record)
