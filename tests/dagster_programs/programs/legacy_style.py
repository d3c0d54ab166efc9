"""Code as it was written some years ago: resources and IO managers by functions, `Field`, source assets."""

from dagster import (
    AssetIn,
    AssetKey,
    DagsterInstance,
    Definitions,
    Field,
    InitResourceContext,
    InMemoryIOManager,
    IOManager,
    IOManagerDefinition,
    ResourceDefinition,
    SourceAsset,
    asset,
    build_init_resource_context,
    build_input_context,
    fs_io_manager,
    input_manager,
    io_manager,
    job,
    materialize,
    mem_io_manager,
    op,
    resource,
    with_resources,
)

STORE: dict[str, object] = {"raw/exchange_rates": {"EUR": 1.1, "GBP": 1.3}}


class StoreIOManager(IOManager):
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def handle_output(self, context, obj):
        STORE[f"{self.prefix}/{'/'.join(context.asset_key.path)}"] = obj

    def load_input(self, context):
        return STORE[f"{self.prefix}/{'/'.join(context.asset_key.path)}"]


@io_manager(config_schema={"prefix": Field(str, default_value="raw", description="where things are")})
def store_io_manager(init_context):
    return StoreIOManager(init_context.resource_config["prefix"])


@input_manager
def rounded(context):
    rates = STORE["raw/exchange_rates"]
    context.log.info("loading %s", context.name)
    return {currency: round(rate) for currency, rate in rates.items()}


@resource(config_schema={"currency": str, "retries": Field(int, is_required=False, default_value=1)})
def bank(init_context: InitResourceContext):
    init_context.log.info("the bank opens")
    events.append("open")
    yield {"currency": init_context.resource_config["currency"]}
    events.append("closed")


events: list[str] = []
exchange_rates = SourceAsset(key=AssetKey("exchange_rates"), io_manager_key="store", group_name="feeds")


@asset(required_resource_keys={"bank"}, io_manager_key="store")
def price(context, exchange_rates):
    return 100 * exchange_rates[context.resources.bank["currency"]]


@asset(
    ins={"exchange_rates": AssetIn(input_manager_key="rounded")},
    config_schema={"margin": Field(float, default_value=0.5)},
    io_manager_key="store",
)
def rough_price(context, exchange_rates):
    return exchange_rates["EUR"] + context.op_config["margin"]


@op(required_resource_keys={"bank"}, config_schema=Field(str, is_required=False, default_value="hello"))
def greet(context):
    return f"{context.op_config} {context.resources.bank['currency']}"


@op
def shout(text):
    return text.upper()


@job(resource_defs={"bank": bank.configured({"currency": "EUR"}), "io_manager": mem_io_manager})
def greeting():
    shout(greet())


@job(
    resource_defs={
        "bank": ResourceDefinition.hardcoded_resource({"currency": "YEN"}),
        "io_manager": fs_io_manager,
    }
)
def loud_greeting():
    shout(greet())


bound = with_resources(
    [price, rough_price, exchange_rates],
    {
        "bank": bank.configured({"currency": "GBP"}),
        "store": store_io_manager,
        "rounded": rounded,
    },
)
defs = Definitions(assets=bound, jobs=[greeting, loud_greeting])


def check() -> None:
    assert isinstance(store_io_manager, IOManagerDefinition)
    instance = DagsterInstance.ephemeral()
    result = materialize(bound, instance=instance)
    assert result.success
    assert result.output_for_node("price") == 130.0
    assert STORE["raw/rough_price"] == 1.5
    assert events == ["open", "closed"]
    result = materialize(bound, run_config={"ops": {"rough_price": {"config": {"margin": 0.25}}}})
    assert result.output_for_node("rough_price") == 1.25

    assert greeting.execute_in_process().output_for_node("shout") == "HELLO EUR"
    result = loud_greeting.execute_in_process(run_config={"ops": {"greet": {"config": "bye"}}})
    assert result.output_for_node("shout") == "BYE YEN"

    manager = store_io_manager(build_init_resource_context(config={"prefix": "raw"}))
    assert manager.load_input(build_input_context(asset_key=AssetKey("exchange_rates")))["EUR"] == 1.1

    memory = InMemoryIOManager()
    result = materialize([price, exchange_rates], resources={"store": Kept(), "bank": {"currency": "EUR"}})
    assert result.output_for_node("price") == 200
    assert memory.values == {}


class Kept(IOManager):
    def handle_output(self, context, obj):
        pass

    def load_input(self, context):
        return {"EUR": 2}
