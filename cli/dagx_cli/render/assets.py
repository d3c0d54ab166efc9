"""`dagx status` and `dagx ls`: assets in rows. Knows views and a look, nothing of where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dagx_cli.render.checks import checked, names_of_checks
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import age, count, duration, listed
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import brief, one_line
from dagx_engine.views import AssetState, AssetView, AutomationView, StatusView

__all__ = ["counted", "ls_lines", "status_lines"]


def status_lines(view: StatusView, look: Look, now: float) -> list[str]:
    """Every asset with its state, age, duration and reason, group by group; then the counts."""
    if not view.assets:
        return ["no assets selected"]
    assets = _by_group(view.assets)
    lines = table([_status_row(asset, look, now) for asset in assets], look, name=1)
    return [*_with_headings(assets, lines, look), "", counted(view, look)]


def ls_lines(view: StatusView, look: Look) -> list[str]:
    """Every asset with its kinds and the first line of its description, group by group."""
    if not view.assets:
        return ["no assets selected"]
    assets = _by_group(view.assets)
    lines = table([_ls_row(asset, look) for asset in assets], look, name=1)
    beside = list(_automation_lines(view.automation))
    return [*_with_headings(assets, lines, look), *([""] if beside else []), *beside]


def counted(view: StatusView, look: Look) -> str:
    """`14 assets: 11 fresh, 3 stale`."""
    states = [look.paint(f"{number:,} {state}", SIGNS[state].style) for state, number in view.counts.items()]
    return f"{count(len(view.assets), 'asset')}: {', '.join(states)}" if states else "0 assets"


def _status_row(asset: AssetView, look: Look, now: float) -> tuple[Cell, ...]:
    state = asset.state.value
    failed = asset.state is AssetState.FAILED and asset.error
    return (
        Cell(look.glyph(state), SIGNS[state].style),
        Cell(one_line(asset.key), "bold"),
        Cell(state, SIGNS[state].style),
        Cell("" if asset.made_at is None else age(now - asset.made_at), "dim"),
        # Beside "running" it would be read as how long it has been.
        Cell("" if asset.state is AssetState.RUNNING else duration(asset.seconds), "dim"),
        Cell(brief(_about(asset), look.mark), "red" if failed else ""),
    )


def _about(asset: AssetView) -> str:
    """The error or the reason, and what its checks found."""
    failed = asset.state is AssetState.FAILED and asset.error
    accepted = f"accepted: {asset.accepted[0].text}" if asset.accepted else ""
    words = [asset.error or "" if failed else asset.reason, accepted, checked(asset)]
    return "; ".join(word for word in words if word)


def _ls_row(asset: AssetView, look: Look) -> tuple[Cell, ...]:
    state = asset.state.value
    first_line = asset.description.strip().partition("\n")[0]
    return (
        Cell(look.glyph(state), SIGNS[state].style),
        Cell(one_line(asset.key), "bold"),
        Cell(brief(", ".join(asset.kinds), look.mark), "cyan"),
        Cell(brief("; ".join(word for word in (first_line, *_kept_beside(asset)) if word), look.mark)),
    )


def _kept_beside(asset: AssetView) -> tuple[str, str]:
    """How it is partitioned, and its checks."""
    return (f"partitioned: {asset.partitions}" if asset.partitions else "", names_of_checks(asset))


def _automation_lines(found: AutomationView) -> Iterator[str]:
    """What is defined to run by itself, and does not yet."""
    for kind, names in (("jobs", found.jobs), ("schedules", found.schedules), ("sensors", found.sensors)):
        if names:
            yield f"{kind} (loaded; not run by dagx yet): {listed([one_line(name) for name in names], 12)}"


def _by_group(assets: Sequence[AssetView]) -> list[AssetView]:
    """Groups in the order of their first asset; dependency order within each."""
    groups: dict[str, list[AssetView]] = {}
    for asset in assets:
        groups.setdefault(asset.group, []).append(asset)
    return [asset for group in groups.values() for asset in group]


def _with_headings(assets: Sequence[AssetView], lines: Sequence[str], look: Look) -> Iterator[str]:
    group = None
    for asset, line in zip(assets, lines, strict=True):
        if asset.group != group:
            group = asset.group
            yield look.paint(one_line(group), "bold cyan")
        yield line
