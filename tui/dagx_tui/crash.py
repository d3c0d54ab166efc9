"""What a person sees when dagx itself fails: that it is our bug, where, and no values of theirs."""

from __future__ import annotations

import platform
import traceback
from pathlib import Path

from dagx_tui.safe import clean

__all__ = ["report"]

_FRAMES = 8


def report(error: BaseException) -> str:
    """A short traceback without local values, which might hold secrets."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = ["", "This is a bug in dagx, not in your project. Your data and runs are safe.", ""]
    if len(frames) > _FRAMES:
        lines.append(f"  … {len(frames) - _FRAMES} earlier calls")
    lines += [f"  {'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} in {f.name}" for f in frames[-_FRAMES:]]
    what = clean(str(error).splitlines()[0] if str(error) else "")
    lines += [f"  {type(error).__name__}: {what}"[:300], ""]
    system = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    lines += [f"Please report these lines ({system}); `dagx dev --plain` works without this screen.", ""]
    return "\n".join(lines)
