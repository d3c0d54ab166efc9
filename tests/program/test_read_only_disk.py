"""A project on a disk that is read-only: what was made can be looked at, and who would write is told why it cannot."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from world import World, environment, program

pytestmark = [
    pytest.mark.fat,
    pytest.mark.skipif(shutil.which("unshare") is None, reason="mounts a disk of its own"),
]

DISK = """
mount -t tmpfs none "$PWD" || exit 77
cd "$PWD"
printf 'import dagx as dg\\n\\n@dg.asset\\ndef number():\\n    return 1\\n' > definitions.py
"$DAGX" run > /dev/null || exit 78
mount -o remount,ro "$PWD" || exit 77
"$DAGX" status
"$DAGX" show number
"$DAGX" run 2>&1
echo "ended with $?"
"""
"""In a namespace of mounts that ends with it."""


def test_what_was_made_can_be_read_and_nothing_is_called_damaged(world: World) -> None:
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", DISK],
        cwd=world.root,
        env={**environment(), "DAGX": program()},
        capture_output=True,
        text=True,
    )
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("nothing can be mounted here")
    assert done.returncode == 0, done.stderr
    status, said = done.stdout.split("1 asset: 1 fresh", 1)
    assert "number  fresh" in status
    assert "preview\n  1\n" in said
    error = said[said.index("error:") :].splitlines()
    assert error[0].endswith(".dagx cannot be written: the disk is read-only")
    assert error[1:] == ["  hint: dagx keeps its state in the project folder", "ended with 3"]
