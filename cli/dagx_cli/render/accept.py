"""`dagx accept`: what it would accept, and what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagx_cli.render.look import Look
from dagx_cli.render.numbers import count
from dagx_cli.render.text import brief, one_line

if TYPE_CHECKING:
    from dagx_engine.views.upkeep import AcceptView

__all__ = ["accept_lines", "offer_lines"]


def offer_lines(view: AcceptView, look: Look) -> list[str]:
    """What a person is asked about."""
    return [*_assets(view, look), *_left(view, look)]


def accept_lines(view: AcceptView, look: Look) -> list[str]:
    if not view.done:
        return ["nothing was accepted" if not view.undo else "nothing was taken back"]
    head = "taken back, so it counts again:" if view.undo else "accepted; it counts as fresh:"
    return [head, *_assets(view, look), *_left(view, look)]


def _assets(view: AcceptView, look: Look) -> Iterator[str]:
    for asset in view.assets:
        partitions = f"  {count(asset.partitions, 'partition')}" if asset.partitions else ""
        yield f"  {look.paint(one_line(asset.key), 'bold')}{partitions}"
        yield from (f"    {brief(reason.text, look.mark)}" for reason in asset.reasons)


def _left(view: AcceptView, look: Look) -> Iterator[str]:
    if view.left:
        yield "not accepted:"
    yield from (f"  {brief(words, look.mark)}" for words in view.left)
