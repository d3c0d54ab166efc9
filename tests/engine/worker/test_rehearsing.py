"""What a worker does ahead of a load leaves nothing behind, and changes nothing that the load finds out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dagx.worker import origins
from dagx.worker.rehearsing import rehearse


def test_a_rehearsal_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    rehearse()
    assert capfd.readouterr() == ("", "")


def test_a_rehearsal_leaves_no_modules_finders_or_listeners(capfd: pytest.CaptureFixture[str]) -> None:
    rehearse()  # what dagx itself imports when it is first asked
    modules, finders, path = set(sys.modules), list(sys.meta_path), list(sys.path)
    rehearse()
    assert (set(sys.modules), sys.meta_path, sys.path) == (modules, finders, path)


_LOOKS = """
import sys
from dagx.worker import origins
if {ahead}:
    origins.look_ahead()
sys.path.append({folder!r})
import beside, json.tool
if {gone}:
    del sys.modules[origins._ahead.last or "json.tool"]
print(sorted(origins.origins_of("/nowhere")), origins.own_modules())
"""


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_looked_at_ahead_is_found_all_the_same(tmp_path: object, gone: bool) -> None:
    folder = str(tmp_path)
    with open(f"{folder}/beside.py", "w", encoding="utf-8") as stream:
        stream.write("")
    said = [
        subprocess.run(
            [sys.executable, "-c", _LOOKS.format(ahead=ahead, folder=folder, gone=gone and ahead)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for ahead in (False, True)
    ]
    assert said[0] == said[1]
    assert f"{folder}/beside.py" in said[0]
    assert "dagx.worker.origins" in said[0]


def test_what_was_looked_at_ahead_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = origins._Ahead()
    monkeypatch.setattr(origins, "_ahead", ahead)
    origins.look_ahead()
    assert origins._later() == []
