"""How long it takes to say what 2,000 assets in 60 files are made of, and again after an edit of one line.

    python tests/benchmarks/fingerprints.py [--python INTERPRETER] [--rounds 7] [--assets 2000]

Each figure is of a process of its own, as a reload is one: `fingerprints` is what the code of all assets costs after
the project was imported, `describe` the whole answer to the engine, `load` the import of the project, to compare with.
It is processor time: other work of the machine does not show.
Prints a table; asserts nothing but that an edit of one helper changes its 20 users alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CORE = Path(__file__).parents[2] / "core"
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
import json, sys, time
from dagx.worker.describe import Description
from dagx.worker.project import load_project

root = sys.argv[1]
began = time.process_time()
project = load_project({
    "root": root, "state": root + "/.dagx", "paths": [root],
    "modules": [{"name": "definitions", "file": None, "attribute": "defs"}],
})
loaded = time.process_time()
description = Description(project, b"secret")
codes = {name: description._code(step).parts for name, step in project.resolved.steps.items()}
done = time.process_time()
said = json.dumps(project.describe(b"secret"))
end = time.process_time()
json.dump({"load": loaded - began, "fingerprints": done - loaded, "describe": end - done, "size": len(said),
           "parts": sum(map(len, codes.values())), "codes": codes}, sys.stdout)
"""


def measure(root: Path, python: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, "-c", MEASURE, str(root)],
        cwd=root,
        env={"PYTHONPATH": str(CORE)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--assets", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        write_project(root, options.assets)
        lines = sum(len(file.read_text().splitlines()) for file in root.rglob("*.py"))
        files = len(list(root.rglob("*.py")))
        first = [measure(root, options.python) for _ in range(options.rounds)]
        (root / ".dagx").mkdir(mode=0o700)
        measure(root, options.python)
        same = [measure(root, options.python) for _ in range(options.rounds)]
        edited = []
        for number in range(options.rounds):
            before = measure(root, options.python)["codes"]
            text = (root / "helpers.py").read_text()
            old = f"limit=LIMIT_{number})"
            assert text.count(old) == 1
            (root / "helpers.py").write_text(text.replace(old, f"limit=LIMIT_{number} + 1)"))
            time.sleep(0.01)
            edited.append(measure(root, options.python))
            changed = [name for name, parts in edited[-1]["codes"].items() if parts != before[name]]
            assert len(changed) == USERS, f"{len(changed)} assets changed"
    print(f"{options.assets:,} assets, {files} files, {lines:,} lines; {first[0]['parts']:,} parts,", end=" ")
    print(f"described in {first[0]['size'] / 1e6:.1f} MB; medians of {options.rounds}, best in brackets\n")
    print("| ms | fingerprints | describe | load |")
    print("| --- | ---: | ---: | ---: |")
    for title, found in (("first", first), ("nothing changed", same), ("one line changed", edited)):
        cells = [_cell([one[kind] for one in found]) for kind in ("fingerprints", "describe", "load")]
        print(f"| {title} | {' | '.join(cells)} |")


def _cell(values: list[float]) -> str:
    return f"{statistics.median(values) * 1000:.0f} ({min(values) * 1000:.0f})"


if __name__ == "__main__":
    main()
