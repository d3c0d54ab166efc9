"""What ends a process of dagx with the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

__all__ = ["die_with_the_parent"]

_PR_SET_PDEATHSIG = 1


def die_with_the_parent(parent: int) -> None:
    """On Linux the kernel kills this process when `parent`, who should be its parent, dies; whatever it is doing."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
