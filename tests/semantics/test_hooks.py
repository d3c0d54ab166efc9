"""Section 22: hooks, which are called when a step has ended for good."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

told: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    told.clear()


@dg.success_hook
def on_success(context: dg.HookContext) -> None:
    told.append(("success", context.step_key))


@dg.failure_hook
def on_failure(context: dg.HookContext) -> None:
    told.append(("failure", context.step_key, type(context.op_exception).__name__))


@dg.op
def good() -> int:
    return 1


@dg.op(ins={"start": dg.In(dg.Nothing)})
def bad() -> None:
    raise ValueError("bad")


@dg.op
def after(x: Any) -> None: ...


def run(body: Any, **arguments: Any) -> dg.ExecuteInProcessResult:
    given = {"hooks": arguments.pop("hooks", None)}
    return dg.job(name="j", **given)(body).execute_in_process(raise_on_error=False, **arguments)


def test_each_hook_is_called_for_its_outcome() -> None:
    def body() -> None:
        bad(start=good())

    run(body, hooks={on_success, on_failure})
    assert told == [("success", "good"), ("failure", "bad", "ValueError")]


def test_a_step_that_was_skipped_or_never_ran_calls_no_hook() -> None:
    @dg.op(out=dg.Out(is_required=False))
    def silent() -> Any:
        yield from ()

    @dg.op
    def breaks() -> int:
        raise ValueError

    def body() -> None:
        after(silent())
        after.alias("never")(breaks())

    run(body, hooks={on_success, on_failure})
    assert told == [("success", "silent"), ("failure", "breaks", "ValueError")]


def test_a_hook_of_one_use_is_called_for_that_use_alone() -> None:
    def body() -> None:
        good.with_hooks({on_success})()
        good()

    run(body)
    assert told == [("success", "good")]


def test_a_hook_of_a_graph_is_called_for_all_its_ops() -> None:
    @dg.graph
    def inner() -> None:
        good()
        good()

    run(lambda: inner.with_hooks({on_success})())
    assert told == [("success", "inner.good"), ("success", "inner.good_2")]


def test_with_hooks_adds_to_those_of_the_job() -> None:
    @dg.job(hooks={on_failure})
    def j() -> None:
        good()

    more = j.with_hooks({on_success})
    assert (set(j.hook_defs), set(more.hook_defs)) == ({on_failure}, {on_failure, on_success})
    more.execute_in_process()
    assert told == [("success", "good")]


def test_a_hook_is_called_once_after_the_last_try() -> None:
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def shaky(context: dg.OpExecutionContext) -> None:
        if context.retry_number < 2:
            raise ValueError

    run(lambda: shaky(), hooks={on_success, on_failure})
    assert told == [("success", "shaky")]


def test_the_context_knows_the_step_and_what_it_made() -> None:
    seen: dict[str, Any] = {}

    @dg.success_hook(name="looks", required_resource_keys={"unit"})
    def hook(context: dg.HookContext) -> None:
        seen.update(
            op=context.op.name,
            config=context.op_config,
            values=dict(context.op_output_values),
            metadata={name: made["n"].value for name, made in context.op_output_metadata.items()},
            job=context.job_name,
            run=context.run_id,
            unit=context.resources.unit,
            hook=context.hook_def.name,
            exception=context.op_exception,
            instance=type(context.instance).__name__,
        )
        context.log.info("seen")

    @dg.op(out={"a": dg.Out(), "b": dg.Out()}, config_schema={"rows": int})
    def made(context: dg.OpExecutionContext) -> Any:
        yield dg.Output(1, "a", metadata={"n": 10})
        yield dg.Output(2, "b", metadata={"n": 20})

    result = run(
        lambda: made.alias("use")(),
        hooks={hook},
        resources={"unit": "m", "unused": 1},
        run_config={"ops": {"use": {"config": {"rows": 3}}}},
    )
    assert seen == {
        "op": "made",
        "config": {"rows": 3},
        "values": {"a": 1, "b": 2},
        "metadata": {"a": 10, "b": 20},
        "job": "j",
        "run": result.run_id,
        "unit": "m",
        "hook": "looks",
        "exception": None,
        "instance": "DagsterInstance",
    }


def test_a_hook_that_raises_is_recorded_and_does_not_touch_the_run() -> None:
    @dg.success_hook
    def breaks(context: dg.HookContext) -> None:
        raise RuntimeError("hook")

    result = run(lambda: good(), hooks={breaks, on_success})
    assert result.success
    assert told == [("success", "good")]
    kinds = [event.event_type for event in result.events_for_node("good")]
    assert dg.DagsterEventType.HOOK_ERRORED in kinds
    assert dg.DagsterEventType.HOOK_COMPLETED in kinds


def test_a_resource_that_a_hook_requires_must_be_there() -> None:
    @dg.success_hook(required_resource_keys={"mail"})
    def mails(context: dg.HookContext) -> None: ...

    with pytest.raises(dg.InvalidDefinitionError, match='"mail"'):
        run(lambda: good(), hooks={mails})


def test_hooks_of_assets_are_called() -> None:
    @dg.asset(hooks={on_success, on_failure})
    def a() -> int:
        return 1

    @dg.asset(hooks={on_failure})
    def b() -> None:
        raise ValueError

    dg.materialize([a, b], raise_on_error=False)
    assert sorted(told) == [("failure", "b", "ValueError"), ("success", "a")]


def test_a_hook_may_look_at_the_events_itself() -> None:
    def look(context: dg.HookContext, events: Any) -> dg.HookExecutionResult:
        told.append([event.event_type_value for event in events if event.step_key == context.step_key][-1])
        return dg.HookExecutionResult("looks", is_skipped=True)

    hook = dg.HookDefinition(name="looks", hook_fn=look)
    result = run(lambda: good(), hooks={hook})
    assert told == ["STEP_SUCCESS"]
    assert result.events_for_node("good")[-1].event_type is dg.DagsterEventType.HOOK_SKIPPED


# Making and calling them


def test_a_hook_is_named_after_its_function_or_as_given() -> None:
    assert on_success.name == "on_success"
    assert dg.failure_hook(name="other")(lambda context: None).name == "other"
    with pytest.raises(dg.InvalidDefinitionError):
        dg.success_hook(name="a b")(lambda context: None)


def test_a_hook_takes_one_parameter() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="the HookContext"):
        dg.success_hook(name="h")(lambda: None)  # type: ignore[arg-type,misc]
    with pytest.raises(dg.InvalidDefinitionError, match="the HookContext"):
        dg.success_hook(name="h")(lambda context, events: None)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize("hooks", [on_success, [print], "on_success"])
def test_hooks_is_a_set_of_hooks(hooks: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.job(name="j", hooks=hooks)(lambda: good())


def test_a_hook_is_called_directly_with_a_context_made_by_hand() -> None:
    @dg.failure_hook(required_resource_keys={"mail"})
    def mails(context: dg.HookContext) -> str:
        return f"{context.op.name}: {context.op_exception} to {context.resources.mail}"

    context = dg.build_hook_context(
        resources={"mail": "me"}, op=good, op_exception=ValueError("bad"), run_id="r", job_name="j"
    )
    assert mails(context) == "good: bad to me"
    assert mails(context=context) == "good: bad to me"
    assert (context.run_id, context.job_name, context.step_key) == ("r", "j", "good")


def test_what_a_context_made_by_hand_was_not_given_is_not_there() -> None:
    context = dg.build_hook_context()
    assert context.run_id == "EPHEMERAL"
    for attribute in ("op", "instance", "hook_def"):
        with pytest.raises(dg.InvalidInvocationError, match=attribute):
            getattr(context, attribute)


@pytest.mark.parametrize("arguments", [(), (1,), (dg.build_hook_context(), 2)])
def test_a_hook_is_called_with_nothing_but_a_context(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(dg.InvalidInvocationError, match="build_hook_context"):
        on_success(*arguments)
