"""Loggers: those that users define, and those for the console."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

import dagx as dg


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


@pytest.fixture
def kept() -> Kept:
    return Kept()


def keeping(kept: Kept, level: str = "DEBUG") -> dg.LoggerDefinition:
    def make(init_context: dg.InitLoggerContext) -> logging.Logger:
        made = logging.Logger("kept", level=level)
        made.addHandler(kept)
        return made

    return dg.logger(make)


def log_all_levels() -> None:
    for level in (logging.DEBUG, logging.INFO, logging.ERROR):
        dg.get_dagster_logger().log(level, "at %d", level)


def run(
    loggers: dict[str, dg.LoggerDefinition],
    config: dict[str, Any],
    body: Callable[[], object] = log_all_levels,
) -> dg.ExecuteInProcessResult:
    """A run in which `body` is called, with these loggers, of which `config` names some."""
    work = dg.op(name="work")(lambda: body() and None)
    job = dg.graph(name="job")(lambda: work()).to_job(logger_defs=loggers)
    return job.execute_in_process(run_config={"loggers": config})


def test_a_logger_that_the_run_config_names_gets_the_lines_of_the_run(kept: Kept) -> None:
    def log_by_name_too() -> None:
        log_all_levels()
        dg.get_logger("named").warning("too")

    run({"mine": keeping(kept)}, {"mine": {}}, log_by_name_too)
    dg.get_logger().error("after the run")
    assert kept.lines == ["DEBUG at 10", "INFO at 20", "ERROR at 40", "WARNING too"]


def test_a_logger_that_is_not_named_gets_nothing(kept: Kept) -> None:
    run({"mine": keeping(kept)}, {})
    assert kept.lines == []


def test_a_logger_says_which_level_it_takes(kept: Kept) -> None:
    run({"mine": keeping(kept, "ERROR")}, {"mine": {}})
    assert kept.lines == ["ERROR at 40"]


def test_a_logger_below_dagx_is_not_fed_with_its_own_lines(kept: Kept) -> None:
    def make(init_context: dg.InitLoggerContext) -> logging.Logger:
        made = dg.get_logger("mine")
        made.addHandler(kept)
        return made

    try:
        run({"mine": dg.logger(make)}, {"mine": {}}, lambda: dg.get_logger().info("once"))
    finally:
        dg.get_logger("mine").removeHandler(kept)
    assert kept.lines == ["INFO once"]


def test_a_logger_gets_its_config_and_is_told_of_the_run(kept: Kept) -> None:
    seen: list[dg.InitLoggerContext] = []

    @dg.logger({"level": dg.Field(str, default_value="INFO"), "name": str}, description="keeps")
    def mine(init_context: dg.InitLoggerContext) -> logging.Logger:
        seen.append(init_context)
        return logging.Logger("x")

    result = run({"mine": mine}, {"mine": {"config": {"name": "n"}}})
    (context,) = seen
    assert context.logger_config == {"level": "INFO", "name": "n"}
    assert (context.logger_def, context.run_id) == (mine, result.run_id)
    assert context.job_def.name == "job"
    assert mine.description == "keeps"
    with pytest.raises(dg.InvalidConfigError, match='logger "mine": name is missing'):
        run({"mine": mine}, {"mine": {}})


def test_a_logger_that_is_not_defined_is_an_error(kept: Kept) -> None:
    with pytest.raises(dg.InvalidConfigError, match='did you mean "mine"'):
        run({"mine": keeping(kept)}, {"mein": {}})
    assert kept.lines == []


def test_what_a_logger_function_returns_is_a_logger() -> None:
    @dg.logger
    def wrong(init_context: dg.InitLoggerContext) -> Any:
        return "no logger"

    with pytest.raises(dg.InvariantViolationError, match="the logger is a str"):
        wrong(dg.build_init_logger_context())
    with pytest.raises(dg.InvalidDefinitionError, match="a logger is a function"):
        dg.LoggerDefinition("no function")  # type: ignore[arg-type]


def test_a_logger_can_be_called_in_a_test() -> None:
    @dg.logger({"name": str})
    def mine(init_context: dg.InitLoggerContext) -> logging.Logger:
        return logging.Logger(init_context.logger_config["name"])

    assert mine(dg.build_init_logger_context(logger_config={"name": "x"})).name == "x"
    assert mine(init_context=dg.build_init_logger_context({"name": "y"})).name == "y"
    with pytest.raises(dg.InvalidConfigError, match='did you mean "name"'):
        mine(dg.build_init_logger_context({"nam": "x", "name": "x"}))
    with pytest.raises(dg.InvalidInvocationError, match="build_init_logger_context"):
        mine()


def test_a_logger_can_be_configured() -> None:
    def name_of(definition: dg.LoggerDefinition, config: Any = None) -> str:
        return definition(dg.build_init_logger_context(config)).name

    @dg.logger({"name": str, "level": dg.Field(int, default_value=3)})
    def mine(init_context: dg.InitLoggerContext) -> logging.Logger:
        return logging.Logger(str(init_context.logger_config))

    fixed = mine.configured({"name": "x"})
    assert name_of(fixed) == "{'name': 'x', 'level': 3}"
    with pytest.raises(dg.InvalidConfigError, match="name is unknown"):
        name_of(fixed, {"name": "y"})
    mapped = mine.configured(lambda n: {"name": f"number {n}"}, config_schema=int)
    assert name_of(mapped, 7) == "{'name': 'number 7', 'level': 3}"
    assert name_of(mapped.configured(8)) == "{'name': 'number 8', 'level': 3}"
    with pytest.raises(dg.InvalidConfigError):
        mine.configured({"level": 1})

    def broken(config: object) -> object:
        raise KeyError("no")

    with pytest.raises(
        dg.DagsterConfigMappingFunctionError, match="broken, which makes config, raised KeyError"
    ):
        name_of(mine.configured(broken), 1)


def test_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    made = dg.json_console_logger(dg.build_init_logger_context({"log_level": "warning", "name": "mine"}))
    made.info("not shown")
    try:
        raise ValueError("bad")
    except ValueError:
        made.exception("%d rows", 3, extra={"step": {1}})
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["levelname"], line["name"], line["step"]) == (
        "3 rows",
        "ERROR",
        "mine",
        "{1}",
    )
    assert "ValueError: bad" in line["exc_info"]


def test_lines_for_people_have_colors_only_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = dg.colored_console_logger(dg.build_init_logger_context())
    assert (made.name, made.level) == ("dagx", logging.INFO)
    made.error("oh")
    assert capsys.readouterr().err.endswith(" - dagx - ERROR - oh\n")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    made.error("oh")
    made.info("fine")
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("\x1b[31m")
    assert not second.startswith("\x1b")


def test_the_loggers_that_hold_when_none_are_given() -> None:
    assert dg.default_loggers() == {"console": dg.colored_console_logger}


def test_the_log_of_a_context_is_of_the_known_class() -> None:
    assert isinstance(dg.build_asset_context().log, dg.DagsterLogManager)
