"""What the documentation and the README show works: their code is run, their commands exist and print what is shown."""

from __future__ import annotations

import importlib
import linecache
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from markdown_blocks import PAGES, ROOT, Block, blocks_of, files_of, project_of

from dagx_cli.app import whole_app

RUN = ("dagx", "sed", "cat", "rm", "ls")
"""Programs that are run when a page shows them in a console."""


def named(page: Path) -> str:
    return str(page.relative_to(ROOT).with_suffix(""))


def with_blocks(*languages: str) -> list[Path]:
    return [page for page in PAGES if any(block.language in languages for block in blocks_of(page))]


def test_every_block_that_is_not_run_says_why() -> None:
    assert [str(block) for page in PAGES for block in blocks_of(page) if block.skip == ""] == []


def test_every_block_has_a_language() -> None:
    assert [str(block) for page in PAGES for block in blocks_of(page) if not block.language] == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, first on the import path; what is imported from it is forgotten again."""
    known, finders = set(sys.modules), dict(sys.path_importer_cache)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    forget(tmp_path, set(sys.modules) - known)
    for place in set(sys.path_importer_cache) - set(finders):
        del sys.path_importer_cache[place]


@pytest.mark.parametrize("page", [page for page in with_blocks("python") if not project_of(page)], ids=named)
def test_the_python_of_a_page_runs(page: Path, folder: Path) -> None:
    for name, text in files_of(page).items():
        write(folder / name, text)
    names: dict[str, object] = {"__name__": "page", "__file__": str(folder / "page.py")}
    blocks = blocks_of(page)
    for number, block in enumerate(blocks):
        if block.title is not None:
            write(folder / block.title, block.code)
        if block.language != "python" or block.skip is not None:
            continue
        if block.title is not None:
            load(folder, block.title)
        elif block.raises:
            raised = error_of(block, names)
            assert plain(placeless(raised)) == plain(placeless(blocks[number + 1].code)), str(block)
        else:
            exec(compile(in_place(block), str(page), "exec", dont_inherit=True), names)


def error_of(block: Block, names: dict[str, object]) -> str:
    """What the block raises, as Python prints it below a traceback. The page is called definitions.py in it."""
    try:
        exec(compile(in_place(block), str(block.page), "exec", dont_inherit=True), names)
    except Exception as error:  # noqa: BLE001  # which error it is, is what the page says
        return f"{type(error).__name__}: {error}".replace(str(block.page), "definitions.py")
    pytest.fail(f"{block}: raises nothing")


def placeless(text: str) -> str:
    """Without the lines of the page, which move with all that is written above."""
    return re.sub(r"\bdefinitions\.py:\d+", "definitions.py", text)


def in_place(block: Block) -> str:
    """The code on the lines that it has in the page, for tracebacks and for whoever asks for its source."""
    text = "\n" * (block.line - 1) + block.code
    linecache.cache[str(block.page)] = (len(text), None, text.splitlines(keepends=True), str(block.page))
    return text


def load(folder: Path, title: str) -> None:
    """Import a file that was just written, also when the page wrote another version of it before; run its tests."""
    forget(folder, set(sys.modules))
    importlib.invalidate_caches()
    module = importlib.import_module(title.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for name, value in vars(module).items():
        if name.startswith("test_"):
            value()


def forget(folder: Path, names: set[str]) -> None:
    """Take modules from the folder out of `sys.modules`."""
    for name in [name for name in names if is_from(folder, vars(sys.modules[name]))]:
        del sys.modules[name]


def is_from(folder: Path, module: Mapping[str, Any]) -> bool:
    places = (module.get("__file__"), *module.get("__path__", ()))
    return any(str(place).startswith(str(folder)) for place in places)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in PAGES if project_of(page)], ids=named)
def test_what_a_page_shows_of_an_example_stands_in_it(page: Path) -> None:
    project = project_of(page)
    assert project is not None
    for block in blocks_of(page):
        if block.title is not None:
            assert block.code.strip() in (project / block.title).read_text(encoding="utf-8"), str(block)


@pytest.mark.parametrize("page", with_blocks("console", "sh"), ids=named)
def test_the_commands_of_a_page_exist_with_their_options(page: Path) -> None:
    root = typer.main.get_command(whole_app())
    for block in blocks_of(page):
        if block.language not in ("console", "sh"):
            continue
        for arguments in block.dagx_commands():
            try:
                context = root.make_context("dagx", list(arguments))
                with context:
                    name, command, rest = root.resolve_command(context, list(context._protected_args))  # type: ignore[attr-defined]
                    command.make_context(name, [*rest, *context.args], parent=context)
            except typer.Exit:
                pass  # --help, --version
            except Exception as error:
                raise AssertionError(f"{block}: dagx {' '.join(arguments)}: {error}") from error


def consoles(page: Path) -> list[Block]:
    """The blocks whose commands are run."""
    return [
        block
        for block in blocks_of(page)
        if block.language == "console"
        and block.skip is None
        and all(command.split()[0] in RUN for command, _ in block.commands())
    ]


@pytest.mark.fat
@pytest.mark.parametrize("page", [page for page in PAGES if consoles(page)], ids=named)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    project = project_of(page)
    folder = tmp_path / (project.name if project else "shop")
    if project is not None:
        if not (project / ".venv").exists():
            pytest.skip(f"no {project.relative_to(ROOT)}/.venv: `make demo` makes it")
        shutil.copytree(
            project, folder, ignore=shutil.ignore_patterns(".dagx", ".venv", "out", "__pycache__")
        )
        (folder / ".venv").symlink_to(project / ".venv")
    folder.mkdir(exist_ok=True)
    for name, text in files_of(page).items():
        write(folder / name, text)
    run = consoles(page)
    for block in blocks_of(page):
        if block.title is not None and project is None:
            write(folder / block.title, block.code)
        if block in run:
            for command, shown in block.commands():
                printed = output_of(command, folder)
                if not matches(printed, shown):
                    pytest.fail(f"{block}: $ {command}\nprinted\n{printed}\nand is shown as\n{shown}")


def output_of(command: str, folder: Path) -> str:
    if command.startswith("dagx dev"):
        return ""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "FORCE_COLOR")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**kept, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def matches(printed: str, shown: str) -> bool:
    """Whether this is what the page shows. Times, ages, sizes of time and ids differ; a line `...` leaves lines out."""
    if not shown.strip():
        return True
    pattern = ""
    for line in plain(shown).splitlines():
        pattern += r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + r"\n"
    return re.fullmatch(pattern + r"\s*", plain(printed)) is not None


def plain(text: str) -> str:
    """The text without what is another one each time: how long, how long ago, which run; and without alignment."""
    text = re.sub(r"\b\d+(\.\d+)?(ms|s|min)\b|\b\d+m \d+s\b", "TIME", text)
    text = text.replace("TIME to TIME", "TIME")
    text = re.sub(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b", "WHEN", text)
    text = re.sub(r"^\d\d:\d\d:\d\d\b", "WHEN", text, flags=re.MULTILINE)
    text = re.sub(r"\brun [0-9a-f]{8}\b", "run ID", text)
    text = re.sub(r"\bpython 3\.\d+\b", "python VERSION", text)
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines()) + "\n"
