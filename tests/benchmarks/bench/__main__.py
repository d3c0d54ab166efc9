"""Takes the rows and writes the page, or prints the rows that were asked for. `--help` says how."""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import rivals as rival_tools
from bench.figures import NotMeasured, Row
from bench.kept import keep, kept, renewed
from bench.machine import Machine, look
from bench.processes import Broken
from bench.report import page, row_lines
from bench.rows import growing, living, reading, starting
from bench.setting import ROOT, Setting, environment_for, program
from bench.worlds import Worlds

ROWS: dict[str, Callable[[Worlds], Row]] = {
    "start": starting.start,
    "any command": starting.any_command,
    "nothing to do": growing.nothing_to_do,
    "status": growing.status,
    "one edit": growing.one_edit,
    "first load": growing.first_load,
    "step overhead": growing.steps,
    "save": living.save_to_running,
    "hashing": reading.hashing,
    "memory": living.memory,
    "TUI": living.screen,
    "SDK": starting.sdk,
}
PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "build" / "benchmarks.json"
FINDINGS = Path(__file__).with_name("findings.md")


def main() -> int:
    options = _options()
    if options.words:
        _write(*kept(KEPT))
        return 0
    scratch = Path(tempfile.mkdtemp(prefix="dagx-bench-", dir=options.scratch))
    try:
        return _take(options, _setting(options, scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _setting(options: argparse.Namespace, scratch: Path) -> Setting:
    rivals = None if options.smoke or options.alone else rival_tools.make(options.rivals)
    dagx, frozen = program()
    return Setting(
        scratch=scratch,
        dagx=options.dagx or dagx,
        frozen=frozen and not options.dagx,
        python=str(rivals.project_python) if rivals else sys.executable,
        libraries=("pandas", "polars") if rivals else (),
        rivals=rivals,
        rounds=1 if options.smoke else options.rounds,
        sizes=(100,) if options.smoke else options.sizes,
        small=100 if options.smoke else 1000,
        file_mb=4 if options.smoke else 1024,
        environment=environment_for(scratch, rivals),
    )


def _take(options: argparse.Namespace, setting: Setting) -> int:
    """All rows, or those that were asked for. What is broken is told at the end, and has no figure.

    Of a whole run each row is kept as soon as it is taken: one that is cut short can be written with `--words`.
    """
    machine = look(setting, rival_tools.names(), str(datetime.date.today()))
    worlds = Worlds(setting)
    whole = not (options.rows or options.smoke or options.alone)
    rows: list[Row] = []
    problems: list[str] = []
    for name, take in ROWS.items():
        if options.rows and name.lower() not in options.rows:
            continue
        print(f"== {name}", flush=True)
        try:
            row = take(worlds)
        except Broken as problem:
            problems.append(f"{name}: {problem}")
            continue
        rows.append(row)
        problems += _missing(row, setting)
        print("\n".join(row_lines(row)[2:]), flush=True)
        if whole:
            keep(KEPT, machine, rows)
    for one in problems:
        print(f"broken: {one}", file=sys.stderr)
    if whole:
        _write(machine, rows)
    elif options.renew:
        machine, before = kept(KEPT)
        rows = renewed(before, rows)
        keep(KEPT, machine, rows)
        _write(machine, rows)
    return 1 if problems else 0


def _missing(row: Row, setting: Setting) -> list[str]:
    """What has no figure and should have one: of dagx, everything but what only the binary has."""
    return [
        f"{row.name}, {one.what}: {one.why}"
        for one in row.results
        if isinstance(one, NotMeasured) and one.who == "dagx" and (setting.frozen or row.name != "start")
    ]


def _write(machine: Machine, rows: list[Row]) -> None:
    PAGE.write_text(page(machine, rows, FINDINGS.read_text(), "make bench"))
    print(f"{PAGE.relative_to(ROOT)} is written")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "--rows", type=_names, default=[], help="these alone, with commas: " + ", ".join(ROWS)
    )
    parser.add_argument(
        "--sizes", type=_sizes, default=(100, 1000, 10_000, 100_000), help="numbers of assets, with commas"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--rivals", type=Path, default=rival_tools.cache_folder(), help="where their environments are kept"
    )
    parser.add_argument("--alone", action="store_true", help="dagx without rivals")
    parser.add_argument(
        "--smoke", action="store_true", help="tiny, without rivals: does every row give its figure?"
    )
    parser.add_argument("--dagx", help="this program instead of dist/dagx or that of the environment")
    parser.add_argument("--scratch", help="the folder for the projects; else that of the system")
    parser.add_argument(
        "--renew", action="store_true", help="put the rows into the last whole run, and write its page"
    )
    parser.add_argument(
        "--words", action="store_true", help="write the page again from the figures of the last whole run"
    )
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = [name.strip().lower() for name in text.split(",")]
    known = {name.lower() for name in ROWS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no row is called {', '.join(unknown)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in text.split(","))
    if any(size % 10 or size < 20 for size in sizes):
        raise argparse.ArgumentTypeError("sizes are multiples of ten, from 20 on")
    return sizes


if __name__ == "__main__":
    sys.exit(main())
