"""Live news, from `api.run` and from `api.Dev`."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.assets import AssetView, ReasonView, StatusView
from dagx_engine.views.runs import OpView, PlanView, RunView, StepView

__all__ = [
    "AssetsChanged",
    "BoardReplaced",
    "EngineEnded",
    "Event",
    "LoadFailed",
    "Loaded",
    "Notice",
    "OpEnded",
    "RunEnded",
    "RunStarted",
    "Saved",
    "StepAudited",
    "StepEnded",
    "StepLog",
    "StepStarted",
]


@dataclass(frozen=True)
class BoardReplaced:
    """A new generation, or the first one: everything may differ."""

    status: StatusView


@dataclass(frozen=True)
class AssetsChanged:
    """These assets look different now; all others stay."""

    assets: tuple[AssetView, ...]


@dataclass(frozen=True)
class Saved:
    """Files of the project changed on disk; `paths` are relative to it."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    generation: int
    assets: int
    seconds: float
    first: bool


@dataclass(frozen=True)
class LoadFailed:
    """The project does not load; the last good generation stays in force."""

    problem: str


@dataclass(frozen=True)
class RunStarted:
    run_id: str
    cause: str
    plan: PlanView


@dataclass(frozen=True)
class StepStarted:
    run_id: str
    step: str
    reasons: tuple[ReasonView, ...]
    attempt: int
    log_path: str


@dataclass(frozen=True)
class StepLog:
    """Text that a step wrote; the whole of it is in its log file."""

    run_id: str
    step: str
    text: str


@dataclass(frozen=True)
class OpEnded:
    """One op of a job ended, or will not run."""

    run_id: str
    step: str
    op: OpView


@dataclass(frozen=True)
class StepEnded:
    run_id: str
    step: StepView


@dataclass(frozen=True)
class StepAudited:
    """A step was executed again for an audit, and that came out so; or it was left out."""

    step: str
    assets: tuple[str, ...]
    outcome: str
    seconds: float | None = None
    text: str = ""


@dataclass(frozen=True)
class RunEnded:
    run: RunView


@dataclass(frozen=True)
class Notice:
    """Something a person should know: `level` is `info`, `warning` or `error`."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class EngineEnded:
    """The last event: the engine of `dagx dev` is gone. `problem` says why, unless it was asked to end."""

    problem: str | None = None


Event = (
    BoardReplaced
    | AssetsChanged
    | Saved
    | Loaded
    | LoadFailed
    | RunStarted
    | StepStarted
    | StepLog
    | OpEnded
    | StepEnded
    | StepAudited
    | RunEnded
    | Notice
    | EngineEnded
)
