"""The SDK and the worker with nothing but the standard library: every module is imported, a small graph is made.

Run by matrix.py as `python -I -S alone.py core`: no site-packages, no environment, no current folder on the path.
"""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path


def modules(core: Path) -> list[str]:
    """All modules of `core/dagx`, boot.py excepted: it starts a worker."""
    found: list[str] = []
    for file in sorted((core / "dagx").rglob("*.py")):
        parts = file.relative_to(core).with_suffix("").parts
        if parts[-2:] != ("worker", "boot"):
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def asks_for_pydantic(core: Path, module: str) -> bool:
    """Whether the module itself imports pydantic at its top."""
    file = core.joinpath(*module.split("."))
    text = (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).read_text(encoding="utf-8")
    return any(
        (isinstance(statement, ast.Import) and any(a.name.startswith("pydantic") for a in statement.names))
        or (isinstance(statement, ast.ImportFrom) and str(statement.module).startswith("pydantic"))
        for statement in ast.parse(text).body
    )


def main() -> None:
    core = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(core))
    sys.dont_write_bytecode = True
    with_pydantic = 0
    names = modules(core)
    for name in names:
        if asks_for_pydantic(core, name):
            with_pydantic += 1
        else:
            importlib.import_module(name)
    outside = {name.partition(".")[0] for name in sys.modules} - {
        *sys.stdlib_module_names,
        "dagx",
        "__main__",
    }
    assert not outside, f"imported from outside of the standard library: {sorted(outside)}"

    dg = importlib.import_module("dagx")

    @dg.asset
    def orders() -> list[int]:
        return [1, 2, 3]

    @dg.asset
    async def revenue(context: dg.AssetExecutionContext, orders: list[int]) -> int:
        context.log.info("adding up")
        return sum(orders)

    result = dg.materialize([orders, revenue])
    assert result.asset_value("revenue") == 6
    skipped = f" ({with_pydantic} ask for pydantic and were left out)" if with_pydantic else ""
    print(f"{len(names) - with_pydantic} modules imported{skipped}, a graph made")


if __name__ == "__main__":
    main()
