"""What runs say: log lines, their levels, hooks on assets, and a report of all that happened."""

import logging

import dagster as dg

log = dg.get_dagster_logger()
seen: list[str] = []


class Collecting(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        seen.append(record.getMessage().split(" - ")[-1])


@dg.logger(
    {"log_level": dg.Field(str, is_required=False, default_value="INFO")}, description="keeps the lines"
)
def keeper(context: dg.InitLoggerContext) -> logging.Logger:
    kept = logging.getLogger("keeper")
    kept.handlers = [Collecting()]
    kept.setLevel(context.logger_config["log_level"])
    kept.propagate = False
    return kept


@dg.failure_hook
def note_failure(context: dg.HookContext):
    seen.append(f"hook: {context.op.name}: {type(context.op_exception).__name__}")


@dg.success_hook
def note_success(context: dg.HookContext):
    seen.append(f"hook: {context.step_key} in {context.job_name}")


@dg.asset(hooks={note_success})
def quiet(context: dg.AssetExecutionContext) -> int:
    context.log.debug("not shown")
    context.log.info("shown %s", 1)
    context.log.warning("a warning")
    return 3


@dg.asset(hooks={note_failure})
def loud(context: dg.AssetExecutionContext, quiet: int) -> int:
    context.log.error("it goes wrong")
    raise RuntimeError("wrong")


@dg.op
def shout(context: dg.OpExecutionContext) -> str:
    context.log.info("from an op")
    assert context.op.name == "shout"
    assert context.job_name == "shouting"
    return context.run_id


@dg.job(logger_defs={"keeper": keeper}, config={"loggers": {"keeper": {"config": {"log_level": "WARNING"}}}})
def shouting():
    shout()


log_job = dg.define_asset_job("log_job", selection=[quiet, loud], tags={"purpose": "logs"})
defs = dg.Definitions(assets=[quiet, loud], jobs=[log_job, shouting], loggers={"keeper": keeper})


def check() -> None:
    with dg.instance_for_test() as instance:
        job = defs.resolve_job_def("log_job")
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"keeper": {"config": {"log_level": "INFO"}}}},
        )
        assert not result.success
        assert "not shown" not in seen
        assert {"shown 1", "a warning", "it goes wrong"} <= set(seen)
        assert "hook: quiet in log_job" in seen
        assert "hook: loud: RuntimeError" in seen
        [failure] = [event for event in result.all_events if event.is_step_failure]
        assert failure.step_key == "loud"
        assert "wrong" in failure.step_failure_data.error.to_string()
        kinds = [event.event_type for event in result.events_for_node("quiet")]
        started = kinds.index(dg.DagsterEventType.STEP_START)
        assert started < kinds.index(dg.DagsterEventType.ASSET_MATERIALIZATION)
        assert kinds[-1] in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.HOOK_COMPLETED)
        logged = {entry.step_key for entry in instance.all_logs(result.run_id) if entry.is_dagster_event}
        assert {"quiet", "loud"} <= logged

    seen.clear()
    result = shouting.execute_in_process()
    assert result.output_for_node("shout") == result.run_id
    assert "from an op" not in seen
