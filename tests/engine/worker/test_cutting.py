"""The first load of a project has its sources cut by a process beside it, and says the same as one that has not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOAD = """
import json, os, signal, sys
from dagx.worker.containment import children
from dagx.worker.project import load_project

message, then = json.loads(sys.argv[1]), sys.argv[2]
said = {}
try:
    project = load_project(message)
    said["beside"] = len(children())
    if then == "kill":
        for pid in children():
            os.kill(pid, signal.SIGKILL)
    said["description"] = {**project.describe(b"secret"), "seconds": 0}
except ZeroDivisionError:
    said["failed"] = True
said["left"] = len(children())
print(json.dumps(said, sort_keys=True))
"""
ASSETS = 1_200
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or len(os.sched_getaffinity(0)) < 2, reason="nobody cuts beside"
)


def assets(name: str) -> str:
    """About 100 KB."""
    return "import dagx as dg\n" + "".join(
        f"\n@dg.asset\ndef {name}{number}():\n    '''One of many.'''\n    return LIMIT * {number} + {number}\n"
        for number in range(ASSETS)
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".dagx" / "staging").mkdir(parents=True)
    (tmp_path / "first.py").write_text("LIMIT = 1\n" + assets("a"))
    (tmp_path / "second.py").write_text("from first import LIMIT\n" + assets("b"))
    return tmp_path


def loaded(project: Path, *, ahead: bool = True, then: str = "") -> dict[str, Any]:
    modules = [
        {"name": path.stem, "file": str(path), "attribute": None} for path in sorted(project.glob("*.py"))
    ]
    state = project / ".dagx"
    message = {
        "root": str(project),
        "state": str(state),
        "paths": [str(project)],
        "modules": modules,
        "ahead": ahead,
        "kept": {"file": str(state / "code"), "key": "00" * 32, "build": "1"},
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, json.dumps(message), then], stdout=subprocess.PIPE, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def loaded_first(project: Path, *, ahead: bool = True, then: str = "") -> dict[str, Any]:
    (project / ".dagx" / "code").unlink(missing_ok=True)
    return loaded(project, ahead=ahead, then=then)


def test_it_is_described_as_if_nobody_had_cut_it_beside(project: Path) -> None:
    alone, beside = loaded_first(project, ahead=False), loaded_first(project)
    kept = loaded(project)
    assert (alone["beside"], beside["beside"], kept["beside"]) == (0, 1, 0), "only a first load has a child"
    assert beside["left"] == 0
    assert alone["description"] == beside["description"] == kept["description"]


def test_a_load_does_without_a_child_that_was_killed(project: Path) -> None:
    found = loaded_first(project, then="kill")
    assert (found["beside"], found["left"]) == (1, 0)
    assert found["description"] == loaded_first(project, ahead=False)["description"]


def test_what_changes_while_it_is_loaded_counts_as_it_was_executed(project: Path) -> None:
    edit = "text.replace('LIMIT * 7 ', 'LIMIT * 8 ')"
    (project / "first.py").write_text(
        (project / "first.py").read_text()
        + f"\nplace = __file__.replace('first', 'second')\ntext = open(place).read()\n"
        f"open(place, 'w').write({edit})\n"
    )
    before = (project / "second.py").read_text()
    found = loaded_first(project)["description"]
    assert (project / "second.py").read_text() != before
    (project / "second.py").write_text(before)
    again = loaded_first(project, ahead=False)["description"]
    assert found["parts"] == again["parts"]


def test_a_load_that_fails_leaves_no_child(project: Path) -> None:
    (project / "third.py").write_text("1 / 0\n")
    assert loaded_first(project) == {"failed": True, "left": 0}


def test_what_cannot_be_cut_is_for_the_import_to_tell(project: Path) -> None:
    found = loaded_first(project, ahead=False)["description"]
    (project / "third.py").write_text("import first\nif False:\n    " + "(" * 300 + ")" * 300 + "\n")
    with pytest.raises(subprocess.CalledProcessError):
        loaded_first(project)
    (project / "third.py").unlink()
    assert loaded_first(project)["description"] == found


def test_a_small_project_is_cut_where_it_is_loaded(project: Path) -> None:
    (project / "second.py").unlink()
    (project / "first.py").write_text("import dagx as dg\n\n@dg.asset\ndef one():\n    return 1\n")
    assert loaded_first(project)["beside"] == 0
