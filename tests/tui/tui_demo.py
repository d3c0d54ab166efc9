"""A small world that lives, to look at the app without an engine: `python tests/tui/tui_demo.py [MANY]`.

A run on `R`, after it a broken save. With a number: that many assets, and 100 changes a tenth of a second.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from dataclasses import replace

from tui_fake import FakeDev, asset, board

from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    AssetView,
    CauseView,
    CodeChange,
    Event,
    Loaded,
    LoadFailed,
    MaterializationView,
    MetadataRow,
    PlannedStep,
    PlanView,
    ReasonView,
    RunEnded,
    RunStarted,
    RunStatus,
    RunView,
    Saved,
    ShowView,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    StepView,
    WhyView,
)
from dagx_tui.run import run_app

S = AssetState


def shop() -> list[AssetView]:
    """A shop's warehouse: three groups, every state."""
    now = time.time()
    facts = {
        "raw_orders": ("raw", S.FRESH, (), "", 12, 1.1, 12_044),
        "raw_items": ("raw", S.FRESH, (), "", 240, 2.0, 80_210),
        "raw_users": ("raw", S.FRESH, (), "", 7200, 0.3, 4_410),
        "exchange_rates": ("raw", S.EXTERNAL, (), "", None, None, None),
        "stg_orders": ("staging", S.FRESH, ("raw_orders",), "", 12, 5.2, 12_044),
        "stg_items": (
            "staging",
            S.STALE,
            ("raw_items",),
            "code changed: stg_items (staging.py:12)",
            240,
            6.0,
            80_210,
        ),
        "stg_users": ("staging", S.FRESH, ("raw_users",), "", 7200, 0.041, 4_410),
        "orders_with_items": (
            "staging",
            S.UPSTREAM_STALE,
            ("stg_orders", "stg_items"),
            "stg_items will run",
            240,
            3.9,
            80_100,
        ),
        "fct_sales": (
            "marts",
            S.UPSTREAM_STALE,
            ("orders_with_items", "exchange_rates"),
            "stg_items will run",
            86400,
            38.0,
            1_204_331,
        ),
        "sales_by_day": ("marts", S.UPSTREAM_STALE, ("fct_sales",), "stg_items will run", 86400, 13.0, 365),
        "sales_by_country_and_product_category": (
            "marts",
            S.MISSING,
            ("fct_sales",),
            "never made",
            None,
            None,
            None,
        ),
        "dim_user": ("marts", S.FAILED, ("stg_users",), "its last run failed", 7200, 0.9, 4_410),
        "user_lifetime_value": (
            "marts",
            S.BLOCKED,
            ("dim_user", "fct_sales"),
            "waits for dim_user",
            7200,
            25.0,
            4_410,
        ),
        "report": (
            "marts",
            S.BLOCKED,
            ("sales_by_day", "user_lifetime_value"),
            "waits for dim_user",
            86400,
            0.2,
            None,
        ),
    }
    feeds = {key: tuple(d for d, f in facts.items() if key in f[2]) for key in facts}
    return [
        asset(
            key,
            state,
            needs=ups,
            feeds=feeds[key],
            reason=reason,
            group=group,
            made_at=None if ago is None else now - ago,
            seconds=seconds,
            rows=rows,
            size=None if rows is None else rows * 37,
            kinds=("python", "parquet"),
            owners=("team:data",),
            description=f"What the shop knows of {key.replace('_', ' ')}, one row for each, cleaned of test accounts.",
            source=f"{group}.py:{10 + 7 * place}",
            run_id="8f3a11c2" if ago else None,
            data_version="5d41402abc4b2a76",
            error="KeyError: 'plan' (models/user.py:31)" if state is S.FAILED else None,
        )
        for place, (key, (group, state, ups, reason, ago, seconds, rows)) in enumerate(facts.items())
    ]


class Demo(FakeDev):
    """Plays runs in a thread of its own."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.many = many
        self.assets = {a.key: a for a in (shop() if not many else crowd(many))}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, *events: Event) -> None:
        with self._lock:
            super().put(*events)

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        with self._lock:
            return super().events(timeout)

    def run(self, selection: str | None = None, *, force: bool = False) -> None:
        self._wanted.set()

    def stop(self, run: str | None = None) -> None:
        self._stopped.set()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(1)

    def show(self, asset: str) -> ShowView | None:
        found = self.assets.get(asset)
        if found is None or found.made_at is None:
            return None
        made = MaterializationView(
            "8f3a11c2", found.made_at, found.seconds, "5d41", "parquet", 445_000, ".dagx/objects/5d/41402a",
            (MetadataRow("rows", "int", found.rows), MetadataRow("null share", "float", 0.031)),
            "shape: (12_044, 3)\n order_id  user  total\n        1    17  12.30\n        2     4   9.99",
        )  # fmt: skip
        return ShowView(found, made, (made,), ())

    def why(self, asset: str) -> WhyView | None:
        time.sleep(0.2)
        found = self.assets[asset]
        root = ReasonView(
            "code:staging:stg_items",
            "code of stg_items changed (staging.py:12)",
            code=CodeChange("staging.py:12", "", "", ("- TAX = 0.19", "+ TAX = 0.07")),
        )
        chain = (
            CauseView("orders_with_items", 1, asset, S.UPSTREAM_STALE, (), root=False),
            CauseView("stg_items", 2, "orders_with_items", S.STALE, (root,), root=True),
        )
        return WhyView(
            found, f"{found.state.value}: 1 of its 6 parts changed", found.reasons, chain,
            (("code:marts:fct_sales", "marts.py:48"), ("package:polars", "1.9.0"), ("input:orders", "5d41402a")),
        )  # fmt: skip

    def _change(self, key: str, **facts: object) -> None:
        self.assets[key] = replace(self.assets[key], **facts)  # type: ignore[arg-type]  # a field's name
        self.put(AssetsChanged((self.assets[key],)))

    def _live(self) -> None:
        time.sleep(0.1)
        self.put(board(self.assets.values(), generation=3))
        if self.many:
            self._churn()
        while not self._ended.is_set():
            if self._wanted.wait(0.1):
                self._wanted.clear()
                self._run()
                self._break()

    def _churn(self) -> None:
        rng = random.Random(1)
        states = [S.FRESH, S.STALE, S.QUEUED, S.FAILED]
        while not self._ended.wait(0.1):
            for key in rng.choices(list(self.assets), k=100):
                self._change(key, state=rng.choice(states))

    def _run(self) -> None:
        todo = ["stg_items", "orders_with_items", "fct_sales", "sales_by_day", "dim_user"]
        steps = tuple(PlannedStep(k, (k,), (), True, 4.0) for k in todo)
        self.put(RunStarted("c0ffee12", "you", PlanView(steps, 14, 14)))
        for key in todo:
            self._change(key, state=S.QUEUED)
        views: list[StepView] = []
        begun = time.time()
        for key in todo:
            if self._stopped.is_set():
                break
            self._change(key, state=S.RUNNING)
            self.put(StepStarted("c0ffee12", key, (), 1, "log"))
            for number in range(40):
                level = "\x1b[33mWARN\x1b[0m " if number % 13 == 7 else "INFO  "
                self.put(
                    StepLog("c0ffee12", key, f"14:02:{number:02} {level} {key}: part {number} of 40 joined\n")
                )
                if self._stopped.wait(0.1) or self._ended.is_set():
                    break
            bad = key == "dim_user"
            state = StepState.FAILED if bad else StepState.SUCCEEDED
            views.append(StepView(key, (key,), state, seconds=4.0, error="KeyError: 'plan'" if bad else None))
            self.put(StepEnded("c0ffee12", views[-1]))
            if bad:
                self._change(key, state=S.FAILED, error="KeyError: 'plan' (models/user.py:31)")
            else:
                self._change(key, state=S.FRESH, made_at=time.time(), seconds=4.0, reasons=())
        status = RunStatus.CANCELLED if self._stopped.is_set() else RunStatus.FAILED
        self._stopped.clear()
        self.put(RunEnded(RunView("c0ffee12", status, "", "you", begun, time.time() - begun, tuple(views))))

    def _break(self) -> None:
        self._ended.wait(4)
        self.put(
            Saved(("staging.py",)),
            LoadFailed(
                "staging.py:31: SyntaxError: expected ':'\n\n    def stg_items(raw)\n                      ^"
            ),
        )
        self._ended.wait(6)
        self.put(
            Saved(("staging.py",)), board(self.assets.values(), generation=4), Loaded(4, 14, 0.022, False)
        )


def crowd(many: int) -> list[AssetView]:
    now = time.time()
    return [
        asset(f"asset_{i:05}", group=f"group_{i // 50:03}", made_at=now - i, seconds=i % 60, step=f"asset_{i:05}",
              needs=[f"asset_{i - 1:05}"] if i % 50 else (), rows=i)
        for i in range(many)
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(run_app(Demo(int(sys.argv[1]) if len(sys.argv) > 1 else 0)))
