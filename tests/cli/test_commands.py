"""Each command: what it asks the engine, what it prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_by_hand import Engine, Said
from handmade import asset, because, lineage, plan, planned, run, status, step

from dagx.errors import DagxError
from dagx_engine import api
from dagx_engine.views import (
    AssetState,
    DoctorLine,
    DoctorView,
    Event,
    LogsView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    ShowView,
    StepEnded,
    StepStarted,
    StepState,
    WhyView,
)

Dagx = Callable[..., Said]

COMMANDS = (
    "init",
    "dev",
    "run",
    "materialize",
    "plan",
    "status",
    "ls",
    "show",
    "why",
    "diff",
    "lineage",
    "runs",
    "cancel",
    "logs",
    "stats",
    "accept",
    "audit",
    "spin",
    "gc",
    "doctor",
    "version",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(dagx: Dagx, command: str) -> None:
    for flag in ("--help", "-h"):
        said = dagx(command, flag)
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith(f"Usage: dagx {command}")
        assert all(len(line) <= 80 for line in said.out.splitlines())


def test_help_lists_every_command_in_one_line_each(dagx: Dagx) -> None:
    said = dagx("--help")
    listed = said.out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert not any(line.endswith("...") for line in listed)
    assert dagx() == said


def test_run_help_has_examples_and_exit_codes(dagx: Dagx) -> None:
    said = dagx("run", "--help")
    assert "dagx run '+key:report'" in said.out
    assert "130 interrupted" in said.out


@pytest.mark.parametrize(
    "args", [("--version",), ("-V",), ("version",), ("-C", ".", "--version"), ("--ascii", "version")]
)
def test_the_version_is_told(dagx: Dagx, args: tuple[str, ...]) -> None:
    assert dagx(*args) == Said(0, "dagx 0.1.0\n", "")


def test_the_version_is_told_as_json(dagx: Dagx) -> None:
    assert dagx("version", "--json") == Said(0, '{"version": "0.1.0"}\n', "")


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (("runn",), "error: no such command 'runn'", "did you mean 'run', 'runs'?"),
        (("run", "--forc"), "error: no such option: --forc", "did you mean --force?"),
        (("show",), "error: missing argument 'ASSET'", "`dagx show --help` shows what it takes"),
        (("lineage", "--format", "svg"), "error: invalid value for '--format'", "`dagx lineage --help`"),
        (("-C", "/no/such/folder", "ls"), "error: invalid value for", "`dagx --help` shows"),
    ],
)
def test_a_command_line_that_cannot_be_read_ends_with_2(
    dagx: Dagx, args: tuple[str, ...], message: str, hint: str
) -> None:
    said = dagx(*args)
    first, second = said.err.splitlines()
    assert (said.code, said.out) == (2, "")
    assert first.startswith(message)
    assert second.startswith(f"  hint: {hint}")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (api.UsageError, 2),
        (api.ProjectError, 3),
        (api.BusyError, 4),
        (DagxError, 1),
    ],
)
def test_a_refusal_is_told_without_a_traceback(
    dagx: Dagx, engine: Engine, error: type[DagxError], code: int
) -> None:
    engine.answers(
        "status", error('orders.py:12: asset "x" is not defined\nneeded by "y"', 'did you mean "z"?')
    )
    assert dagx("status") == Said(
        code,
        "",
        'error: orders.py:12: asset "x" is not defined\n  needed by "y"\n  hint: did you mean "z"?\n',
    )


def test_a_bug_says_that_it_is_ours_and_what_to_send(dagx: Dagx, engine: Engine) -> None:
    engine.answers("status", KeyError("part\x1b[2J"))
    said = dagx("status")
    assert (said.code, said.out) == (70, "")
    lines = said.err.splitlines()
    assert lines[0].startswith("error: this is a bug of dagx: KeyError: 'part")
    assert any("engine_by_hand.py" in line for line in lines)
    assert lines[-2].startswith("  dagx 0.1.0, Python 3.")
    assert lines[-1].startswith("  hint: please report it")
    assert "\x1b" not in said.err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError()])
def test_an_interruption_ends_with_130_and_an_eof_is_a_bug(
    dagx: Dagx, engine: Engine, error: BaseException
) -> None:
    engine.answers("status", error)
    said = dagx("status")
    assert said.code == (130 if isinstance(error, KeyboardInterrupt) else 70)
    assert ("Traceback" in said.err) is False


def test_where_the_project_is_can_be_said_before_and_after_the_command(
    dagx: Dagx, engine: Engine, tmp_path: Path
) -> None:
    engine.answers("status", status(asset("a")))
    folder = str(tmp_path)
    for args in (
        ("-C", folder, "--python", "py", "status"),
        ("status", "--project", folder, "--python", "py"),
        ("--python", "other", "-C", "/", "ls", "-C", folder, "--python", "py"),
    ):
        assert dagx(*args).code == 0
        assert (engine.opened[-1].root, engine.opened[-1].python) == (tmp_path, "py")
        assert engine.opened[-1].closed


def test_a_selection_of_several_words_is_one_selection(dagx: Dagx, engine: Engine) -> None:
    engine.answers("status", status(asset("a")))
    dagx("ls", "+report", "group:raw")
    dagx("ls")
    assert engine.asked == [("status", "+report group:raw", {}), ("status", None, {})]


def test_ascii_can_be_asked_for_everywhere(dagx: Dagx, engine: Engine) -> None:
    engine.answers("status", status(asset("a")))
    assert dagx("--ascii", "ls").out == dagx("ls", "--ascii").out == "default\n  +  a\n"


@pytest.mark.parametrize(
    ("args", "function", "answer"),
    [
        (("status",), "status", status(asset("a"))),
        (("ls",), "status", status(asset("a"))),
        (("plan",), "plan", plan(planned("a"))),
        (("run", "--dry-run"), "plan", plan(planned("a"))),
        (("run",), "run", run(step("a"))),
        (("show", "a"), "show", ShowView(asset("a"), None, (), ())),
        (("why", "a"), "why", WhyView(asset("a"), "fresh", (), (), ())),
        (("runs",), "runs", (run(step("a")),)),
        (("logs",), "logs", LogsView("r1", (("a", "x"),))),
        (("lineage",), "lineage", lineage("a>b")),
        (("lineage", "--format", "json"), "lineage", lineage("a>b")),
    ],
)
def test_json_is_the_same_view(
    dagx: Dagx, engine: Engine, args: tuple[str, ...], function: str, answer: object
) -> None:
    engine.answers(function, answer)
    said = dagx(*args, "--json")
    assert (said.code, said.err) == (0, "")
    from dagx_engine.views import to_json  # noqa: PLC0415

    assert json.loads(said.out) == to_json(answer)


def test_lineage_is_drawn_in_four_forms(dagx: Dagx, engine: Engine) -> None:
    engine.answers("lineage", lineage("a>b"))
    assert dagx("lineage").out.startswith("✔ a\n└─ ✔ b\n")
    assert dagx("lineage", "--format", "mermaid").out.startswith("flowchart LR\n")
    assert dagx("lineage", "--format", "dot").out.startswith("digraph dagx {\n")


def test_logs_of_one_asset_of_one_run(dagx: Dagx, engine: Engine) -> None:
    engine.answers("logs", LogsView("r1", (("a", "hello\n"),)))
    assert dagx("logs", "a", "--run", "r1").out == "hello\n"
    assert engine.asked == [("logs", "r1", "a", {})]


def test_runs_can_be_limited(dagx: Dagx, engine: Engine) -> None:
    engine.answers("runs", ())
    dagx("runs", "-n", "3")
    assert engine.asked == [("runs", 3, {})]


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_doctor_ends_with_1_when_something_is_wrong(dagx: Dagx, engine: Engine, ok: bool, code: int) -> None:
    engine.does("doctor", lambda start, python: DoctorView((DoctorLine(ok, "python", f"{start} {python}"),)))
    said = dagx("doctor", "--python", "py")
    assert said.code == code
    assert "None py" in said.out


def test_init_writes_into_the_folder_and_says_what_comes_next(
    dagx: Dagx, engine: Engine, tmp_path: Path
) -> None:
    engine.does("init", lambda folder: (folder / "definitions.py",))
    said = dagx("-C", str(tmp_path), "init", "demo")
    assert said.out == f"✔ {tmp_path}/demo/definitions.py\n\nnext: cd {tmp_path}/demo && dagx dev --run\n"


def scripted(*events: Event, ends: RunView) -> Callable[..., RunView]:
    def run(
        project: object,
        selection: str | None,
        *,
        job: str | None,
        force: bool,
        fail_fast: bool,
        asked: object,
        on_event: Callable[[Event], None],
    ) -> RunView:
        for event in events:
            on_event(event)
        on_event(RunEnded(ends))
        return ends

    return run


def test_run_prints_a_line_for_each_step_and_a_summary(dagx: Dagx, engine: Engine) -> None:
    ended = step("a", reasons=because("never made"))
    engine.does(
        "run",
        scripted(
            RunStarted("r1", "you", plan(planned("a", "never made"))),
            StepStarted("r1", "a", (), 1, "x.log"),
            StepEnded("r1", ended),
            ends=run(ended),
        ),
    )
    assert dagx("run") == Said(
        0,
        "1 of 14 steps to run: a (never made)\n"
        "◉ a  started\n"
        "✔ a  made   0.4s  never made\n"
        "1 made, 0 unchanged, 0 failed in 3.2s\n",
        "",
    )


def test_a_failed_run_ends_with_1_and_tells_the_error_on_stderr(dagx: Dagx, engine: Engine) -> None:
    bad = step("a", StepState.FAILED, error="ValueError: bad", log_path=".dagx/logs/r1/a.log")
    skipped = step("b", StepState.SKIPPED, because="a")
    engine.does("run", scripted(StepEnded("r1", bad), ends=run(bad, skipped, status=RunStatus.FAILED)))
    said = dagx("run")
    assert said.code == 1
    assert said.err == (
        "\n✖ a failed after 0.4s\n    ValueError: bad\n  log: .dagx/logs/r1/a.log\n  skipped because of it: b\n\n"
    )
    assert said.out.splitlines()[-1] == "0 made, 0 unchanged, 1 failed, 1 skipped in 3.2s"
    assert dagx("run", "--json").code == 1


def test_a_run_that_was_stopped_ends_with_130(dagx: Dagx, engine: Engine) -> None:
    engine.does("run", scripted(ends=run(step("a", StepState.CANCELLED), status=RunStatus.CANCELLED)))
    assert dagx("materialize").code == 130


def test_run_hands_its_options_to_the_engine(dagx: Dagx, engine: Engine) -> None:
    asked: list[object] = []

    def remember(project: object, selection: str | None, **more: object) -> RunView:
        asked.append((selection, more["force"], more["fail_fast"]))
        return run(step("a", StepState.FRESH))

    engine.does("run", remember)
    assert dagx("run", "a", "b", "--force", "--fail-fast").out == "nothing to do: 1 asset is fresh\n"
    assert asked == [("a b", True, True)]
    dagx("run", "-c", "night.toml")
    assert engine.opened[-1].config == Path("night.toml")


def test_a_run_that_left_out_what_dagx_does_not_run_ends_with_2(dagx: Dagx, engine: Engine) -> None:
    engine.answers("run", run(step("a"), refused=('"daily" is not run: it is partitioned',)))
    assert dagx("run").code == 2


def test_a_dry_run_is_a_plan(dagx: Dagx, engine: Engine) -> None:
    engine.answers("plan", plan(planned("a", "never made")))
    said = dagx("run", "--dry-run", "--force", "+a")
    assert said.out.endswith("1 of 14 steps would run\n")
    assert engine.asked == [("plan", "+a", {"job": None, "force": True, "asked": None})]


def test_show_and_why_speak_of_one_asset(dagx: Dagx, engine: Engine) -> None:
    stale = asset("a", AssetState.STALE, reasons=because("code of a changed (assets.py:3)"))
    engine.answers("show", ShowView(stale, None, (), ()))
    engine.answers("why", WhyView(stale, "stale: 1 of its parts changed", stale.reasons, (), ()))
    assert dagx("show", "a").out.startswith("↻ a  stale\n")
    assert dagx("why", "a").out == "↻ a  stale: 1 of its parts changed\n  code of a changed (assets.py:3)\n"
    assert engine.asked == [("show", "a", {}), ("why", "a", {})]
