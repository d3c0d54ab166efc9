"""Started as a script by the engine in the user's interpreter: puts the SDK first on the path and hands over.

A module run with `-m dagx...` could be hijacked by a `dagx.py` of the user's; a script cannot. A process that a step
spawns with multiprocessing imports this file under another name, with the path of its parent: then nothing is done.
"""

import os
import sys


def start() -> None:
    """Never returns."""
    if sys.version_info < (3, 10):  # noqa: UP036 - this interpreter is the user's, whatever it is
        sys.exit("dagx needs Python 3.10 or newer in the project; this is " + sys.version.split()[0])
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[0] = os.path.dirname(os.path.dirname(here))
    writes_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = False  # the SDK's own files lie in a folder of ours: compile them once

    from dagx.worker.warden import stand_guard  # noqa: PLC0415 - the path had to be set first

    parent = stand_guard(int(os.environ["DAGX_WORKER_FD"]))
    from dagx.worker.main import main  # noqa: PLC0415 - the warden needs nothing of it

    sys.dont_write_bytecode = writes_bytecode
    main(parent)


if __name__ == "__main__":
    start()
