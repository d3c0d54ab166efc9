"""Command lines that are read without typer mean what typer reads in them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from dagx_cli import running, showing, watching
from dagx_cli.app import command_for, invoke
from dagx_cli.commands import dev, ls, run, status
from dagx_cli.plain import plain_command

Asked = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The calls that commands end in."""
    found: Asked = []
    for module, name, command in (
        (showing, "show_assets", ls),
        (showing, "show_status", status),
        (running, "run_assets", run),
        (watching, "watch_project", dev),
    ):
        signature = inspect.signature(getattr(module, name))

        def noted(*args: Any, name: str = name, signature: Any = signature, **more: Any) -> int:
            bound = signature.bind(*args, **more)
            bound.apply_defaults()
            found.append((name, bound.arguments))
            return 0

        monkeypatch.setattr(module, name, noted)
        monkeypatch.setattr(command, name, noted)
    return found


@pytest.mark.parametrize("command", ["dev", "ls", "run", "status"])
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--json"],
        ["--ascii", "--json", "--json"],
        ["-C", "."],
        ["--project", ".", "-C", ".."],
        ["--json", "-C", "."],
        ["--python", "python3", "--python", "/usr/bin/python3"],
    ],
    ids=" ".join,
)
def test_a_plain_line_asks_what_typer_makes_of_it(asked: Asked, command: str, words: list[str]) -> None:
    args = [command, *words]
    plain = plain_command(args)
    assert plain is not None
    plain()
    assert invoke(args, command_for(args)) == 0
    assert asked[0] == asked[1]


def test_so_does_a_run_of_everything_fresh_or_not(asked: Asked) -> None:
    args = ["run", "--json", "--force"]
    plain = plain_command(args)
    assert plain is not None
    plain()
    assert invoke(args, command_for(args)) == 0
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plan",
        "-C . status",
        "status a",
        "status --help",
        "status --jso",
        "status -C",
        "status -C /no/such/folder",
        "status -C.",
        "status --project=.",
        "status --",
        "ls --jobs",
        "ls --python",
        "status --python --json",
        "run --force a",
        "run --fail-fast",
        "materialize",
    ],
)
def test_any_other_line_is_left_to_typer(line: str) -> None:
    assert plain_command(line.split()) is None


def test_a_folder_without_a_name_is_left_to_typer() -> None:
    assert plain_command(["status", "-C", ""]) is None
    assert plain_command(["status", "-C", str(Path.cwd())]) is not None
