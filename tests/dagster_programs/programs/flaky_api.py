"""An API that answers every third time: retries by policy, on request, and none where it makes no sense."""

import dagster as dg

tries: list[str] = []


class Flaky:
    def __init__(self, fails: int) -> None:
        self.left = fails

    def get(self, what: str) -> str:
        tries.append(what)
        if self.left > 0:
            self.left -= 1
            raise ConnectionError(f"{what}: no answer")
        return f"{what} data"


policy = dg.RetryPolicy(
    max_retries=3, delay=0.001, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


@dg.asset(retry_policy=policy, pool="api")
def prices(context: dg.AssetExecutionContext, api: dg.ResourceParam[Flaky]) -> str:
    context.add_output_metadata({"attempt": context.retry_number})
    return api.get("prices")


@dg.asset(pool="api", op_tags={"dagster/priority": "3"})
def volumes(api: dg.ResourceParam[Flaky]) -> str:
    try:
        return api.get("volumes")
    except ConnectionError as error:
        raise dg.RetryRequested(max_retries=1, seconds_to_wait=0.001) from error


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=5))
def licence() -> None:
    tries.append("licence")
    raise dg.Failure(
        description="the licence is over",
        metadata={"since": dg.MetadataValue.text("2024")},
        allow_retries=False,
    )


@dg.asset
def index(prices: str, volumes: str) -> str:
    return f"{prices}, {volumes}"


defs = dg.Definitions(assets=[prices, volumes, index, licence], resources={"api": Flaky(fails=0)})


def run(fails: int, *assets, raise_on_error: bool = False):
    tries.clear()
    return dg.materialize(assets, resources={"api": Flaky(fails)}, raise_on_error=raise_on_error)


def check() -> None:
    result = run(2, prices)
    assert tries == ["prices"] * 3
    [event] = result.asset_materializations_for_node("prices")
    assert event.metadata["attempt"].value == 2
    assert result.retry_attempts_for_node("prices") == 2

    result = run(9, prices, volumes, index)
    assert not result.success
    assert sorted(tries) == ["prices"] * 4 + ["volumes"] * 2
    assert result.get_failed_step_keys() == {"prices", "volumes"}
    assert not result.asset_materializations_for_node("index")

    result = run(0, licence)
    assert tries == ["licence"]
    failure = result.failure_data_for_node("licence")
    assert failure.user_failure_data.description == "the licence is over"
    assert failure.user_failure_data.metadata["since"].value == "2024"
    try:
        run(0, licence, raise_on_error=True)
    except dg.Failure as failure:
        assert failure.description == "the licence is over"
    else:
        raise AssertionError("it fails")
    assert run(1, volumes, prices, index).output_for_node("index") == "prices data, volumes data"
