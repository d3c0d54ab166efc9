"""Ranges of partitions in one run, chains of days, and an IO manager that writes ranges."""

import json
from pathlib import Path

import dagster as dg

days = dg.DailyPartitionsDefinition("2024-06-01", end_date="2024-06-08")


class RangeFolder(dg.ConfigurableIOManager):
    """A line for each day."""

    folder: str = "days"

    def handle_output(self, context: dg.OutputContext, obj: dict[str, int]) -> None:
        folder = Path(self.folder, *context.asset_key.path)
        folder.mkdir(parents=True, exist_ok=True)
        for key in context.asset_partition_keys:
            (folder / key).write_text(json.dumps(obj[key]))
        window = context.asset_partitions_time_window
        context.add_output_metadata(
            {"from": window.start.isoformat(), "days": len(context.asset_partition_keys)}
        )

    def load_input(self, context: dg.InputContext) -> dict[str, int]:
        folder = Path(self.folder, *context.asset_key.path)
        return {key: json.loads((folder / key).read_text()) for key in context.asset_partition_keys}


@dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run(), io_manager_key="ranges")
def visits(context: dg.AssetExecutionContext) -> dict[str, int]:
    assert context.has_partition_key_range
    start, end = context.partition_key_range.start, context.partition_key_range.end
    context.log.info(f"{start}...{end}")
    return {key: int(key[-2:]) for key in context.partition_keys}


@dg.asset(
    partitions_def=days,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=3),
    io_manager_key="ranges",
)
def doubled(context: dg.AssetExecutionContext, visits: dict[str, int]) -> dict[str, int]:
    for key in context.partition_keys:
        context.add_asset_metadata({"visits": visits[key]}, partition_key=key)
    return {key: number * 2 for key, number in visits.items()}


@dg.asset(
    partitions_def=days,
    ins={
        "running_total": dg.AssetIn(
            partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1),
            metadata={"allow_missing_partitions": True},
        )
    },
)
def running_total(context: dg.AssetExecutionContext, running_total: int | None) -> int:
    return (running_total or 0) + context.partition_time_window.start.day


@dg.asset(ins={"doubled": dg.AssetIn(partition_mapping=dg.LastPartitionMapping())}, io_manager_key="ranges")
def newest(doubled: dict[str, int]) -> None:
    assert list(doubled) == ["2024-06-07"]


defs = dg.Definitions(assets=[visits, doubled, running_total, newest], resources={"ranges": RangeFolder()})


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    resources = {"ranges": RangeFolder(), "io_manager": dg.FilesystemIOManager(base_dir="pickles")}

    def run(asset_def, start: str, end: str):
        tags = {"dagster/asset_partition_range_start": start, "dagster/asset_partition_range_end": end}
        return dg.materialize(
            [visits, doubled, newest],
            selection=[asset_def],
            tags=tags,
            instance=instance,
            resources=resources,
        )

    result = run(visits, "2024-06-01", "2024-06-07")
    events = result.asset_materializations_for_node("visits")
    assert [event.partition for event in events] == days.get_partition_keys()
    assert events[0].metadata["days"].value == 7
    assert Path("days/visits/2024-06-03").read_text() == "3"
    result = run(doubled, "2024-06-05", "2024-06-07")
    events = result.asset_materializations_for_node("doubled")
    assert [event.metadata["visits"].value for event in events] == [5, 6, 7]
    assert instance.get_materialized_partitions(doubled.key) == {"2024-06-05", "2024-06-06", "2024-06-07"}
    assert dg.materialize(
        [newest, doubled, visits], selection=[newest], instance=instance, resources=resources
    ).success

    for key in days.get_partition_keys()[:3]:
        result = dg.materialize([running_total], partition_key=key, instance=instance, resources=resources)
    assert result.output_for_node("running_total") == 6
    assert doubled.backfill_policy == dg.BackfillPolicy.multi_run(3)
    assert visits.backfill_policy.max_partitions_per_run is None
