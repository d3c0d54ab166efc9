"""Jobs of ops that are run for a day, an hour, a week, a month, a city: the config comes from the partition."""

from datetime import datetime

import dagster as dg


class Window(dg.Config):
    start: str
    end: str = ""


@dg.op
def process(context: dg.OpExecutionContext, config: Window) -> str:
    context.log.info("partition %s", context.partition_key)
    return f"{config.start}..{config.end}"


def config_of(start: datetime, end: datetime) -> dict:
    return {
        "ops": {"process": {"config": {"start": start.strftime("%d.%m.%H"), "end": end.strftime("%d.%m.%H")}}}
    }


@dg.daily_partitioned_config(
    start_date="2024-01-01", tags_for_partition_fn=lambda start, end: {"day": str(start.day)}
)
def by_day(start: datetime, end: datetime) -> dict:
    return config_of(start, end)


@dg.hourly_partitioned_config(start_date=datetime(2024, 1, 1))
def by_hour(start: datetime, end: datetime) -> dict:
    return config_of(start, end)


@dg.weekly_partitioned_config(start_date=datetime(2024, 1, 1), day_offset=1)
def by_week(start: datetime, end: datetime) -> dict:
    return config_of(start, end)


@dg.monthly_partitioned_config(start_date="2024-01-01")
def by_month(start: datetime, end: datetime) -> dict:
    return config_of(start, end)


@dg.static_partitioned_config(partition_keys=["Oslo", "Rome"])
def by_city(partition_key: str) -> dict:
    return {"ops": {"process": {"config": {"start": partition_key}}}}


@dg.partitioned_config(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def by_letter(partition_key: str) -> dict:
    return {"ops": {"process": {"config": {"start": partition_key.upper()}}}}


by_year = dg.PartitionedConfig(
    partitions_def=dg.StaticPartitionsDefinition(["2023", "2024"]),
    run_config_for_partition_key_fn=lambda key: {"ops": {"process": {"config": {"start": key}}}},
    tags_for_partition_key_fn=lambda key: {"year": key},
)


@dg.job(config=by_day)
def daily_job():
    process()


@dg.job(config=by_city)
def city_job():
    process()


@dg.graph
def processing():
    process()


hourly_job = processing.to_job(name="hourly_job", config=by_hour)
weekly_job = processing.to_job(name="weekly_job", config=by_week)
monthly_job = processing.to_job(name="monthly_job", config=by_month)
letter_job = processing.to_job(name="letter_job", config=by_letter)
yearly_job = processing.to_job(name="yearly_job", config=by_year)
daily_schedule = dg.build_schedule_from_partitioned_job(daily_job, minute_of_hour=30)


@dg.schedule(job=city_job, cron_schedule="0 0 * * *")
def every_city():
    for key in ("Oslo", "Rome"):
        yield city_job.run_request_for_partition(partition_key=key, run_key=key)


jobs = [daily_job, hourly_job, weekly_job, monthly_job, letter_job, yearly_job, city_job]
defs = dg.Definitions(jobs=jobs, schedules=[daily_schedule, every_city])


def check() -> None:
    def output(job: dg.JobDefinition, key: str) -> str:
        return job.execute_in_process(partition_key=key).output_for_node("process")

    assert output(daily_job, "2024-01-05") == "05.01.00..06.01.00"
    assert output(hourly_job, "2024-01-05-07:00") == "05.01.07..05.01.08"
    assert output(weekly_job, "2024-01-08") == "08.01.00..15.01.00"
    assert output(monthly_job, "2024-02-01") == "01.02.00..01.03.00"
    assert output(city_job, "Rome") == "Rome.."
    assert output(letter_job, "b") == "B.."
    assert output(yearly_job, "2023") == "2023.."
    run = daily_job.execute_in_process(partition_key="2024-01-05").dagster_run
    assert run.tags["dagster/partition"] == "2024-01-05"
    assert run.tags["day"] == "5"
    assert by_day(datetime(2024, 1, 1), datetime(2024, 1, 2))["ops"]["process"]["config"]["end"] == "02.01.00"
    assert isinstance(by_day, dg.PartitionedConfig)

    assert daily_schedule.cron_schedule == "30 0 * * *"
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2024, 1, 5, 0, 30))
    [request] = daily_schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2024-01-04"
    assert request.run_key == "2024-01-04"
    cities = every_city.evaluate_tick(dg.build_schedule_context()).run_requests
    assert [(one.run_key, one.tags["dagster/partition"]) for one in cities] == [
        ("Oslo", "Oslo"),
        ("Rome", "Rome"),
    ]
