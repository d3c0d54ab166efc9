"""Two dimensions, region and day, and the mappings between what has both, one, another or none."""

import dagster as dg

days = dg.DailyPartitionsDefinition("2024-02-01", end_date="2024-02-04")
regions = dg.StaticPartitionsDefinition(["eu", "us"])
continents = dg.StaticPartitionsDefinition(["europe", "america"])
sales_partitions = dg.MultiPartitionsDefinition({"region": regions, "day": days})


@dg.asset(partitions_def=sales_partitions)
def sales(context: dg.AssetExecutionContext) -> str:
    key: dg.MultiPartitionKey = context.partition_key
    return f"{key.keys_by_dimension['region']} on {key.keys_by_dimension['day']}"


@dg.asset(
    partitions_def=sales_partitions,
    ins={
        "sales": dg.AssetIn(
            partition_mapping=dg.MultiPartitionMapping(
                {
                    "day": dg.DimensionPartitionMapping(
                        dimension_name="day",
                        partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1),
                    ),
                    "region": dg.DimensionPartitionMapping("region", dg.IdentityPartitionMapping()),
                }
            )
        )
    },
)
def change(sales):
    return sales


@dg.asset(
    partitions_def=days,
    ins={"sales": dg.AssetIn(partition_mapping=dg.MultiToSingleDimensionPartitionMapping("day"))},
)
def sales_of_day(sales: dict[str, str]) -> list[str]:
    return sorted(sales.values())


@dg.asset(
    partitions_def=continents,
    deps=[
        dg.AssetDep("prices", partition_mapping=dg.StaticPartitionMapping({"eu": "europe", "us": "america"})),
        dg.AssetDep("closing", partition_mapping=dg.LastPartitionMapping()),
        dg.AssetDep("holidays", partition_mapping=dg.SpecificPartitionsPartitionMapping(["2024-02-01"])),
        dg.AssetDep("currencies", partition_mapping=dg.AllPartitionMapping()),
    ],
)
def report(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


@dg.asset(partitions_def=regions)
def prices() -> int:
    return 1


@dg.asset(partitions_def=days)
def closing() -> int:
    return 2


@dg.asset(partitions_def=days)
def holidays() -> None: ...


@dg.asset
def currencies() -> list[str]:
    return ["EUR", "USD"]


defs = dg.Definitions(assets=[sales, change, sales_of_day, report, prices, closing, holidays, currencies])
mapping_of_days: dg.PartitionMapping = dg.TimeWindowPartitionMapping()
kinds: list[dg.PartitionsDefinition] = [days, regions, sales_partitions]


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    assert sales_partitions.get_partition_keys()[:3] == ["2024-02-01|eu", "2024-02-01|us", "2024-02-02|eu"]
    assert [len(kind.get_partition_keys()) for kind in kinds] == [3, 2, 6]

    def make(asset_def, key: str):
        return dg.materialize(
            [sales, change, sales_of_day], selection=[asset_def], partition_key=key, instance=instance
        ).output_for_node(asset_def.key.path[-1])

    for region in ("eu", "us"):
        for day in ("2024-02-01", "2024-02-02"):
            key = dg.MultiPartitionKey({"day": day, "region": region})
            assert key == f"{day}|{region}"
            assert make(sales, key) == f"{region} on {day}"
    assert make(sales_of_day, "2024-02-01") == ["eu on 2024-02-01", "us on 2024-02-01"]
    assert make(change, "2024-02-02|us") == "us on 2024-02-01"
    assert dg.materialize([report], partition_key="europe").output_for_node("report") == "europe"

    assert sales_partitions.time_window_dimension.name == "day"
    window = sales_partitions.time_window_for_partition_key(
        dg.MultiPartitionKey({"day": "2024-02-02", "region": "eu"})
    )
    assert window == days.time_window_for_partition_key("2024-02-02")
    assert instance.get_materialized_partitions(sales.key) >= {"2024-02-01|eu", "2024-02-02|us"}
    try:
        make(sales, "2024-02-01|moon")
    except dg.DagsterUnknownPartitionError as error:
        assert "moon" in str(error)
    else:
        raise AssertionError("nobody sells there")
