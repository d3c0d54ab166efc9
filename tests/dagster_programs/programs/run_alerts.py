"""Sensors that follow runs: failures go to a pager, a run that went well starts the next job."""

import dagster as dg

alerts: list[str] = []


@dg.op
def load():
    return 1


@dg.op
def break_down():
    raise ValueError("the disk is full")


@dg.job
def load_job():
    load()


@dg.job
def fragile_job():
    break_down()


@dg.job
def tidy_job():
    load()


class Pager(dg.ConfigurableResource):
    number: str

    def send(self, text: str) -> None:
        alerts.append(f"{self.number}: {text}")


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def page_on_failure(context: dg.RunFailureSensorContext, pager: Pager):
    pager.send(f"{context.dagster_run.job_name} failed: {context.failure_event.message}")
    for event in context.get_step_failure_events():
        alerts.append(event.step_failure_data.error.message.strip())


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[load_job],
    request_job=tidy_job,
    minimum_interval_seconds=5,
)
def tidy_after_load(context: dg.RunStatusSensorContext):
    if context.dagster_run.tags.get("tidy") == "no":
        return dg.SkipReason("asked not to")
    return dg.RunRequest(run_key=context.dagster_run.run_id, tags={"after": context.dagster_run.job_name})


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
def log_success(context: dg.RunStatusSensorContext) -> None:
    event: dg.DagsterEvent = context.dagster_event
    assert event.event_type == dg.DagsterEventType.RUN_SUCCESS
    context.log.info("run %s", context.dagster_run.run_id)


defs = dg.Definitions(
    jobs=[load_job, fragile_job, tidy_job],
    sensors=[page_on_failure, tidy_after_load, log_success],
    resources={"pager": Pager(number="112")},
)


def check() -> None:
    with dg.instance_for_test() as instance:
        result = fragile_job.execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success
        with dg.build_run_status_sensor_context(
            sensor_name="page_on_failure",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            resources={"pager": Pager(number="112")},
        ).for_run_failure() as context:
            page_on_failure(context)
        assert alerts[0].startswith("112: fragile_job failed: ")
        assert any("the disk is full" in alert or "break_down" in alert for alert in alerts[1:])

        result = load_job.execute_in_process(instance=instance, tags={"team": "data"})
        run: dg.DagsterRun = result.dagster_run
        assert run.status == dg.DagsterRunStatus.SUCCESS
        context = dg.build_run_status_sensor_context(
            sensor_name="tidy_after_load",
            dagster_event=result.get_run_success_event(),
            dagster_instance=instance,
            dagster_run=run,
        )
        request = tidy_after_load(context)
        assert request.run_key == run.run_id
        assert request.tags == {"after": "load_job"}
        log_success(context)

        [stored] = instance.get_runs(filters=dg.RunsFilter(job_name="load_job"))
        assert stored.run_id == run.run_id
        assert stored.tags["team"] == "data"
        statuses = {one.job_name: one.status for one in instance.get_runs()}
        assert statuses == {
            "load_job": dg.DagsterRunStatus.SUCCESS,
            "fragile_job": dg.DagsterRunStatus.FAILURE,
        }
