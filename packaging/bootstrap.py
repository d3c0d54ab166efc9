"""What runs first in the frozen binary, in the place of PyInstaller's own bootstrap.

PyInstaller's starts its import system, forgets VIRTUAL_ENV and prepares ctypes (3 ms). Ours starts the import
system, keeps VIRTUAL_ENV, which names the user's interpreter, and takes back what the bootloader did to the
environment: with its LD_LIBRARY_PATH, the user's Python would load our libpython, libssl and libsqlite3, not
its own. The loader has read that variable by now, so our own libraries are still found.

Only built-in modules and those of base_library.zip can be imported here.
"""

import os
import sys
from _collections_abc import MutableMapping


def scrub(environment: MutableMapping[str, str]) -> None:
    """Put the environment back as the user had it, so that no process we start is told about our folder."""
    for name in [name for name in environment if name.startswith("_PYI_")]:
        del environment[name]
    theirs = environment.pop("LD_LIBRARY_PATH_ORIG", "")
    if theirs:
        environment["LD_LIBRARY_PATH"] = theirs
    elif sys.platform == "linux":
        environment.pop("LD_LIBRARY_PATH", None)


def start() -> None:
    import pyimod02_importers  # noqa: PLC0415 - PyInstaller's, there only when frozen

    pyimod02_importers.install()
    sys.frozen = True
    scrub(os.environ)
    if environment := os.environ.get("VIRTUAL_ENV"):
        os.environ["DAGX_VIRTUAL_ENV"] = environment
    # Time zones for a machine that has no /usr/share/zoneinfo. One file: as folders they are 600.
    sys.path.append(os.path.join(sys._MEIPASS, "tzdata.zip"))
    if sys.warnoptions:
        import warnings  # noqa: F401, PLC0415 - as the interpreter does when it is not frozen


if hasattr(sys, "_MEIPASS"):
    start()
