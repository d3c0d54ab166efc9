"""A Python of this machine that is newer than the one that runs the tests, for what only newer ones can do."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

_NOTING = ("3.12", "3.13", "3.14")
_CAN = "import sys; assert hasattr(sys, 'monitoring'); print(sys.executable)"


@lru_cache
def python_that_notes_calls() -> str | None:
    """One that has `sys.monitoring`; None when there is none on the PATH, nor where pyenv puts them."""
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for minor in _NOTING:
        found = [str(path) for path in sorted(home.glob(f"versions/{minor}*/bin/python"), reverse=True)]
        for candidate in filter(None, [*found, shutil.which(f"python{minor}")]):
            ran = subprocess.run([candidate, "-I", "-S", "-c", _CAN], capture_output=True, text=True)
            if ran.returncode == 0:
                return ran.stdout.strip()
    return None
