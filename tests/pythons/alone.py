"""The SDK and the worker with nothing but the standard library: every module is imported, a small graph is made.

Run by matrix.py as `python -I -S alone.py core`: no site-packages, no environment, no current folder on the path.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

BUILT_ON_PYDANTIC = ("dagx.config.", "dagx.resource_defs.")
"""Where modules may lie that need pydantic: what has nothing to do with config classes works without."""


def modules(core: Path) -> list[str]:
    """All modules of `core/dagx`, boot.py excepted: it starts a worker."""
    found: list[str] = []
    for file in sorted((core / "dagx").rglob("*.py")):
        parts = file.relative_to(core).with_suffix("").parts
        if parts[-2:] != ("worker", "boot"):
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def is_there(module: str) -> bool:
    """Import the module. False when it is built on pydantic, and says that pydantic is missing."""
    try:
        importlib.import_module(module)
    except Exception as error:
        if type(error).__name__ == "PydanticMissingError" and module.startswith(BUILT_ON_PYDANTIC):
            return False
        raise
    return True


def main() -> None:
    core = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(core))
    sys.dont_write_bytecode = True
    names = modules(core)
    imported = [name for name in names if is_there(name)]

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
    without = len(names) - len(imported)
    left_out = f" ({without} more need pydantic, and say so)" if without else ""
    print(f"{len(imported)} modules imported{left_out}, a graph made")


if __name__ == "__main__":
    main()
