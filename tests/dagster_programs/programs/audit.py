"""Questions to the instance: what ran, what was made when, what came from outside."""

import time

import dagster as dg

cities = dg.StaticPartitionsDefinition(["Oslo", "Rome"])
partner_feed = dg.AssetSpec("partner_feed", group_name="outside", owners=["team:partners"], kinds={"s3"})


@dg.asset(partitions_def=cities)
def visits(context: dg.AssetExecutionContext) -> dg.Output[int]:
    return dg.Output(
        len(context.partition_key), metadata={"city": context.partition_key}, tags={"quality": "raw"}
    )


@dg.asset(deps=[partner_feed])
def audit_log(context: dg.AssetExecutionContext) -> None:
    context.log_event(
        dg.AssetObservation(
            "partner_feed", metadata={"files": 3}, description="seen while the log was written"
        )
    )


@dg.op
def import_by_hand(context: dg.OpExecutionContext) -> str:
    context.log_event(dg.AssetMaterialization("legacy_table", metadata={"rows": 5}, partition="2024"))
    return "done"


@dg.job(tags={"purpose": "import"})
def import_job():
    import_by_hand()


defs = dg.Definitions(assets=[partner_feed, visits, audit_log], jobs=[import_job])


def check() -> None:
    with dg.instance_for_test() as instance:
        started = time.time()
        for city in cities.get_partition_keys():
            dg.materialize([visits], partition_key=city, instance=instance, tags={"round": "1"})
        dg.materialize([audit_log, partner_feed], instance=instance)
        import_job.execute_in_process(instance=instance)
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                "partner_feed", metadata={"size": 2048}, tags={"dagster/data_version": "v7"}
            )
        )

        assert {key.to_user_string() for key in instance.get_asset_keys()} == {
            "visits",
            "audit_log",
            "partner_feed",
            "legacy_table",
        }
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=visits.key, asset_partitions=["Rome"]), limit=5
        ).records
        assert [record.partition_key for record in records] == ["Rome"]
        assert records[0].asset_materialization.metadata["city"].value == "Rome"
        assert records[0].asset_materialization.tags["quality"] == "raw"
        assert records[0].timestamp >= started
        assert instance.get_materialized_partitions(visits.key) == {"Oslo", "Rome"}

        both = instance.fetch_materializations(visits.key, limit=10, ascending=True).records
        assert [record.partition_key for record in both] == ["Oslo", "Rome"]
        [seen] = instance.fetch_observations(partner_feed.key, limit=10).records
        assert seen.asset_observation.description == "seen while the log was written"
        event = instance.get_latest_materialization_event(partner_feed.key)
        assert event.asset_materialization.tags["dagster/data_version"] == "v7"
        assert instance.get_latest_materialization_event(dg.AssetKey("nothing")) is None

        runs: list[dg.RunRecord] = instance.get_run_records(
            filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]), limit=2
        )
        assert len(runs) == 2
        assert runs[0].dagster_run.job_name == "import_job"
        assert runs[0].dagster_run.tags["purpose"] == "import"
        assert runs[0].end_time >= runs[0].start_time
        assert len(instance.get_runs(filters=dg.RunsFilter(tags={"round": "1"}))) == 2
        run = runs[0].dagster_run
        assert instance.get_run_by_id(run.run_id).is_success
        assert instance.get_run_by_id("no such run") is None
        kinds = [
            entry.dagster_event.event_type
            for entry in instance.all_logs(run.run_id)
            if entry.is_dagster_event
        ]
        assert kinds.index(dg.DagsterEventType.STEP_START) < kinds.index(
            dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        assert kinds[-1] == dg.DagsterEventType.RUN_SUCCESS

        instance.wipe_assets([visits.key])
        assert not instance.get_materialized_partitions(visits.key)
        assert not instance.has_asset_key(visits.key)
