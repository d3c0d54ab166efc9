"""Makes views of checks: what they found, and whether that still holds. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagx_engine.io.rows import Evaluation
from dagx_engine.pure.definitions import CheckDef
from dagx_engine.views import (
    AssetState,
    CheckOutcome,
    CheckResultView,
    CheckView,
    MetadataRow,
    ReasonView,
)

__all__ = ["check_result", "check_view", "metadata_rows"]


def check_view(
    check: CheckDef,
    state: AssetState,
    why: tuple[ReasonView, ...],
    stored: Sequence[Evaluation],
    error: str | None,
) -> CheckView:
    """A check as people see it now; `stored` are its results, the current one first."""
    return CheckView(
        asset=check.key.asset,
        name=check.key.name,
        state=state,
        reasons=why,
        step=check.step,
        source=str(check.place),
        description=check.description,
        blocking=check.blocking,
        last=check_result(stored[0]) if stored else None,
        error=error if state is AssetState.FAILED else None,
    )


def check_result(item: Evaluation) -> CheckResultView:
    """One result as it is stored."""
    return CheckResultView(
        asset=item.asset,
        name=item.name,
        outcome=_outcome(item),
        blocking=item.blocking,
        description=item.description,
        run_id=item.run,
        made_at=item.made_at,
        metadata=metadata_rows(item.metadata),
    )


def metadata_rows(metadata: Mapping[str, object]) -> tuple[MetadataRow, ...]:
    """Metadata as rows of a label, a type and a value."""
    return tuple(MetadataRow(label, *_typed(value)) for label, value in metadata.items())


def _outcome(item: Evaluation) -> CheckOutcome:
    if item.passed is None:
        return CheckOutcome.NO_RESULT
    if item.passed:
        return CheckOutcome.PASSED
    return CheckOutcome.WARNED if item.severity == "WARN" else CheckOutcome.FAILED


def _typed(value: Any) -> tuple[str, object]:
    if isinstance(value, Mapping) and "type" in value:
        return str(value["type"]), value.get("value")
    return "json", value
