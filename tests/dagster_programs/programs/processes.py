"""Where steps run: in this process, or each in one of its own."""

import os

import dagster as dg


@dg.op
def first() -> int:
    return os.getpid()


@dg.op
def second(pid: int) -> list[int]:
    return [pid, os.getpid()]


@dg.job(executor_def=dg.in_process_executor)
def here():
    second(first())


@dg.job(executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}))
def apart():
    second(first())


@dg.job(
    executor_def=dg.multi_or_in_process_executor,
    config={"execution": {"config": {"multiprocess": {"max_concurrent": 2}}}},
)
def either():
    second(first())


@dg.asset
def pids() -> int:
    return os.getpid()


asset_job = dg.define_asset_job("asset_job", selection=[pids], executor_def=dg.in_process_executor)
defs = dg.Definitions(
    assets=[pids], jobs=[here, apart, either, asset_job], executor=dg.multi_or_in_process_executor
)


def check() -> None:
    assert here.execute_in_process().output_for_node("second") == [os.getpid()] * 2
    assert either.execute_in_process().output_for_node("second") == [os.getpid()] * 2
    assert defs.resolve_job_def("asset_job").execute_in_process().output_for_node("pids") == os.getpid()
    with dg.instance_for_test() as instance:
        with dg.execute_job(dg.reconstructable(apart), instance=instance) as result:
            assert result.success
            first_pid, second_pid = result.output_for_node("second")
        assert min(first_pid, second_pid) > 0
        run = instance.get_run_by_id(result.run_id)
        assert run.status == dg.DagsterRunStatus.SUCCESS
