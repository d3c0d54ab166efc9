"""Whether somebody has a file open for writing: Linux is asked for a read lease on it, which is given back at once.

That finds writers that no time stamp shows: one between two writes, one that maps the file.
"""

from __future__ import annotations

import errno
import fcntl
import signal
import sys
import threading

__all__ = ["allow_leases", "is_open_for_writing"]


def allow_leases() -> None:
    """Take care that a lease that somebody breaks does not end this process: SIGIO does, unless it is handled.

    Only the main thread can; without that no writer is seen.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return
    if _ends_the_process():
        # Not SIG_IGN: the workers would inherit that, and what steps start.
        signal.signal(signal.SIGIO, lambda number, frame: None)


def is_open_for_writing(descriptor: int) -> bool | None:
    """Of a file that is open here, for reading. None where the system does not tell: the file is another user's, or
    its file system has no leases.
    """
    if sys.platform != "linux" or _ends_the_process():
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _ends_the_process() -> bool:
    return signal.getsignal(signal.SIGIO) in (signal.SIG_DFL, None)
