"""Reports on a schedule: what to run is decided when the clock says so."""

from datetime import datetime, timezone

import dagster as dg


class ReportConfig(dg.Config):
    day: str
    regions: list[str] = ["EU"]


class Holidays(dg.ConfigurableResource):
    days: list[str] = []

    def is_holiday(self, day: str) -> bool:
        return day in self.days


@dg.asset
def sales_report(context: dg.AssetExecutionContext, config: ReportConfig) -> str:
    return f"{config.day}: {', '.join(config.regions)}"


@dg.asset
def stock_report() -> str:
    return "all there"


sales_job = dg.define_asset_job("sales_job", selection=[sales_report], tags={"team": "sales"})


@dg.schedule(
    job=sales_job,
    cron_schedule="0 6 * * 1-5",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekday_report(
    context: dg.ScheduleEvaluationContext, holidays: Holidays
) -> dg.RunRequest | dg.SkipReason:
    day = context.scheduled_execution_time.strftime("%Y-%m-%d")
    if holidays.is_holiday(day):
        return dg.SkipReason(f"{day} is a holiday")
    return dg.RunRequest(
        run_key=day,
        run_config=dg.RunConfig(ops={"sales_report": ReportConfig(day=day, regions=["EU", "US"])}),
        tags={"day": day, dg.MAX_RUNTIME_SECONDS_TAG: "600"},
    )


@dg.schedule(cron_schedule=["0 0 1 * *", "0 0 15 * *"], target=[stock_report])
def stock_twice_a_month():
    return {}


quarter = dg.ScheduleDefinition(
    name="quarter",
    target=dg.AssetSelection.assets("stock_report"),
    cron_schedule="0 0 1 */3 *",
    should_execute=lambda context: context.scheduled_execution_time.month != 1,
    tags={"cadence": "quarter"},
)
hourly = dg.ScheduleDefinition(
    job=sales_job,
    cron_schedule="@hourly",
    run_config=dg.RunConfig(ops={"sales_report": ReportConfig(day="today")}),
)

defs = dg.Definitions(
    assets=[sales_report, stock_report],
    jobs=[sales_job],
    schedules=[weekday_report, stock_twice_a_month, quarter, hourly],
    resources={"holidays": Holidays(days=["2024-12-25"])},
)


def at(year: int, month: int, day: int) -> dg.ScheduleEvaluationContext:
    return dg.build_schedule_context(
        scheduled_execution_time=datetime(year, month, day, 6, tzinfo=timezone.utc),
        resources={"holidays": Holidays(days=["2024-12-25"])},
    )


def check() -> None:
    assert weekday_report.name == "weekday_report"
    assert weekday_report.default_status == dg.DefaultScheduleStatus.RUNNING
    assert isinstance(weekday_report(at(2024, 12, 25)), dg.SkipReason)
    request = weekday_report(at(2024, 12, 24))
    assert request.tags["dagster/max_runtime"] == "600"
    result = defs.resolve_job_def("sales_job").execute_in_process(run_config=request.run_config)
    assert result.output_for_node("sales_report") == "2024-12-24: EU, US"
    assert result.dagster_run.tags["team"] == "sales"

    [run] = weekday_report.evaluate_tick(at(2024, 12, 24)).run_requests
    assert run.tags["dagster/schedule_name"] == "weekday_report"
    assert run.run_config["ops"]["sales_report"]["config"]["regions"] == ["EU", "US"]
    assert weekday_report.evaluate_tick(at(2024, 12, 25)).skip_message == "2024-12-25 is a holiday"
    assert stock_twice_a_month.cron_schedule == ["0 0 1 * *", "0 0 15 * *"]
    assert quarter.evaluate_tick(at(2024, 1, 1)).run_requests in ([], None)
    [run] = quarter.evaluate_tick(at(2024, 4, 1)).run_requests
    assert run.tags["cadence"] == "quarter"
    assert hourly.name == "sales_job_schedule"
    assert quarter.job_name == defs.resolve_schedule_def("quarter").job_name
