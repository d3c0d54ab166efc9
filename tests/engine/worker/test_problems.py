"""A user's exception as the user wants to read it."""

from __future__ import annotations

import asyncio
import builtins
import linecache
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dagx as dg
from dagx.errors import DagxError
from dagx.worker.problems import Problem, problem_of


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def of(function: Callable[[], object], root: str = "/nowhere") -> Problem:
    try:
        function()
    except BaseException as error:  # noqa: BLE001 - it is what a step may raise
        return problem_of(error, root)
    raise AssertionError("nothing was raised")


def run_code(root: Path, text: str) -> Problem:
    """What happens when a file of the project with this text is executed."""
    file = root / "defs.py"
    file.write_text(text, encoding="utf-8")
    linecache.checkcache(str(file))
    return of(lambda: exec(compile(text, str(file), "exec"), {"__name__": "defs"}), str(root))


def test_the_message_the_place_and_the_line_of_code_are_there(tmp_path: Path) -> None:
    found = run_code(tmp_path, "def f():\n    return {}['gone']\n\nf()\n")
    assert found.line == "KeyError: 'gone'"
    assert (found.file, found.number) == ("defs.py", 2)
    assert "return {}['gone']" in found.text
    assert found.text.endswith("KeyError: 'gone'")


def test_the_first_line_of_a_long_message_is_the_line() -> None:
    def fail() -> None:
        raise ValueError("first\nsecond")

    found = of(fail)
    assert found.line == "ValueError: first"
    assert "second" in found.text


def test_a_request_for_a_retry_says_what_went_wrong() -> None:
    def fail() -> None:
        raise dg.RetryRequested(max_retries=2) from OSError("no answer")

    def ask() -> None:
        raise dg.RetryRequested(max_retries=2)

    assert of(fail).line == "OSError: no answer (retry requested, 2 at most)"
    assert of(ask).line == "RetryRequested: retry requested, 2 at most"


def test_an_exception_without_words_is_its_type() -> None:
    def fail() -> None:
        raise ValueError

    assert of(fail).line == "ValueError"


def test_frames_of_dagx_are_cut_out_of_the_traceback_and_of_its_causes(tmp_path: Path) -> None:
    found = run_code(
        tmp_path,
        "import dagx as dg\n"
        "@dg.asset\n"
        "def a():\n"
        "    try:\n"
        "        1 / 0\n"
        "    except ZeroDivisionError as error:\n"
        "        raise ValueError('second') from error\n"
        "dg.materialize([a])\n",
    )
    assert "core/dagx/" not in found.text
    assert found.text.count('defs.py"') == 3
    assert "ZeroDivisionError" in found.text
    assert "direct cause" in found.text
    assert (found.file, found.number) == ("defs.py", 7)


def test_an_error_of_dagx_with_no_frame_of_the_user_is_its_own_text() -> None:
    found = problem_of(DagxError("what is wrong", "the way out"), "/nowhere")
    assert found == Problem("what is wrong", "what is wrong\n  the way out")


def test_an_error_of_dagx_at_a_line_of_the_user_shows_that_line(tmp_path: Path) -> None:
    found = run_code(tmp_path, "import dagx as dg\n\ndg.asset(lambda: 1)\n")
    assert (found.file, found.number) == ("defs.py", 3)
    assert found.line.startswith("InvalidDefinitionError: ")


def test_a_syntax_error_has_its_place_and_a_caret(tmp_path: Path) -> None:
    found = run_code(tmp_path, "x = 1\n  y = (2\n")
    assert found.line.startswith("defs.py:2: IndentationError: unexpected indent")
    found = run_code(tmp_path, "x = 1\nvalue = 1 +* 2\n")
    assert found.line == "defs.py:2: SyntaxError: invalid syntax"
    assert (found.file, found.number) == ("defs.py", 2)
    _, code, caret = found.text.splitlines()
    assert code == "    value = 1 +* 2"
    assert caret == " " * code.index("*") + "^"


def test_the_caret_stands_right_below_code_that_is_indented_with_tabs(tmp_path: Path) -> None:
    _, code, caret = run_code(tmp_path, "if True:\n\tvalue = 1 +* 2\n").text.splitlines()
    assert code == "    \tvalue = 1 +* 2"
    assert caret == "    \t" + " " * (len("value = 1 +")) + "^"


def test_a_syntax_error_in_text_that_a_step_parsed_is_shown_at_the_step(tmp_path: Path) -> None:
    found = run_code(tmp_path, "import ast\n\nast.literal_eval('1 +')\n")
    assert "ast.literal_eval('1 +')" in found.text
    assert found.line.startswith("SyntaxError: ")


def test_leaving_the_interpreter_says_how() -> None:
    def leave() -> None:
        raise SystemExit("bye")

    assert of(leave).line == "SystemExit: the code called sys.exit('bye')"


def test_an_exception_that_cannot_be_shown_is_a_problem_all_the_same() -> None:
    def fail() -> None:
        raise Unspeakable

    found = of(fail)
    assert found.line.startswith("Unspeakable")
    assert "fail" in found.text


def test_an_exception_of_another_file_is_shown_with_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    file = tmp_path / "elsewhere.py"
    code = compile("1 / 0", str(file), "exec")
    found = of(lambda: exec(code, {}), str(tmp_path / "shop"))
    assert found.file == str(file)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups of exceptions came with 3.11")
def test_each_member_of_a_group_is_shown_without_our_frames() -> None:
    async def fail() -> None:
        dg.AssetKey(1)  # type: ignore[arg-type]

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            group.create_task(fail())

    found = of(lambda: asyncio.run(both()))
    assert "ExceptionGroup" in found.line
    assert "core/dagx/" not in found.text


def test_a_module_that_is_not_there_is_shown_at_its_import(tmp_path: Path) -> None:
    found = run_code(tmp_path, "import importlib\n\nimportlib.import_module('no_such_module_here')\n")
    assert (found.file, found.number) == ("defs.py", 3)
    assert "frozen importlib" not in found.text


@pytest.mark.parametrize("text", ["a\udcff", "\x00"])
def test_a_problem_with_odd_letters_can_be_sent(text: str) -> None:
    def fail() -> None:
        raise ValueError(text)

    assert of(fail).to_json()["line"] == f"ValueError: {text}".strip()


def test_an_import_of_dagster_is_answered_with_the_line_to_write(tmp_path: Path) -> None:
    page = tmp_path / "definitions.py"

    def load() -> None:
        exec(compile("import dagster.nowhere", str(page), "exec"), {})

    found = of(load, str(tmp_path))
    assert found.line.startswith("ModuleNotFoundError")
    assert found.text.endswith("write `import dagx as dg` in its place: dagx has the names of dagster")
    assert not of(lambda: exec("import dagsterish", {}), str(tmp_path)).text.endswith("dagster")


def test_a_chain_of_errors_longer_than_the_stack_is_deep_is_told() -> None:
    def fail(depth: int) -> None:
        error: Exception | None = None
        for number in range(depth):
            later = ValueError(f"number {number}")
            later.__cause__ = error
            error = later
        assert error is not None
        raise error

    found = of(lambda: fail(5_000))
    assert found.line == "ValueError: number 4999"
    assert found.text.endswith("ValueError: number 4999") or "deeper than can be shown" in found.text


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups came with Python 3.11")
def test_groups_within_groups_are_told_however_deep_they_are() -> None:
    def fail() -> None:
        error = ValueError("the core")
        for _ in range(5_000):
            error = builtins.ExceptionGroup("around", [error])  # type: ignore[assignment]  # it is an exception, too
        raise error

    found = of(fail)
    assert found.line == "ExceptionGroup: around (1 sub-exception)"
    assert "around" in found.text
