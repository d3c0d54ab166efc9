"""What runs cost: time, processor, memory, and which of their steps took most of it. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from dagx_engine.views import AssetState, RunStatus, RunView, StepState, StepView
from dagx_tui.lines import Line, fill
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.running import Running
from dagx_tui.safe import clean
from dagx_tui.said import counted
from dagx_tui.words import count, cut, cut_middle, pad, running_for, shell, short_run, size, took, wrap

__all__ = ["Spent", "in_words", "spent", "spent_lines"]

_SLOWEST = 5
_EXECUTED = (StepState.SUCCEEDED, StepState.UNCHANGED, StepState.FAILED)


@dataclass(frozen=True)
class Spent:
    """What a run cost that has ended, small enough to be kept."""

    run_id: str
    cause: str
    status: RunStatus
    began_at: float
    seconds: float | None
    what: str
    """`3 made, 1 failed`."""
    cpu: float | None
    memory: int | None
    """The most that any of its steps had at once."""
    moved: tuple[int | None, int | None]
    """Bytes read and written."""
    slowest: tuple[StepView, ...]


def spent(run: RunView) -> Spent:
    executed = [step for step in run.steps if step.state in _EXECUTED and step.seconds is not None]
    costs = [step.cost for step in executed if step.cost is not None]
    return Spent(
        run.run_id,
        run.cause,
        run.status,
        run.started_at,
        run.seconds,
        counted(run),
        _sum(cost.cpu_seconds for cost in costs),
        max((cost.memory_bytes for cost in costs if cost.memory_bytes is not None), default=None),
        (_total(cost.read_bytes for cost in costs), _total(cost.written_bytes for cost in costs)),
        tuple(sorted(executed, key=lambda step: -(step.seconds or 0.0))[:_SLOWEST]),
    )


def _sum(found: Iterable[float | None]) -> float | None:
    known = [each for each in found if each is not None]
    return sum(known) if known else None


def _total(found: Iterable[int | None]) -> int | None:
    known = [each for each in found if each is not None]
    return sum(known) if known else None


def in_words(
    cpu: float | None, memory: int | None, moved: tuple[int | None, int | None] = (None, None)
) -> str:
    """`cpu 2.1s · memory 512 MB · read 1.2 GB · wrote 20 MB`, as far as it is known."""
    said = [
        "" if cpu is None else f"cpu {took(cpu)}",
        "" if memory is None else f"memory {size(memory)}",
        "" if moved[0] is None else f"read {size(moved[0])}",
        "" if moved[1] is None else f"wrote {size(moved[1])}",
    ]
    return " · ".join(filter(None, said))


def spent_lines(
    active: Sequence[Running], ended: Sequence[Spent], now: float, width: int, looks: Looks
) -> list[Line]:
    """The runs of this session, those under way first, then the newest; each with its slowest steps."""
    lines: list[Line] = []
    for run in active:
        left: Line = [
            (looks.glyph(AssetState.RUNNING) + " ", looks.accent),
            *_title(run.run_id, run.cause, looks),
        ]
        how_far = (
            f"{min(run.done, run.total):,} of {count(run.total, 'step')} · {running_for(now - run.began)}"
        )
        lines += [fill(left, [(how_far, looks.accent)], width, (" ", PLAIN)), ()]
    for each in reversed(ended):
        lines += [*_of_run(each, width, looks), ()]
    if not lines:
        lines += [[("no run has ended since dagx dev was started", looks.muted)], ()]
    return [
        *lines,
        [(f"$ {shell('runs')} · {shell('stats')}", looks.muted), (" tell of earlier ones", looks.muted)],
    ]


def _title(run_id: str, cause: str, looks: Looks) -> Line:
    return [(short_run(run_id), looks.strong), (f"  {cut(clean(cause), 40)}", PLAIN)]


def _of_run(run: Spent, width: int, looks: Looks) -> list[Line]:
    glyph, style = {
        RunStatus.SUCCEEDED: (looks.pick("✔", "+"), looks.good),
        RunStatus.CANCELLED: (looks.pick("⊗", "c"), looks.warning),
    }.get(run.status, (looks.pick("✖", "X"), looks.bad))
    left: Line = [(glyph + " ", style), *_title(run.run_id, run.cause, looks)]
    when = time.strftime("%H:%M:%S", time.localtime(run.began_at))
    lines: list[Line] = [fill(left, [(when, looks.muted)], width, (" ", PLAIN))]
    in_time = "" if run.seconds is None else f" in {took(run.seconds)}"
    words = " · ".join(filter(None, [run.what + in_time, in_words(run.cpu, run.memory, run.moved)]))
    lines += [[("  " + text, PLAIN)] for text in wrap(words, max(1, width - 2))]
    longest = min(max(1, width // 2), max((cell_len(_name(step)) for step in run.slowest), default=0))
    for step in run.slowest if len(run.slowest) > 1 else ():
        cost = in_words(step.cost.cpu_seconds, step.cost.memory_bytes) if step.cost is not None else ""
        name = pad(cut_middle(_name(step), longest), longest)
        about = f"  {pad(took(step.seconds or 0.0), 6, right=True)}  {cost}"
        lines.append([("    " + name, PLAIN), (cut(about, max(0, width - 4 - longest)), looks.muted)])
    return lines


def _name(step: StepView) -> str:
    return clean(next(iter((*step.assets, *step.checks)), step.step))
