"""How long tests wait for what threads and other processes do: they end as soon as it is done."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds until a test gives up waiting for something that should come in a fraction of one, also on a machine that has
much else to do."""


def until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.002)
