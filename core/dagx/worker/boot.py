"""Started as a script by the engine in the user's interpreter: puts the SDK first on the path and hands over.

A module run with `-m dagx...` could be hijacked by a `dagx.py` of the user's; a script cannot.
"""

import os
import sys

if sys.version_info < (3, 10):  # noqa: UP036 - this interpreter is the user's, whatever it is
    sys.exit("dagx needs Python 3.10 or newer in the project; this is " + sys.version.split()[0])

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(os.path.dirname(HERE))

writes_bytecode = sys.dont_write_bytecode
sys.dont_write_bytecode = False  # the SDK's own files lie in a folder of ours: compile them once

from dagx.worker.main import main  # noqa: E402 - the path had to be set first

sys.dont_write_bytecode = writes_bytecode

if __name__ == "__main__":  # a process that a step spawns imports this file under another name
    main()
