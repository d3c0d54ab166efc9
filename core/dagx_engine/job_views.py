"""Makes views of jobs, and of how their ops went."""

from __future__ import annotations

from dagx_engine.io.rows import NewOp
from dagx_engine.pure.definitions import JobDef
from dagx_engine.views import JobView, OpView, StepState

__all__ = ["job_view", "op_view"]


def job_view(job: JobDef) -> JobView:
    """What can be run by a name."""
    return JobView(
        job.name,
        job.assets,
        tuple(map(str, job.checks)),
        job.ops,
        job.description,
        str(job.place),
        job.partitions,
    )


def op_view(op: NewOp) -> OpView:
    """How one op of a job went."""
    return OpView(op.op, StepState(op.state), op.seconds, op.line, op.tries)
