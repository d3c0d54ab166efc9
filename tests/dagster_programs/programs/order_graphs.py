"""Graphs: parts of a job with a name, inputs and outputs, used twice, made into assets."""

import dagster as dg


@dg.op
def one() -> int:
    return 1


@dg.op(config_schema={"amount": int})
def add(context, number: int) -> int:
    return number + context.op_config["amount"]


@dg.op(
    ins={"left": dg.In(int), "right": dg.In(int, default_value=100)},
    out={"sum": dg.Out(int), "even": dg.Out(is_required=False)},
)
def combine(left, right):
    yield dg.Output(left + right, "sum")
    if (left + right) % 2 == 0:
        yield dg.Output(left + right, "even")


@dg.op(ins={"after": dg.In(dg.Nothing)})
def clean_up():
    done.append("clean")


@dg.op
def report(even: int) -> None:
    done.append(f"even {even}")


done: list[str] = []


@dg.graph(
    ins={"number": dg.GraphIn(description="where it starts")},
    out={"sum": dg.GraphOut(), "even": dg.GraphOut(description="the sum if it is even")},
)
def add_and_combine(number):
    total, even = combine(left=add(number), right=add.alias("add_again")(number))
    return {"sum": total, "even": even}


@dg.job(
    config={
        "ops": {
            "add_and_combine": {
                "ops": {"add": {"config": {"amount": 2}}, "add_again": {"config": {"amount": 3}}}
            }
        }
    }
)
def arithmetic():
    total, even = add_and_combine(one())
    report(even)
    clean_up(after=total)


@dg.graph
def plain():
    combine(one(), right=one())


@dg.op
def base_times_two(number: int) -> int:
    return number * 2


@dg.graph_multi_asset(
    outs={"low": dg.AssetOut(key=["prices", "low"]), "high": dg.AssetOut(description="twice the base")},
    config={"add": {"config": {"amount": 10}}},
)
def price_range(base):
    return {"low": add(base), "high": base_times_two(base)}


@dg.asset
def base() -> int:
    return 7


plain_job: dg.JobDefinition = plain.to_job(name="plain_job", tags={"kind": "graph"})
defs = dg.Definitions(assets=[base, price_range], jobs=[arithmetic, plain_job])


def check() -> None:
    assert isinstance(add_and_combine, dg.GraphDefinition)
    result = arithmetic.execute_in_process()
    assert result.output_for_node("add_and_combine", "sum") == 7
    assert result.output_for_node("add_and_combine.add_again") == 4
    assert done == ["clean"], "the sum is not even, so there is no report"
    odd = {
        "ops": {
            "add_and_combine": {
                "ops": {"add": {"config": {"amount": 2}}, "add_again": {"config": {"amount": 2}}}
            }
        }
    }
    assert arithmetic.execute_in_process(run_config=odd).success
    assert sorted(done[1:]) == ["clean", "even 6"]
    assert plain.execute_in_process().output_for_node("combine", "even") == 2
    result = plain_job.execute_in_process(op_selection=["one"])
    assert [event.step_key for event in result.get_step_success_events()] == ["one"]

    result = dg.materialize([base, price_range])
    assert result.asset_value(dg.AssetKey(["prices", "low"])) == 17
    assert result.asset_value("high") == 14
    assert dg.AssetKey("high") in price_range.keys
    assert dg.validate_run_config(plain_job, {}) is not None
