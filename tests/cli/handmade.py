"""Views made by hand, with only what a test is about."""

from __future__ import annotations

from typing import Any

from dagx_engine.views import (
    AssetState,
    AssetView,
    LineageView,
    MaterializationView,
    PlannedStep,
    PlanView,
    ReasonView,
    RunStatus,
    RunView,
    StatusView,
    StepState,
    StepView,
)

NOW = 1_770_000_000.0


def because(text: str) -> tuple[ReasonView, ...]:
    return (ReasonView("code:assets:x", text),)


def asset(key: str, state: AssetState = AssetState.FRESH, **more: Any) -> AssetView:
    given: dict[str, Any] = {
        "group": "default",
        "kinds": (),
        "description": "",
        "reasons": (),
        "upstream": (),
        "downstream": (),
        "step": key,
        "source": "assets.py:1",
    }
    return AssetView(key=key, state=state, **(given | more))


def status(*assets: AssetView, **more: Any) -> StatusView:
    return StatusView(project="demo", root="/demo", assets=assets, **more)


def planned(
    name: str, reason: str = "", *, certain: bool = True, seconds: float | None = None
) -> PlannedStep:
    return PlannedStep(name, (name,), because(reason) if reason else (), certain, seconds)


def plan(*steps: PlannedStep, total: int = 14) -> PlanView:
    return PlanView(steps=steps, selected=total, total=total)


def step(name: str, state: StepState = StepState.SUCCEEDED, **more: Any) -> StepView:
    return StepView(**({"step": name, "assets": (name,), "state": state, "seconds": 0.4} | more))


def run(*steps: StepView, status: RunStatus = RunStatus.SUCCEEDED, **more: Any) -> RunView:
    given = {"run_id": "r1", "selection": "", "cause": "you", "started_at": NOW - 60, "seconds": 3.2}
    return RunView(status=status, steps=steps, **(given | more))


def made(**more: Any) -> MaterializationView:
    given: dict[str, Any] = {
        "run_id": "r1",
        "made_at": NOW - 240,
        "seconds": 1.25,
        "data_version": "c0ffee",
        "codec": "parquet",
        "size": 12_345,
        "where": ".dagx/objects/ab/cdef",
        "metadata": (),
        "preview": "",
    }
    return MaterializationView(**(given | more))


def lineage(edges: str, **states: AssetState) -> LineageView:
    """`a>b b>c d`: edges and lonely assets."""
    pairs = tuple(tuple(word.split(">")) for word in edges.split() if ">" in word)
    keys = dict.fromkeys(key for word in edges.split() for key in word.split(">"))
    assets = tuple(asset(key, states.get(key, AssetState.FRESH)) for key in keys)
    return LineageView(assets, pairs)  # type: ignore[arg-type]
