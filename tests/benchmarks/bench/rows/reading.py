"""How fast a large file is hashed, and that it is not read again while it stays as it is."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.processes import run
from bench.taking import Contender, expect, take
from bench.tools.tool import save
from bench.worlds import Worlds

__all__ = ["hashing"]

_HASH = """
import sys, time
from dagx_engine.io.files import hash_file
began = time.perf_counter()
digest, size = hash_file(sys.argv[1])
print(digest, size, time.perf_counter() - began)
"""


def hashing(worlds: Worlds) -> Row:
    """The same file, in the page cache, by dagx's own function and by the reference program."""
    setting = worlds.setting
    path = _large_file(setting.folder("hashing") / "large.bin", setting.file_mb)
    size = path.stat().st_size
    found: dict[str, str] = {}

    def ours() -> float:
        done = run([sys.executable, "-c", _HASH, str(path)], setting.scratch, setting.environment)
        digest, read, seconds = done.out.split()
        expect(int(read), size, "bytes hashed")
        found["dagx"] = digest
        return size / float(seconds) / (1 << 30)

    contenders: list[Contender | NotMeasured] = []
    program = setting.rivals.xxhsum if setting.rivals else None
    if program is not None:

        def theirs() -> float:
            done = run([program, "-H2", str(path)], setting.scratch, setting.environment)
            found["xxhsum"] = done.out.split()[0].lstrip("\\")
            return size / done.seconds / (1 << 30)

        contenders.append(Contender("xxhsum", "`xxhsum -H2`, the whole process", 0, "GiB/s", theirs))
    elif setting.rivals is not None:
        contenders.append(NotMeasured("xxhsum", "`xxhsum -H2`", 0, "not installed here (Debian: xxhash)"))
    contenders.insert(0, Contender("dagx", "its function, in one process", 0, "GiB/s", ours))
    contenders += _unchanged(worlds, path)
    row = take("hashing", f"a file of {setting.file_mb:,} MiB in the page cache", contenders, setting.rounds)
    if len(found) == 2:
        expect(found["dagx"], found["xxhsum"], "the digest")
    return _with_budget(row)


def _with_budget(row: Row) -> Row:
    """80 % of what the reference reached in these very rounds."""
    theirs = [one for one in row.figures if one.who == "xxhsum"]
    if not theirs:
        return row
    limit = Budget(0.8 * theirs[0].median, "GiB/s", at_least=True)
    results = tuple(
        replace(one, budget=limit)
        if isinstance(one, Figures) and one.who == "dagx" and one.unit == "GiB/s"
        else one
        for one in row.results
    )
    return replace(row, results=results)


def _unchanged(worlds: Worlds, large: Path) -> list[Contender]:
    """`dagx status` of a project of one asset that read the file, told apart from reading it by the time it takes."""
    setting = worlds.setting
    tool = worlds.tools["dagx"]
    project = setting.folder("projects", "dagx-reads")
    save(project / "pyproject.toml", ["[tool.dagx]"])
    body = [f"    with open({str(large)!r}, 'rb') as stream:", "        return stream.read(4).hex()"]
    save(project / "definitions.py", ["import dagx as dg", "", "", "@dg.asset", "def head():", *body])

    def once() -> float:
        assert tool.status is not None
        done = run(tool.status, project, setting.environment)
        expect("1 asset: 1 fresh" in done.out, True, "the asset fresh")
        return done.ms

    def ready() -> None:
        expect(tool.ran(run(tool.run, project, setting.environment).out) in (0, 1), True, "a run")

    return [Contender("dagx", "`dagx status` of what read it, unchanged", 1, "ms", once, ready=ready)]


def _large_file(path: Path, megabytes: int) -> Path:
    block = os.urandom(1 << 20)
    with path.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(block)
        stream.flush()
        os.fsync(stream.fileno())  # or the disk is still at it while the file is read
    return path
