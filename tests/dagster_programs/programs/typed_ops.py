"""What goes from op to op is checked against what the functions say, and mistakes have names."""

import dagster as dg
from dagster import (
    DagsterError,
    DagsterInvalidDefinitionError,
    DagsterInvalidSubsetError,
    DagsterTypeCheckDidNotPass,
)

logger = dg.get_dagster_logger("typed")


@dg.op
def parse(text: str) -> list[int]:
    logger.info("parsing %r", text)
    return [int(part) if part.isdigit() else part for part in text.split()]


@dg.op
def add_up(numbers: list[int]) -> int:
    return sum(numbers)


@dg.graph
def adding(text):
    return add_up(parse(text))


@dg.asset
def prices() -> dict[str, float]:
    return {"tea": 2.5}


@dg.asset
def dearest(prices: dict[str, float]) -> str:
    return max(prices, key=prices.get)


@dg.multi_asset(outs={"low": dg.AssetOut(), "high": dg.AssetOut(is_required=False)})
def bounds(prices: dict[str, float]):
    yield dg.Output(min(prices.values()), "low")


add_job = adding.to_job(name="add_job", input_values={"text": "1 2 3"})
defs = dg.Definitions(assets=[prices, dearest, bounds], jobs=[add_job])


def raised(kind: type[Exception], call) -> str:
    try:
        call()
    except kind as error:
        assert isinstance(error, DagsterError)
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def check() -> None:
    result = add_job.execute_in_process()
    assert result.output_for_node("add_up") == 6
    assert adding.execute_in_process(input_values={"text": "4 5"}).output_value() == 9
    message = raised(
        DagsterTypeCheckDidNotPass, lambda: adding.execute_in_process(input_values={"text": "1 two"})
    )
    assert "result" in message
    failed = adding.execute_in_process(input_values={"text": "1 two"}, raise_on_error=False)
    assert failed.get_failed_step_keys() == {"parse"}

    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.output_for_node("bounds", "low") == 2.5
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"prices", "dearest", "low"}

    @dg.asset(name="prices")
    def again(): ...

    @dg.asset
    def lost(nowhere): ...

    def load(*assets) -> None:
        dg.Definitions.validate_loadable(dg.Definitions(assets=assets))

    assert "prices" in raised(DagsterInvalidDefinitionError, lambda: load(prices, again))
    assert "nowhere" in raised(DagsterInvalidDefinitionError, lambda: load(lost))
    raised(DagsterInvalidDefinitionError, lambda: dg.asset(name="not a name")(lambda: 1))
    unknown = dg.AssetSelection.assets("pirces")
    raised(DagsterInvalidSubsetError, lambda: unknown.resolve([prices, dearest]))
    wrong = dg.Definitions(assets=[prices], jobs=[dg.define_asset_job("j", selection="pirces")])
    raised(DagsterError, lambda: dg.Definitions.validate_loadable(wrong))
    raised(
        DagsterInvalidDefinitionError, lambda: dg.ScheduleDefinition(cron_schedule="every day", job=add_job)
    )
    raised(
        dg.DagsterInvariantViolationError,
        lambda: dg.Definitions.merge(
            dg.Definitions(resources={"r": object()}), dg.Definitions(resources={"r": object()})
        ),
    )
