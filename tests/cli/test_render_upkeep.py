"""What the commands say that look after what is stored."""

from __future__ import annotations

from dataclasses import replace

from dagx_cli.render.accept import accept_lines, offer_lines
from dagx_cli.render.gc import gc_lines
from dagx_cli.render.look import Look
from dagx_engine.views import ReasonView
from dagx_engine.views.upkeep import AcceptedAsset, AcceptView, CollectedLine, CollectedView

PLAIN = Look()


def collected(*lines: CollectedLine, dry_run: bool = False, damaged: tuple[str, ...] = ()) -> CollectedView:
    return CollectedView(dry_run, lines, 3, 4_500_000, 10**10, damaged)


def test_gc_says_what_went_how_much_and_what_stays() -> None:
    lines = gc_lines(
        collected(CollectedLine("results", 1200, 2_000_000, "too many"), CollectedLine("runs", 2, 0, "old")),
        PLAIN,
    )
    assert lines == [
        "  1,200  results  2.0 MB  too many",
        "  2      runs             old",
        "",
        "2.0 MB became free",
        "kept: 3 objects, 4.5 MB (cache_size is 10.0 GB)",
    ]


def test_a_dry_run_says_what_would_go() -> None:
    lines = gc_lines(collected(CollectedLine("results", 1, 5, "old"), dry_run=True), PLAIN)
    assert lines[-2:] == [
        "5 B would become free",
        "would stay: 3 objects, 4.5 MB (cache_size is 10.0 GB)",
    ]


def test_where_nothing_goes_that_is_said_and_damage_comes_first() -> None:
    assert gc_lines(collected(), PLAIN)[0] == "there is nothing to take away"
    assert gc_lines(collected(damaged=("a\x1b[2J",)), PLAIN)[0] == "the stored bytes of a are damaged"


ACCEPTED = AcceptView(
    (
        AcceptedAsset("a", (ReasonView("code:m:f", "code of f changed (m.py:3)"),)),
        AcceptedAsset("p", (ReasonView("python", "python 3.11 → 3.12"),), 1044),
    ),
    ("b: it was never made",),
    done=True,
)


def test_accept_tells_each_asset_what_is_accepted_of_it_and_what_is_not() -> None:
    lines = [
        "  a",
        "    code of f changed (m.py:3)",
        "  p  1,044 partitions",
        "    python 3.11 → 3.12",
        "not accepted:",
        "  b: it was never made",
    ]
    assert offer_lines(ACCEPTED, PLAIN) == lines
    assert accept_lines(ACCEPTED, PLAIN) == ["accepted; it counts as fresh:", *lines]


def test_taking_back_and_doing_nothing_are_told_as_such() -> None:
    assert accept_lines(replace(ACCEPTED, undo=True), PLAIN)[0] == "taken back, so it counts again:"
    assert accept_lines(replace(ACCEPTED, done=False), PLAIN) == ["nothing was accepted"]
    assert accept_lines(replace(ACCEPTED, done=False, undo=True), PLAIN) == ["nothing was taken back"]
