"""For all tests: programs that they start hear ^C, however the tests themselves were started."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # by a shell that started them in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
