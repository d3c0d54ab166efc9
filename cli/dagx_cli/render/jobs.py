"""Jobs: what there is to be run by a name, and how the ops of one went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import count, duration, listed
from dagx_cli.render.table import Cell, fitted, table
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import JobView, OpView, StepState

__all__ = ["job_words", "jobs_in_words", "jobs_lines", "jobs_table", "op_line", "ops_tally"]

_ORDER = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED)


def jobs_lines(jobs: Sequence[JobView], look: Look) -> list[str]:
    """Each job with what it consists of and how it is described, under a heading that says how to run one."""
    if not jobs:
        return ["no jobs: a function under @dg.job, or dg.define_asset_job(...), makes one"]
    return jobs_table([job_words(job) for job in jobs], look)


def jobs_table(jobs: Sequence[Sequence[str]], look: Look) -> list[str]:
    """The same of `job_words`."""
    heading = f"{look.paint('jobs', 'bold cyan')} {look.paint('(dagx run --job NAME)', 'dim')}"
    return [heading, *table([_row(words, look) for words in jobs], look, name=0)]


def jobs_in_words(jobs: Sequence[JobView]) -> str:
    """For a project without assets: `there are no assets here, only jobs: a, b; run one by: dagx run --job a`."""
    names = [one_line(job.name) for job in jobs]
    return f"there are no assets here, only jobs: {listed(names, 12)}; run one by: dagx run --job {names[0]}"


def op_line(op: OpView, look: Look) -> str:
    """`  ✔ fetch  0.2s`, or why it failed or did not run."""
    state = op.state.value
    failed = op.state is StepState.FAILED
    tries = f"attempt {op.tries}" if op.tries > 1 else ""
    about = "; ".join(word for word in (tries, brief(op.line, look.mark)) if word)
    word = "" if op.state is StepState.SUCCEEDED else f"  {state}"
    took = f"  {duration(op.seconds)}" if op.seconds is not None else ""
    parts = [
        Cell("  "),
        Cell(look.glyph(state), SIGNS[state].style),
        Cell(f" {one_line(op.op)}"),
        Cell(word, SIGNS[state].style),
        Cell(took, "dim"),
        Cell(f"  {about}" if about else "", "red" if failed else ""),
    ]
    return fitted(parts, look).rstrip()


def ops_tally(ops: Iterable[OpView]) -> str:
    """`3 ops done, 1 failed, 1 skipped`."""
    counts = Counter(op.state for op in ops)
    said = [f"{count(counts[StepState.SUCCEEDED], 'op')} done"]
    said += [f"{counts[state]:,} {state.value}" for state in _ORDER[1:] if counts[state]]
    return ", ".join(said)


def job_words(job: JobView) -> tuple[str, str, str]:
    """Its name, of what it consists, and how it is described."""
    what = count(len(job.ops), "op") if job.ops else count(len(job.assets), "asset")
    if job.checks and not job.assets:
        what = count(len(job.checks), "check")
    partitions = f"partitioned: {job.partitions}" if job.partitions else ""
    first_line = job.description.strip().partition("\n")[0]
    return one_line(job.name), what, "; ".join(word for word in (first_line, partitions) if word)


def _row(words: Sequence[str], look: Look) -> tuple[Cell, ...]:
    name, what, about = words
    return (Cell(name, "bold"), Cell(what), Cell(brief(about, look.mark)))
