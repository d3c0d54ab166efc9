"""What the commands say that look after what is stored."""

from __future__ import annotations

from dagx_cli.render.gc import gc_lines
from dagx_cli.render.look import Look
from dagx_engine.views.upkeep import CollectedLine, CollectedView

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
