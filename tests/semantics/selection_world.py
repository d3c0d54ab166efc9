"""The graph of section 15.4: external src > a > b, c; b, c > d > e1 (made together with e2); a > p/x.

src has a group, kind, tag and owner of its own, so that what filters external assets shows.
"""

from __future__ import annotations

import dagx as dg

src = dg.AssetSpec("src", group_name="g3", kinds={"python"}, tags={"t": "1"}, owners=["src@x.com"])


@dg.asset(
    deps=["src"],
    group_name="g1",
    kinds={"python"},
    tags={"t": "1", "foo": "bar"},
    owners=["u@x.com", "team:data"],
    check_specs=[dg.AssetCheckSpec("x", asset="a"), dg.AssetCheckSpec("y", asset="a")],
)
def a() -> None: ...


@dg.asset(deps=["a"], group_name="g1", check_specs=[dg.AssetCheckSpec("x", asset="b")])
def b() -> None: ...


@dg.asset(deps=["a"], group_name="g2", kinds={"sql"})
def c() -> None: ...


@dg.asset(deps=["b", "c"], group_name="g2")
def d() -> None: ...


@dg.multi_asset(specs=[dg.AssetSpec("e1", deps=["d"]), dg.AssetSpec("e2")])
def multi() -> None: ...


@dg.asset(key=["p", "x"], deps=["a"], group_name="g1")
def p_x() -> None: ...


ASSETS = [src, a, b, c, d, multi, p_x]


def named(name: str) -> object:
    """The definition or spec of this name."""
    return globals()[name]


def keys_of(selection: dg.AssetSelection) -> str:
    """The keys that are meant, sorted."""
    return " ".join(sorted(key.to_user_string() for key in selection.resolve(ASSETS)))
