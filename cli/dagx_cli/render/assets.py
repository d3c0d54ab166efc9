"""`dagx status` and `dagx ls`: assets in rows. Knows views and a look, nothing of where they come from.

Rows are made of a view, and lines of rows, in two steps: rows can be kept, for they know neither terminal nor time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dagx_cli.render.checks import checked, names_of_checks
from dagx_cli.render.jobs import job_words, jobs_in_words, jobs_table
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import age, count, duration, listed
from dagx_cli.render.table import Column, table_of_columns
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import AssetState, AssetView, AutomationView, StatusView

__all__ = [
    "LsRows",
    "StatusRows",
    "counted",
    "ls_lines",
    "ls_rows",
    "ls_table",
    "status_lines",
    "status_rows",
    "status_table",
]


class StatusRows(NamedTuple):
    """What `dagx status` shows, column by column, group by group; without what depends on the terminal or the time."""

    groups: Sequence[str]
    keys: Sequence[str]
    states: Sequence[str]
    made_at: Sequence[float | None]
    seconds: Sequence[float | None]
    about: Sequence[str]
    """The error or the reason, and what its checks found."""
    counts: Mapping[str, int]
    """How many there are in each state."""
    instead: str
    """What is said where there are no assets."""


class LsRows(NamedTuple):
    """The same of `dagx ls`."""

    groups: Sequence[str]
    keys: Sequence[str]
    states: Sequence[str]
    kinds: Sequence[str]
    about: Sequence[str]
    jobs: Sequence[Sequence[str]]
    automation: Sequence[str]
    instead: str


def status_rows(view: StatusView) -> StatusRows:
    assets = _by_group(view.assets)
    return StatusRows(
        [asset.group for asset in assets],
        [one_line(asset.key) for asset in assets],
        [asset.state.value for asset in assets],
        [asset.made_at for asset in assets],
        # Beside "running" it would be read as how long it has been.
        [None if asset.state is AssetState.RUNNING else asset.seconds for asset in assets],
        [_about(asset) for asset in assets],
        view.counts,
        "" if assets else _without_assets(view),
    )


def status_lines(view: StatusView, look: Look, now: float) -> list[str]:
    return status_table(status_rows(view), look, now)


def status_table(rows: StatusRows, look: Look, now: float) -> list[str]:
    """Every asset with its state, age, duration and reason, group by group; then the counts."""
    if not rows.keys:
        return [rows.instead]
    styles = [SIGNS[state].style for state in rows.states]
    columns = [
        _glyphs(rows.states, styles, look),
        Column(rows.keys, "bold"),
        Column(rows.states, styles),
        Column(_ages(rows.made_at, now), "dim"),
        Column(list(map(duration, rows.seconds)), "dim"),
        Column(
            [about and brief(about, look.mark) for about in rows.about],
            ["red" if state == "failed" else "" for state in rows.states],
        ),
    ]
    lines = table_of_columns(columns, look, name=1)
    return [*_with_headings(rows.groups, lines, look), "", counted(rows.counts, look)]


def _ages(moments: Sequence[float | None], now: float) -> list[str]:
    """What was made in one run is of a few ages."""
    seconds = [None if moment is None else int(now - moment) for moment in moments]
    known = {whole: "" if whole is None else age(whole) for whole in set(seconds)}
    return [known[whole] for whole in seconds]


def ls_rows(view: StatusView) -> LsRows:
    assets = _by_group(view.assets)
    return LsRows(
        [asset.group for asset in assets],
        [one_line(asset.key) for asset in assets],
        [asset.state.value for asset in assets],
        [", ".join(asset.kinds) for asset in assets],
        [_described(asset) for asset in assets],
        [job_words(job) for job in view.jobs],
        list(_automation_lines(view.automation)),
        "" if assets else _without_assets(view),
    )


def ls_lines(view: StatusView, look: Look) -> list[str]:
    return ls_table(ls_rows(view), look)


def ls_table(rows: LsRows, look: Look) -> list[str]:
    """Every asset with its kinds and the first line of its description, group by group; then the jobs."""
    columns = [
        _glyphs(rows.states, [SIGNS[state].style for state in rows.states], look),
        Column(rows.keys, "bold"),
        Column([kinds and brief(kinds, look.mark) for kinds in rows.kinds], "cyan"),
        Column([about and brief(about, look.mark) for about in rows.about]),
    ]
    lines = table_of_columns(columns, look, name=1)
    blocks = [
        list(_with_headings(rows.groups, lines, look)),
        jobs_table(rows.jobs, look) if rows.jobs else [],
        rows.automation,
    ]
    return [line for block in blocks if block for line in ("", *block)][1:] or [rows.instead]


def _glyphs(states: Sequence[str], styles: Sequence[str], look: Look) -> Column:
    glyphs = {state: look.glyph(state) for state in set(states)}
    return Column([glyphs[state] for state in states], styles)


def _without_assets(view: StatusView) -> str:
    return jobs_in_words(view.jobs) if view.jobs else "no assets selected"


def counted(counts: Mapping[str, int], look: Look) -> str:
    """`14 assets: 11 fresh, 3 stale`."""
    states = [look.paint(f"{number:,} {state}", SIGNS[state].style) for state, number in counts.items()]
    total = count(sum(counts.values()), "asset")
    return f"{total}: {', '.join(states)}" if states else "0 assets"


def _about(asset: AssetView) -> str:
    """The error or the reason, and what its checks found."""
    failed = asset.state is AssetState.FAILED and asset.error
    accepted = f"accepted: {asset.accepted[0].text}" if asset.accepted else ""
    words = [asset.error or "" if failed else asset.reason, accepted, checked(asset)]
    return "; ".join(word for word in words if word)


def _described(asset: AssetView) -> str:
    first_line = asset.description.strip().partition("\n")[0]
    return "; ".join(word for word in (first_line, *_kept_beside(asset)) if word)


def _kept_beside(asset: AssetView) -> tuple[str, str]:
    """How it is partitioned, and its checks."""
    return (f"partitioned: {asset.partitions}" if asset.partitions else "", names_of_checks(asset))


def _automation_lines(found: AutomationView) -> Iterator[str]:
    """What is defined to run by itself, and does not yet."""
    for kind, names in (("schedules", found.schedules), ("sensors", found.sensors)):
        if names:
            yield f"{kind} (loaded; not run by dagx yet): {listed([one_line(name) for name in names], 12)}"


def _by_group(assets: Sequence[AssetView]) -> list[AssetView]:
    """Groups in the order of their first asset; dependency order within each."""
    groups: dict[str, list[AssetView]] = {}
    for asset in assets:
        groups.setdefault(asset.group, []).append(asset)
    return [asset for group in groups.values() for asset in group]


def _with_headings(groups: Sequence[str], lines: Sequence[str], look: Look) -> Iterator[str]:
    last = None
    for group, line in zip(groups, lines, strict=True):
        if group != last:
            last = group
            yield look.paint(one_line(group), "bold cyan")
        yield line
