"""Training a model: a graph of ops makes one asset; the job of ops tries several settings."""

import dagster as dg


class Training(dg.Config):
    learning_rate: float = 0.5
    epochs: int = 3
    features: list[str] = ["age", "visits"]


@dg.asset(group_name="features")
def customer_features() -> list[dict]:
    return [{"age": age, "visits": age % 5, "churned": age > 40} for age in range(20, 60, 5)]


@dg.op(out={"train": dg.Out(list), "test": dg.Out(list, description="every fourth row")})
def split(rows: list):
    return rows, rows[::4]


@dg.op(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.01, backoff=dg.Backoff.LINEAR))
def fit(context: dg.OpExecutionContext, config: Training, train: list) -> dict:
    if context.retry_number == 0:
        raise OSError("the machine with the card is away")
    context.log.info(f"fitting with {config.learning_rate}")
    share = sum(row["churned"] for row in train) / len(train)
    return {"share": share, "steps": config.epochs * len(train), "features": list(config.features)}


@dg.op(ins={"model": dg.In(dict), "rows": dg.In(list)}, out=dg.Out(dict, metadata={"kind": "model card"}))
def evaluate(model, rows):
    hits = sum((model["share"] > 0.5) == row["churned"] for row in rows)
    return {**model, "accuracy": hits / len(rows)}


@dg.graph_asset(group_name="models", kinds={"sklearn"}, description="How likely customers go.")
def churn_model(customer_features):
    train, test = split(customer_features)
    return evaluate(fit(train), test)


@dg.asset(group_name="models")
def model_card(churn_model: dict) -> dg.MaterializeResult:
    return dg.MaterializeResult(
        metadata={"accuracy": churn_model["accuracy"], "features": churn_model["features"]}
    )


train_job = dg.define_asset_job(
    "train",
    selection=dg.AssetSelection.assets(churn_model).downstream(),
    config=dg.RunConfig(ops={"churn_model": {"ops": {"fit": {"config": {"epochs": 10}}}}}),
)

defs = dg.Definitions(assets=[customer_features, churn_model, model_card], jobs=[train_job])


def check() -> None:
    result = dg.materialize(
        [customer_features, churn_model, model_card],
        run_config=dg.RunConfig(ops={"churn_model": {"ops": {"fit": {"config": {"learning_rate": 0.1}}}}}),
    )
    assert result.success
    model = result.output_for_node("churn_model")
    assert model["steps"] == 24
    assert model["accuracy"] == 1.0
    assert model["features"] == ["age", "visits"]
    assert result.output_for_node("churn_model.split", "test") == result.asset_value("customer_features")[::4]
    assert [event.step_key for event in result.all_node_events if event.is_step_restarted] == [
        "churn_model.fit"
    ]
    [card] = result.asset_materializations_for_node("model_card")
    assert card.metadata["accuracy"] == dg.MetadataValue.float(1.0)

    instance = dg.DagsterInstance.ephemeral()
    assert dg.materialize([customer_features], instance=instance).success
    result = defs.resolve_job_def("train").execute_in_process(instance=instance)
    assert result.asset_value("churn_model")["steps"] == 80
    assert instance.get_latest_materialization_event(dg.AssetKey("model_card")) is not None

    assert evaluate({"share": 0.9}, [{"churned": True}])["accuracy"] == 1.0
