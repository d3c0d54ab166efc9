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
    AcceptedView,
    AssetState,
    AssetView,
    AutomationView,
    CheckOutcome,
    CheckResultView,
    CheckView,
    CodeChange,
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
    RunEnded,
    RunStarted,
    Saved,
    StepEnded,
    StepLog,
    StepStarted,
)
from dagx_engine.views.runs import (
    PlannedStep,
    PlanView,
    RunStatus,
    RunView,
    StepState,
    StepView,
)

__all__ = [
    "AcceptedView",
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
    "LineageView",
    "LoadFailed",
    "Loaded",
    "LogsView",
    "MaterializationView",
    "MetadataRow",
    "Notice",
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
