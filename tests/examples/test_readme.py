"""What the README shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dagx as dg

README = Path(__file__).parents[2] / "README.md"


def test_the_assets_of_the_readme_materialize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "orders.csv").write_text("id,amount\n1,120.50\n2,80\n", encoding="utf-8")
    names: dict[str, object] = {"__file__": str(tmp_path / "definitions.py"), "__name__": "definitions"}
    exec(compile(code, "README.md", "exec"), names)
    result = dg.materialize([names["orders"], names["revenue"]])
    assert result.asset_value("revenue") == 200.5
