"""What checks found, as lines: beside a step of a run, under an asset, in a summary. Knows views and a look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import age, count, listed
from dagx_cli.render.problem import problem_lines
from dagx_cli.render.table import Cell, fitted, table
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import AssetState, AssetView, CheckOutcome, CheckResultView, CheckView, RunView

__all__ = ["check_rows", "checked", "names_of_checks", "result_lines", "warning_lines", "word_of_results"]

_BAD = (CheckOutcome.FAILED, CheckOutcome.WARNED, CheckOutcome.NO_RESULT)


def word_of_results(results: Sequence[CheckResultView]) -> str:
    """The worst of them, as the word for a step that only checks."""
    found = {result.outcome for result in results}
    return next((word.value for word in (*_BAD, CheckOutcome.PASSED) if word in found), "checked")


def result_lines(results: Iterable[CheckResultView], look: Look) -> list[str]:
    """A line for each result that did not pass."""
    return [_in_words(result, look) for result in results if result.outcome in _BAD]


def warning_lines(run: RunView, look: Look) -> list[str]:
    """What did not pass and held nothing back; nothing when all passed."""
    results = [result for step in run.steps for result in step.results]
    found = [result for result in results if result.outcome in _BAD and not _holds_back(result)]
    if not found:
        return []
    names = listed([one_line(result.title) for result in found], 12)
    return problem_lines(f"{count(len(found), 'check')} did not pass: {names}", None, look, "warning")


def check_rows(checks: Sequence[CheckView], look: Look, now: float) -> list[str]:
    """The checks of an asset: what each found, when, and what it says of it."""
    rows = [_row(check, look, now) for check in checks]
    return table(rows, look, name=1)


def checked(asset: AssetView) -> str:
    """`2 checks passed`, or which did not; nothing for an asset without checks."""
    if not asset.checks:
        return ""
    bad = [check for check in asset.checks if check.outcome in _BAD]
    if bad:
        words = [f"{check.name} {check.outcome.value}" for check in bad]
        return f"{'check' if len(bad) == 1 else 'checks'}: {', '.join(words)}"
    failed = [check.name for check in asset.checks if check.state is AssetState.FAILED]
    if failed:
        return f"{'check' if len(failed) == 1 else 'checks'} could not run: {', '.join(failed)}"
    passed = sum(check.outcome is CheckOutcome.PASSED for check in asset.checks)
    return f"{count(passed, 'check')} passed" if passed else ""


def names_of_checks(asset: AssetView) -> str:
    """`checks: positive, not_empty`."""
    names = [check.name for check in asset.checks]
    return f"{'check' if len(names) == 1 else 'checks'}: {', '.join(names)}" if names else ""


def _holds_back(result: CheckResultView) -> bool:
    return result.blocking and result.outcome is CheckOutcome.FAILED


def _in_words(result: CheckResultView, look: Look) -> str:
    outcome = result.outcome.value
    said = brief(result.description, look.mark)
    words = f"{look.glyph(outcome)} check {one_line(result.title)} {outcome}"
    return fitted(
        [Cell("    "), Cell(words, SIGNS[outcome].style), Cell(f": {said}" if said else "")], look
    ).rstrip()


def _row(check: CheckView, look: Look, now: float) -> tuple[Cell, ...]:
    outcome = check.outcome.value
    holds_back = check.last is not None and _holds_back(check.last)
    broken = "" if holds_back else check.error or ""
    said = broken or (check.last.description if check.last is not None else "") or check.description
    told = (AssetState.FRESH, AssetState.MISSING, AssetState.FAILED)
    still = "" if check.state in told else check.state.value
    return (
        Cell(look.glyph("failed" if broken else outcome), SIGNS["failed" if broken else outcome].style),
        Cell(one_line(check.name), "bold"),
        Cell(
            "error" if broken and check.outcome is not CheckOutcome.FAILED else outcome, SIGNS[outcome].style
        ),
        Cell("blocking" if check.blocking else "", "dim"),
        Cell(
            ""
            if check.last is None or check.last.made_at is None
            else f"{age(now - check.last.made_at)} ago",
            "dim",
        ),
        Cell(still, "yellow"),
        Cell(brief(said, look.mark)),
    )
