"""Sections 23, 25: loggers and executors of Definitions and jobs, in runs in this process."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import dagx as dg


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def kept() -> Kept:
    return Kept()


def keeping(kept: Kept) -> dg.LoggerDefinition:
    @dg.logger(config_schema={"level": dg.Field(str, default_value="DEBUG")})
    def make(context: dg.InitLoggerContext) -> logging.Logger:
        made = logging.Logger("kept", level=context.logger_config["level"])
        made.addHandler(kept)
        return made

    return make


@dg.asset
def orders(context: dg.AssetExecutionContext) -> None:
    context.log.info("from the asset")


@dg.op
def speaks(context: dg.OpExecutionContext) -> None:
    context.log.info("from the op")


def job_of(defs_of: str, kept: Kept) -> dg.JobDefinition:
    loggers = {"kept": keeping(kept)}
    of_ops = dg.graph(name="work")(lambda: speaks())
    if defs_of == "op job with loggers":
        return of_ops.to_job(logger_defs=loggers)
    job: Any = of_ops.to_job() if defs_of == "op job" else dg.define_asset_job("work")
    found: dg.JobDefinition = dg.Definitions([orders], jobs=[job], loggers=loggers).resolve_job_def("work")
    return found


@pytest.mark.parametrize("kind", ["op job with loggers", "op job", "asset job"])
def test_a_logger_that_run_config_names_gets_the_lines_of_the_run(kind: str, kept: Kept) -> None:
    job = job_of(kind, kept)
    job.execute_in_process()
    assert kept.lines == []
    job.execute_in_process(run_config={"loggers": {"kept": {}}})
    assert kept.lines == ["from the asset" if kind == "asset job" else "from the op"]
    job.execute_in_process(run_config=dg.RunConfig(loggers={"kept": {"config": {"level": "ERROR"}}}))
    assert len(kept.lines) == 1


def test_the_loggers_of_a_job_are_in_place_of_those_of_definitions(kept: Kept) -> None:
    job = dg.graph(name="work")(lambda: speaks()).to_job(logger_defs={"own": keeping(kept)})
    found = dg.Definitions(jobs=[job], loggers={"kept": keeping(Kept())}).resolve_job_def("work")
    found.execute_in_process(run_config={"loggers": {"own": {}}})
    assert kept.lines == ["from the op"]
    with pytest.raises(dg.DagsterInvalidConfigError, match='no logger "kept" is defined'):
        found.execute_in_process(run_config={"loggers": {"kept": {}}})


def test_without_loggers_there_is_the_one_for_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    config = {"loggers": {"console": {"config": {"log_level": "INFO"}}}}
    dg.materialize([orders], run_config=config)
    assert "from the asset" in capsys.readouterr().err
    config["loggers"]["console"]["config"]["log_level"] = "ERROR"
    dg.materialize([orders], run_config=config)
    assert "from the asset" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("loggers", "message"),
    [
        ({"consol": {}}, 'did you mean "console"'),
        ({"console": {"config": {"log_levle": "INFO"}}}, 'did you mean "log_level"'),
        ({"console": 3}, "not a mapping"),
    ],
)
def test_a_logger_that_does_not_exist_or_config_that_does_not_fit_is_an_error(
    loggers: Any, message: str
) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=message):
        dg.materialize([orders], run_config={"loggers": loggers})


# Executors


def failing(retries: list[int]) -> dg.OpDefinition:
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def fails(context: dg.OpExecutionContext) -> None:
        retries.append(context.retry_number)
        raise ValueError

    return fails


@pytest.mark.parametrize(
    ("executor", "tries"),
    [
        (None, 3),
        (dg.in_process_executor, 3),
        (dg.in_process_executor.configured({"retries": {"disabled": {}}}), 1),
        (dg.multiprocess_executor.configured({"max_concurrent": 2}), 3),
    ],
)
@pytest.mark.parametrize("place", ["job", "definitions"])
def test_the_executor_says_whether_steps_are_tried_again(executor: Any, tries: int, place: str) -> None:
    retries: list[int] = []
    fails = failing(retries)
    own = executor if place == "job" else None
    job = dg.graph(name="work")(lambda: fails()).to_job(executor_def=own)
    defs = dg.Definitions(jobs=[job], executor=None if place == "job" else executor)
    assert not defs.resolve_job_def("work").execute_in_process(raise_on_error=False).success
    assert retries == list(range(tries))


def test_the_executor_of_a_job_wins_over_that_of_definitions() -> None:
    of_ops = dg.graph(name="work")(lambda: speaks())
    job = of_ops.to_job(executor_def=dg.in_process_executor)
    defs = dg.Definitions([orders], jobs=[job, dg.define_asset_job("all")], executor=dg.multiprocess_executor)
    assert defs.resolve_job_def("work").executor_def is dg.in_process_executor
    assert defs.resolve_job_def("all").executor_def is dg.multiprocess_executor
    assert defs.resolve_job_def("__ASSET_JOB").executor_def is dg.multiprocess_executor


def test_config_of_the_execution_is_held_to_the_executor() -> None:
    @dg.job(executor_def=dg.multiprocess_executor)
    def work() -> None:
        speaks()

    def run(config: Any) -> bool:
        return work.execute_in_process(run_config={"execution": {"config": config}}).success

    assert run({"max_concurrent": 2})
    with pytest.raises(dg.DagsterInvalidConfigError, match='did you mean "max_concurrent"'):
        run({"max_concurent": 2})
    with pytest.raises(dg.DagsterInvalidConfigError, match="max_concurrent"):
        run({"max_concurrent": -1})


def test_without_an_executor_there_is_the_default_one() -> None:
    retries: list[int] = []
    fails = failing(retries)
    config: dict[str, Any] = {"execution": {"config": {"in_process": {"retries": {"disabled": {}}}}}}
    dg.graph(name="work")(lambda: fails()).to_job().execute_in_process(
        run_config=config, raise_on_error=False
    )
    assert retries == [0]
    with pytest.raises(dg.DagsterInvalidConfigError, match="did you mean"):
        dg.materialize([orders], run_config={"execution": {"config": {"multiproces": {}}}})
