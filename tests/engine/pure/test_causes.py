"""From an asset that is not fresh up to what started it."""

from __future__ import annotations

from dagx_engine.pure.causes import causes_of

GRAPH = {
    "report": ["stats", "chart"],
    "stats": ["clean"],
    "chart": ["clean", "fonts"],
    "clean": ["raw"],
    "raw": [],
    "fonts": [],
}


def told(key: str, is_root: dict[str, bool]) -> list[str]:
    found = causes_of(key, lambda one: GRAPH[one], is_root)
    return [f"{'  ' * (c.depth - 1)}{c.key}{'!' if c.root else ''} for {c.feeds}" for c in found]


def test_the_way_leads_to_the_root_and_names_nothing_that_does_not() -> None:
    held = {"report": False, "stats": False, "chart": False, "clean": False, "raw": True}
    assert told("report", held) == [
        "stats for report",
        "  clean for stats",
        "    raw! for clean",
    ]


def test_the_nearest_root_comes_first() -> None:
    held = {"report": False, "stats": False, "chart": False, "clean": False, "raw": True, "fonts": True}
    assert told("report", held) == [
        "chart for report",
        "  fonts! for chart",
        "stats for report",
        "  clean for stats",
        "    raw! for clean",
    ]


def test_above_a_root_there_may_be_others() -> None:
    assert told("clean", {"clean": True, "raw": True}) == ["raw! for clean"]
    assert told("stats", {"stats": False, "clean": True, "raw": True}) == [
        "clean! for stats",
        "  raw! for clean",
    ]


def test_what_waits_for_nothing_that_is_shown_is_a_root() -> None:
    assert told("stats", {"stats": False, "clean": False}) == ["clean! for stats"]


def test_a_fresh_asset_has_no_causes() -> None:
    assert told("report", {}) == []


def test_a_long_way_needs_no_recursion() -> None:
    found = causes_of("0", lambda one: [str(int(one) + 1)], {str(n): n == 5000 for n in range(5001)})
    assert [found[0].key, found[-1].key, found[-1].depth] == ["1", "5000", 5000]
