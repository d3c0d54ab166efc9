"""Projects of any size for benchmarks: plain assets in many files, in columns that go from file to file."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FILES", "Edits", "write_assets"]

FILES = 100


def write_assets(root: Path, assets: int, files: int = FILES) -> None:
    """Asset n of each file takes the value of asset n of the file before; a helper of its own file makes the sum."""
    each, more = divmod(assets, files)
    root.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        lines = ["import dagx as dg", "", "", "def sum_up(value, more):", "    return value + more", "", ""]
        for n in range(each + (number < more)):
            above = f"part{number - 1}_{n}" if number else ""
            lines += ["@dg.asset", f"def part{number}_{n}({above}):"]
            lines += [f"    return sum_up({above or 0}, {n})", "", ""]
        (root / f"part{number}.py").write_text("\n".join(lines))
    names = ", ".join(f"part{number}" for number in range(files))
    (root / "definitions.py").write_text(
        f"import dagx as dg\nimport {names}\n\n"
        f"defs = dg.Definitions(assets=dg.load_assets_from_modules([{names}]))\n"
    )
    (root / "pyproject.toml").write_text('[project]\nname = "generated"\n\n[tool.dagx]\n')


class Edits:
    """Edits of one line of one asset of the last file each, so that nothing stands below."""

    def __init__(self, root: Path, files: int = FILES) -> None:
        self._file = root / f"part{files - 1}.py"
        self._number = 0

    def next(self) -> None:
        """Save the file with another asset changed."""
        before = f", {self._number})\n"
        text = self._file.read_text()
        assert text.count(before) == 1, before
        draft = self._file.with_suffix(".tmp")
        draft.write_text(text.replace(before, f", {self._number} + 1)\n"))
        draft.replace(self._file)
        self._number += 1
