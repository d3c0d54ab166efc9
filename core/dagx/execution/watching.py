"""Who is told how the steps of a run go, while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagx.execution.running import StepRun


class Watcher:
    """Told of each step, or instance of it, by its key. By itself it does nothing."""

    def began(self, key: str) -> None:
        """It starts."""

    def tried_again(self, key: str, error: BaseException, wait: float) -> None:
        """An attempt failed, and another one begins in so many seconds."""

    def ended(self, key: str, run: StepRun, seconds: float) -> None:
        """It ended, well or badly."""

    def skipped(self, key: str, because: str) -> None:
        """It does not run: something that it needs was left out, or failed; what, in words."""

    def hook_failed(self, key: str, hook: str, error: BaseException) -> None:
        """One of its hooks raised, which changes nothing."""
