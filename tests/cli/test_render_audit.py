"""What `dagx audit` says: a line for each step, what differs, and what to do about it."""

from __future__ import annotations

from dagx_cli.render.audit import audit_lines, audited_line
from dagx_cli.render.look import Look
from dagx_engine.views import StepAudited
from dagx_engine.views.auditing import AuditedStep, AuditView, DifferingView
from dagx_engine.views.comparing import ComparedView

PLAIN = Look()
TEXT = ComparedView("text", lines=("@@ -1 +1 @@", "-one", "+two"), lines_added=1, lines_removed=1)


def test_each_step_has_a_line_as_it_ends() -> None:
    assert audited_line(StepAudited("a", ("a",), "same", 0.4), PLAIN) == "= a  same                0.4s"
    left = StepAudited("b", ("b", "c", "d", "e"), "left out", None, "it writes x.csv")
    assert audited_line(left, PLAIN, name_width=3) == (
        "⊘ b, c and 2 more  left out                  it writes x.csv"
    )


def test_a_false_hit_tells_what_differs_what_may_be_behind_it_and_the_way_out() -> None:
    differing = DifferingView("daily[x]", 3, 3, TEXT)
    step = AuditedStep(
        "daily", ("daily[x]",), "false hit", hints=("it talks to 10.0.0.1:5432",), differs=(differing,)
    )
    assert audit_lines(AuditView((step, AuditedStep("b", ("b",), "same")), 1.25, 3, 2), PLAIN) == [
        "",
        "✖ daily[x]: false hit",
        "  it comes out the same each time, but not as stored: an input was not seen",
        "  it talks to 10.0.0.1:5432",
        '  hint: declare it: inputs=["data/x.csv"], or a parameter for an asset',
        "        until then: dagx run --force daily --partition x",
        "  daily[x]  3 B",
        "    1 line removed, 1 added",
        "",
        "    @@ -1 +1 @@",
        "    -one",
        "    +two",
        "",
        "1 false hit, 1 same in 1.2s",
        "not executed: 2 not fresh, 3 passed over",
    ]


def test_what_is_not_deterministic_is_told_apart_from_what_hangs_on_the_seed() -> None:
    chance = AuditedStep("a", ("a",), "not deterministic", differs=(DifferingView("a", 5, None),))
    order = AuditedStep("b", ("b",), "hash seed")
    lines = audit_lines(AuditView((chance, order), 1.0), Look(ascii=True))
    assert "! a: not deterministic" in lines
    assert "  a  5 B -> nothing" in lines
    assert "  another PYTHONHASHSEED makes another result: the order of a set gets into it" in lines
    assert lines[-1] == "1 hash seed, 1 not deterministic in 1.0s"


def test_a_step_that_fails_shows_its_error_and_nothing_of_it_reaches_the_terminal() -> None:
    step = AuditedStep("a", ("a",), "failed", "boom", error="Traceback\n  line\nValueError: boom\x1b[2J")
    assert audit_lines(AuditView((step,), 1.0), PLAIN) == [
        "",
        "✖ a: failed",
        "  it fails when it is executed again, on the same inputs",
        "    Traceback",
        "      line",
        "    ValueError: boom",
        "",
        "1 failed in 1.0s",
    ]
