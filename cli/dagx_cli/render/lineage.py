"""`dagx lineage`: the graph as a tree of text, for Mermaid and for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dagx_cli.render.look import Look
from dagx_cli.render.numbers import count, listed
from dagx_cli.render.text import cut, one_line
from dagx_engine.views import AssetView, LineageView

__all__ = ["dot_lines", "mermaid_lines", "tree_lines"]

# A deeper tree goes on further left, else a chain of 10,000 assets would print as a triangle of 300 MB.
_DEEPEST = 24

_FILLS = {
    "fresh": "#d3f2d8",
    "stale": "#fff1c2",
    "upstream stale": "#fff8e1",
    "missing": "#eeeeee",
    "queued": "#dff3f7",
    "running": "#c9ecf4",
    "failed": "#f9d0d0",
    "blocked": "#f0d9f2",
    "external": "#ffffff",
}


def tree_lines(view: LineageView, look: Look) -> list[str]:
    """Each asset below one that it is made from; a second mention points back and is not unfolded again."""
    if not view.assets:
        return ["no assets selected"]
    downstream, has_upstream = _edges(view)
    roots = [asset.key for asset in view.assets if asset.key not in has_upstream]
    tree = _Tree({asset.key: asset for asset in view.assets}, downstream, look)
    lines = [line for root in roots for line in tree.unfold(root)]
    # Only in a cycle are assets that no root leads to; the engine refuses it, but nothing shall be hidden.
    lines += [line for key in tree.not_shown() for line in tree.unfold(key)]
    return [*lines, "", f"{count(len(view.assets), 'asset')}, {count(len(view.edges), 'edge')}"]


class _Tree:
    def __init__(
        self, assets: Mapping[str, AssetView], downstream: Mapping[str, list[str]], look: Look
    ) -> None:
        self._assets = assets
        self._downstream = downstream
        self._look = look
        self._shown: set[str] = set()
        self._branch, self._corner, self._bar = ("|- ", "`- ", "|  ") if look.ascii else ("├─ ", "└─ ", "│  ")

    def not_shown(self) -> Iterator[str]:
        for key in self._assets:
            if key not in self._shown:
                yield key

    def unfold(self, root: str) -> Iterator[str]:
        """Depth first, without recursion: graphs are deeper than Python's stack."""
        later: list[str] = []
        stack = [(root, "", "", 0)]
        while stack:
            key, lead, below, depth = stack.pop()
            children = self._downstream.get(key, [])
            again = key in self._shown
            self._shown.add(key)
            deep = depth == _DEEPEST and bool(children) and not again
            yield self._line(
                key, lead, " (see above)" if again and children else " (goes on below)" if deep else ""
            )
            if deep:
                later.append(key)
            elif not again:
                last = len(children) - 1
                stack += [
                    (
                        child,
                        below + (self._corner if i == last else self._branch),
                        below + ("   " if i == last else self._bar),
                        depth + 1,
                    )
                    for i, child in reversed(list(enumerate(children)))
                ]
            if not stack and later:
                stack.append((later.pop(0), "", "", 0))
                self._shown.discard(stack[0][0])

    def _line(self, key: str, lead: str, note: str) -> str:
        look = self._look
        asset = self._assets[key]
        if asset.declared_inputs and not note:
            note = f"  from {one_line(listed(list(asset.declared_inputs), 3))}"
        room = None if look.width is None else look.width - len(lead) - 2 - len(note)
        name = cut(one_line(key), None if room is None else max(room, 8), look.mark)
        return f"{look.paint(lead, 'dim')}{look.sign(asset.state.value)} {name}{look.paint(note, 'dim')}"


def mermaid_lines(view: LineageView) -> list[str]:
    """A Mermaid flowchart; labels are written with character codes, so no name can break out of its box."""
    ids = {asset.key: f"a{number}" for number, asset in enumerate(view.assets)}
    lines = ["flowchart LR"]
    for number, (group, assets) in enumerate(_groups(view.assets).items()):
        lines.append(f'    subgraph g{number}["{_mermaid(group)}"]')
        lines += [f'        {ids[asset.key]}["{_mermaid(asset.key)}"]' for asset in assets]
        lines.append("    end")
    lines += [f"    {ids[up]} --> {ids[down]}" for up, down in view.edges]
    for state, fill in _FILLS.items():
        members = [ids[asset.key] for asset in view.assets if asset.state.value == state]
        if members:
            name = state.replace(" ", "_")
            lines += [
                f"    classDef {name} fill:{fill},stroke:#666,color:#111",
                f"    class {','.join(members)} {name}",
            ]
    return lines


def dot_lines(view: LineageView) -> list[str]:
    """A Graphviz digraph, a cluster for each group."""
    lines = [
        "digraph dagx {",
        "    rankdir=LR;",
        '    node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    for number, (group, assets) in enumerate(_groups(view.assets).items()):
        lines += [f"    subgraph cluster_{number} {{", f"        label={_dot(group)};"]
        lines += [f'        {_dot(asset.key)} [fillcolor="{_FILLS[asset.state.value]}"];' for asset in assets]
        lines.append("    }")
    lines += [f"    {_dot(up)} -> {_dot(down)};" for up, down in view.edges]
    return [*lines, "}"]


def _edges(view: LineageView) -> tuple[dict[str, list[str]], set[str]]:
    downstream: dict[str, list[str]] = {}
    for up, down in view.edges:
        downstream.setdefault(up, []).append(down)
    return downstream, {down for _, down in view.edges}


def _groups(assets: Sequence[AssetView]) -> dict[str, list[AssetView]]:
    groups: dict[str, list[AssetView]] = {}
    for asset in assets:
        groups.setdefault(asset.group, []).append(asset)
    return groups


def _mermaid(text: str) -> str:
    return "".join(char if char.isalnum() or char in " _-./" else f"#{ord(char)};" for char in one_line(text))


def _dot(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
