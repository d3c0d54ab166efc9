"""How long it takes to say what 2,000 assets in 60 files are made of, and again after an edit of one line.

    python tests/benchmarks/fingerprints.py [--python INTERPRETER] [--rounds 5] [--assets 2000]

Each figure is of a process of its own, as a reload is one, in processor time: other work of the machine does not show.
`fingerprints` is what the code of all assets costs after the project was imported, `describe` all that the worker does
then until the engine has its answer, `load` the import of the project, to compare with. `save to loaded` is by the
clock: from a save to the answer in the engine, as the reader of `dagx dev --json` sees it.
Prints a table; asserts nothing but that an edit of one helper changes its 20 users alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CORE = Path(__file__).parents[2] / "core"
Row = dict[str, Any]
LIBRARIES, HELPERS_EACH, SHAPES, USERS = 10, 10, 50, 20


def write_project(root: Path, assets: int) -> None:
    """Asset files that all import one file of helpers; those stand on libraries that call each other in circles."""
    helpers = assets // USERS
    lines = ["from libraries import " + ", ".join(f"lib{n}" for n in range(LIBRARIES)), ""]
    for n in range(helpers):
        lib = n % LIBRARIES
        lines += [f"LIMIT_{n} = {n}", "", "", f"def clean_{n}(rows, limit=LIMIT_{n}):"]
        lines += [
            "    kept = [row for row in rows if row > limit]",
            f"    return lib{lib}.shape_{n % SHAPES}(kept)",
        ]
        lines += ["", ""]
    _save(root / "helpers.py", lines)
    for n in range(LIBRARIES):
        _save(root / "libraries" / f"lib{n}.py", _library(n))
    _save(root / "libraries" / "__init__.py", [])
    files = 60 - LIBRARIES - 3
    for n in range(files):
        _save(root / "assets" / f"part{n}.py", _assets(range(n, assets, files), helpers))
    _save(root / "assets" / "__init__.py", [])
    names = ", ".join(f"part{n}" for n in range(files))
    _save(
        root / "definitions.py",
        ["import dagx as dg", f"from assets import {names}", "", ""],
        [f"defs = dg.Definitions(assets=dg.load_assets_from_modules([{names}]))"],
    )


def _library(n: int) -> list[str]:
    after = (n + 1) % LIBRARIES
    lines = [
        "from dataclasses import dataclass",
        "",
        f"from libraries import lib{after}",
        "",
        f"SCALE = {n}",
        "",
        "",
    ]
    lines += ["@dataclass", "class Shape:", "    size: int = SCALE", "", "    def area(self):"]
    lines += ["        return self.size * base(self.size)", "", ""]
    lines += ["def base(x):", f"    return x if x < SCALE else lib{after}.base(x - 1)", "", ""]
    for k in range(SHAPES):
        lines += [f"def shape_{k}(rows):", "    found = []", "    for row in rows:"]
        lines += [f"        found.append(Shape(row).area() + {k})", "    return found", "", ""]
    return lines


def _assets(numbers: range, helpers: int) -> list[str]:
    lines = ["import dagx as dg", "import helpers", "", ""]
    for n in numbers:
        lines += ["@dg.asset", f"def asset_{n}():", f"    rows = range({n}, {n} + 10)"]
        lines += [f"    return sum(helpers.clean_{n % helpers}(rows))", "", ""]
    return lines


def _save(path: Path, *lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(line for part in lines for line in part) + "\n")


MEASURE = """
import gc, json, sys, time
from dagx.worker.describe import Description
from dagx.worker.project import load_project

root, kind = sys.argv[1:]
began = time.process_time()
project = load_project({
    "root": root, "state": root + "/.dagx", "paths": [root],
    "modules": [{"name": "definitions", "file": None, "attribute": "defs"}],
    "kept": {"file": root + "/.dagx/code", "key": b"secret".hex(), "build": "of the benchmark"},
})
loaded = time.process_time()
if kind == "describe":
    answer = {**project.to_json(), "definitions": project.describe(b"secret")}
    said = json.dumps(answer, separators=(",", ":")).encode("utf-8", "surrogatepass")
    done = time.process_time()
    found = {"load": loaded - began, "describe": done - loaded, "size": len(said)}
else:
    gc.disable()
    description = Description(project, b"secret")
    codes = {name: description._code(step).parts for name, step in project.resolved.steps.items()}
    done = time.process_time()
    project.importer.kept.write()
    found = {"load": loaded - began, "fingerprints": done - loaded, "codes": codes}
json.dump(found, sys.stdout)
"""


def measure(root: Path, python: str, kind: str = "fingerprints") -> dict[str, Any]:
    done = subprocess.run(
        [python, "-c", MEASURE, str(root), kind],
        cwd=root,
        env={"PYTHONPATH": str(CORE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def both(root: Path, python: str, *, forget: bool = False) -> Row:
    """One load each for the two kinds of work, as the state folder is; without what earlier ones left, if asked for."""
    found: Row = {}
    for kind in ("fingerprints", "describe"):
        if forget:
            (root / ".dagx" / "code").unlink(missing_ok=True)
        found.update(measure(root, python, kind))
    return found


class Edits:
    """Edits of one line of one helper each."""

    def __init__(self, root: Path) -> None:
        self._file = root / "helpers.py"
        self._number = 0

    def next(self) -> None:
        text, old = self._file.read_text(), f"limit=LIMIT_{self._number})"
        assert text.count(old) == 1
        draft = self._file.with_suffix(".tmp")
        draft.write_text(text.replace(old, f"limit=LIMIT_{self._number} + 1)"))
        draft.replace(self._file)
        self._number += 1


def save_to_loaded(root: Path, edits: Edits, rounds: int) -> list[float]:
    """Seconds from a save to the news in `dagx dev` that the project was loaded."""
    command = [str(Path(sys.executable).with_name("dagx")), "dev", "--json", "-C", str(root)]
    found: list[float] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        _until(process, "loaded")
        for _ in range(rounds):
            time.sleep(2.0)  # a person's pause: the spare worker is ready again
            began = time.time()
            edits.next()
            _until(process, "loaded")
            found.append(time.time() - began)
        process.terminate()
    return found


def _until(process: subprocess.Popen[str], kind: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == kind:
            return
    raise SystemExit("dagx dev ended")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--assets", type=int, default=2000)
    options = parser.parse_args()
    python = options.python
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        write_project(root, options.assets)
        edits = Edits(root)
        lines = sum(len(file.read_text().splitlines()) for file in root.rglob("*.py"))
        files = len(list(root.rglob("*.py")))
        (root / ".dagx" / "staging").mkdir(parents=True)
        first = [both(root, python, forget=True) for _ in range(options.rounds)]
        edited, numbers = [], set()
        before = measure(root, python)["codes"]
        for _ in range(options.rounds):
            measure(root, python, "describe")
            edits.next()
            edited.append(measure(root, python))
            after = edited[-1].pop("codes")
            numbers.add(sum(parts != before[name] for name, parts in after.items()))
            edits.next()
            edited[-1].update(measure(root, python, "describe"))
            before = measure(root, python)["codes"]
        same = [both(root, python) for _ in range(options.rounds)]
        assert numbers == {USERS}, f"{numbers} assets changed"
        shutil.rmtree(root / ".dagx")
        felt = save_to_loaded(root, edits, options.rounds)
    parts = sum(map(len, first[0]["codes"].values()))
    print(f"{options.assets:,} assets, {files} files, {lines:,} lines; {parts:,} parts,", end=" ")
    print(f"told in {first[0]['size'] / 1e6:.1f} MB; {USERS} assets changed by each edit of a line;", end=" ")
    print(f"medians of {options.rounds}, best in brackets\n")
    print("| ms | fingerprints | describe | load | save to loaded |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for title, found in (("first", first), ("one line changed", edited), ("nothing changed", same)):
        cells = [_cell([one[kind] for one in found]) for kind in ("fingerprints", "describe", "load")]
        print(f"| {title} | {' | '.join(cells)} | {_cell(felt) if found is edited else ''} |")


def _cell(values: list[float]) -> str:
    return f"{statistics.median(values) * 1000:.0f} ({min(values) * 1000:.0f})"


if __name__ == "__main__":
    main()
