"""A stand-in for `api.Dev` with the same methods: tests put events in and look at what was asked of it.

To look at the app with it, see `tui_demo`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dagx_engine.views import (
    AssetState,
    AssetView,
    BoardReplaced,
    Event,
    PlannedStep,
    PlanView,
    ReasonView,
    ShowView,
    StatusView,
    WhyView,
)

NOW = 1_780_000_000.0


def asset(
    key: str,
    state: AssetState = AssetState.FRESH,
    *,
    needs: Iterable[str] = (),
    feeds: Iterable[str] = (),
    reason: str = "",
    **more: object,
) -> AssetView:
    base = AssetView(
        key=key,
        group="default",
        kinds=(),
        description="",
        state=state,
        reasons=(ReasonView("code", reason),) if reason else (),
        upstream=tuple(needs),
        downstream=tuple(feeds),
        step=key,
        source="definitions.py:1",
    )
    return replace(base, **more)  # type: ignore[arg-type]  # a test writes the field's name


def world(text: str, *, group: str = "default", **states: AssetState) -> tuple[AssetView, ...]:
    """`a; b<-a; c<-a,b` as assets; `states` by key."""
    needs: dict[str, list[str]] = {}
    for part in text.split(";"):
        key, _, ups = part.strip().partition("<-")
        needs[key] = [up for up in ups.split(",") if up]
    feeds: dict[str, list[str]] = {key: [] for key in needs}
    for key, ups in needs.items():
        for up in ups:
            feeds.setdefault(up, []).append(key)
    return tuple(
        asset(key, states.get(key, AssetState.FRESH), needs=ups, feeds=feeds[key], group=group)
        for key, ups in needs.items()
    )


def board(assets: Iterable[AssetView], *, generation: int = 1, problem: str | None = None) -> BoardReplaced:
    return BoardReplaced(StatusView("demo", "/demo", tuple(assets), generation, problem))


def plan(*steps: str, total: int = 0, seconds: float | None = None) -> PlanView:
    return PlanView(tuple(PlannedStep(s, (s,), (), True, seconds) for s in steps), total, total or len(steps))


@dataclass
class FakeDev:
    """What was asked of it stands in `asked`, in order."""

    script: list[Event] = field(default_factory=list)
    auto: bool = True
    whys: Mapping[str, WhyView] = field(default_factory=dict)
    shows: Mapping[str, ShowView] = field(default_factory=dict)
    logs: Mapping[str, Path] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    started: int = 0
    closed: int = 0
    is_waited_for: bool = False
    """Everything was handed out, and somebody waits for more."""
    _said: threading.Condition = field(default_factory=threading.Condition)

    def put(self, *events: Event) -> None:
        with self._said:
            self.script.extend(events)
            self._said.notify_all()

    def start(self) -> None:
        self.started += 1

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        with self._said:
            self.is_waited_for = timeout is None and not self.script
            self._said.wait_for(lambda: self.script or self.closed, timeout)
            self.is_waited_for = False
            found, self.script = self.script, []
            return found

    def run(self, selection: str | None = None, *, force: bool = False) -> None:
        self.asked.append(("run", selection, force))

    def stop(self, run: str | None = None) -> None:
        self.asked.append(("stop", run))

    def set_auto(self, on: bool) -> None:
        self.asked.append(("auto", on))
        self.auto = on

    def why(self, asset: str) -> WhyView | None:
        return self.whys.get(asset)

    def show(self, asset: str) -> ShowView | None:
        return self.shows.get(asset)

    def log_path(self, asset: str) -> Path | None:
        return self.logs.get(asset)

    def close(self) -> None:
        with self._said:
            self.closed += 1
            self._said.notify_all()
