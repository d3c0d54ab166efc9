"""What the detail pane says of the checks of an asset: a line each, and what one that did not pass says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from dagx_engine.views import AssetState, CheckOutcome, CheckView
from dagx_tui.lines import Line
from dagx_tui.looks import Looks
from dagx_tui.safe import clean
from dagx_tui.words import cut, wrap

__all__ = ["check_lines"]

_SIGNS = {
    CheckOutcome.PASSED: ("✔", "+"),
    CheckOutcome.WARNED: ("!", "!"),
    CheckOutcome.FAILED: ("✖", "X"),
    CheckOutcome.NO_RESULT: ("?", "?"),
    CheckOutcome.NEVER: ("◌", "."),
}
_ABOUT = 300


def check_lines(checks: Sequence[CheckView], width: int, looks: Looks) -> list[Line]:
    """The lines, with an empty one below; none for an asset without checks."""
    lines: list[Line] = []
    for check in checks:
        lines += _one(check, width, looks)
    return [*lines, ()] if lines else []


def _one(check: CheckView, width: int, looks: Looks) -> list[Line]:
    holds_back = check.blocking and check.outcome is CheckOutcome.FAILED
    broken = check.state is AssetState.FAILED and not holds_back
    outcome = CheckOutcome.FAILED if broken else check.outcome
    style = {
        CheckOutcome.PASSED: looks.good,
        CheckOutcome.FAILED: looks.bad,
        CheckOutcome.NEVER: looks.muted,
    }.get(outcome, looks.warning)
    words = ["could not run" if broken else check.outcome.value]
    words += ["holds back what needs it"] if holds_back else ["blocking"] if check.blocking else []
    if check.state in (AssetState.STALE, AssetState.UPSTREAM_STALE, AssetState.RUNNING, AssetState.QUEUED):
        words.append(check.state.value)
    glyph, plain = _SIGNS[outcome]
    head = cut(f"check {clean(check.name)} · {' · '.join(words)}", max(1, width - 2))
    lines: list[Line] = [[(f"{looks.pick(glyph, plain)} ", style), (head, style)]]
    said = check.error if broken else check.last.description if check.last is not None else ""
    if said and outcome is not CheckOutcome.PASSED:
        lines += [[("  " + text, looks.muted)] for text in wrap(cut(clean(said), _ABOUT), max(1, width - 2))]
    return lines
