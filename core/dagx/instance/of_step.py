"""The history of the step that runs in this process, as the engine offers it; none in tests and scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance

opening: list[Callable[[], DagsterInstance]] = []
"""At most one: opens it. The worker puts it here while a step runs."""
