"""A pipeline and its unit tests: functions called directly, contexts built by hand, runs in memory."""

from dagster import (
    AssetExecutionContext,
    AssetSpec,
    Config,
    ConfigurableResource,
    DagsterInstance,
    DagsterInvalidInvocationError,
    DagsterInvariantViolationError,
    DailyPartitionsDefinition,
    Definitions,
    MaterializeResult,
    OpExecutionContext,
    Output,
    PartitionKeyRange,
    asset,
    build_asset_context,
    build_op_context,
    materialize,
    materialize_to_memory,
    op,
)


class Store(ConfigurableResource):
    region: str = "eu"

    def read(self, table: str) -> list[int]:
        return [len(table), len(self.region)]


class Limit(Config):
    limit: int = 10


@asset
def numbers(store: Store) -> list[int]:
    return store.read("numbers")


@asset(metadata={"owner": "maths"})
def limited(context: AssetExecutionContext, config: Limit, numbers: list[int]) -> list[int]:
    context.add_output_metadata({"limit": config.limit})
    return [number for number in numbers if number < config.limit]


@asset(partitions_def=DailyPartitionsDefinition("2024-01-01"))
def daily(context: AssetExecutionContext, store: Store) -> MaterializeResult:
    keys = context.partition_keys
    return MaterializeResult(metadata={"days": len(keys), "first": keys[0], "region": store.region})


@op
def double(context: OpExecutionContext, number: int):
    context.log.info("doubling")
    yield Output(number * 2, metadata={"was": number})


external = AssetSpec("numbers")
defs = Definitions(assets=[numbers, limited, daily], resources={"store": Store()})


def test_numbers():
    assert numbers(store=Store(region="asia")) == [7, 4]
    assert numbers(Store()) == [7, 2]


def test_limited():
    context = build_asset_context()
    assert limited(context, Limit(limit=5), [1, 9]) == [1]
    assert limited(context=build_asset_context(), config=Limit(), numbers=[12]) == []
    assert context.get_output_metadata("result") == {"limit": 5}


def test_limited_needs_its_context():
    try:
        limited(config=Limit(), numbers=[1])
    except DagsterInvalidInvocationError as error:
        assert "context" in str(error)
    else:
        raise AssertionError("no context was given")


def test_daily():
    context = build_asset_context(partition_key="2024-02-03", resources={"store": Store(region="us")})
    result = daily(context)
    assert result.metadata == {"days": 1, "first": "2024-02-03", "region": "us"}
    several = build_asset_context(partition_key_range=PartitionKeyRange("2024-01-01", "2024-01-03"))
    assert daily(several, store=Store()).metadata["days"] == 3
    try:
        build_asset_context().partition_key  # noqa: B018
    except Exception as error:
        assert "partition" in str(error)


def test_double():
    [output] = list(double(build_op_context(), 4))
    assert output.value == 8
    assert output.metadata["was"].value == 4


def test_run_in_memory():
    result = materialize_to_memory([numbers, limited], resources={"store": Store()})
    assert result.success
    assert result.output_for_node("limited") == [7, 2]
    assert result.asset_value("numbers") == [7, 2]
    result = materialize_to_memory(
        [numbers, limited],
        resources={"store": Store()},
        run_config={"ops": {"limited": {"config": {"limit": 5}}}},
    )
    assert result.output_for_node("limited") == [2]


def test_with_an_instance_the_upstream_is_loaded():
    instance = DagsterInstance.ephemeral()
    materialize([numbers], resources={"store": Store(region="s")}, instance=instance)
    result = materialize(
        [numbers, limited], selection=[limited], resources={"store": Store()}, instance=instance
    )
    assert result.output_for_node("limited") == [7, 1]
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [limited.key]


def test_no_partition():
    try:
        materialize([daily], resources={"store": Store()})
    except DagsterInvariantViolationError as error:
        assert "partition" in str(error)
    else:
        raise AssertionError("there is no partition to read")


def check() -> None:
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
