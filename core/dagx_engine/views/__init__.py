"""What front ends are shown: frozen values, ready to print or to turn into JSON.

Knows no store, process or project; the engine makes these values and the front ends only read them.
"""

from __future__ import annotations

from dagx_engine.views.answers import (
    CauseView,
    DoctorLine,
    DoctorView,
    LineageView,
    LogsView,
    MaterializationView,
    ShowView,
    WhyView,
)
from dagx_engine.views.as_json import (
    to_json,
)
from dagx_engine.views.assets import (
    AssetState,
    AssetView,
    AutomationView,
    CheckOutcome,
    CheckResultView,
    CheckView,
    CodeChange,
    JobView,
    MetadataRow,
    PartitionsView,
    ReasonView,
    StatusView,
)
from dagx_engine.views.news import (
    AssetsChanged,
    BoardReplaced,
    EngineEnded,
    Event,
    Loaded,
    LoadFailed,
    Notice,
    OpEnded,
    RunEnded,
    RunStarted,
    Saved,
    StepEnded,
    StepLog,
    StepStarted,
)
from dagx_engine.views.runs import (
    OpView,
    PlannedStep,
    PlanView,
    RunStatus,
    RunView,
    StepState,
    StepView,
)

__all__ = [
    "AssetState",
    "AssetView",
    "AssetsChanged",
    "AutomationView",
    "BoardReplaced",
    "CauseView",
    "CheckOutcome",
    "CheckResultView",
    "CheckView",
    "CodeChange",
    "DoctorLine",
    "DoctorView",
    "EngineEnded",
    "Event",
    "JobView",
    "LineageView",
    "LoadFailed",
    "Loaded",
    "LogsView",
    "MaterializationView",
    "MetadataRow",
    "Notice",
    "OpEnded",
    "OpView",
    "PartitionsView",
    "PlanView",
    "PlannedStep",
    "ReasonView",
    "RunEnded",
    "RunStarted",
    "RunStatus",
    "RunView",
    "Saved",
    "ShowView",
    "StatusView",
    "StepEnded",
    "StepLog",
    "StepStarted",
    "StepState",
    "StepView",
    "WhyView",
    "to_json",
]
