from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from code_project import CodeProject


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], CodeProject]:
    return lambda text: CodeProject(tmp_path / "shop", text)
