"""Small worlds from text: `a; b<-a; c<-a,b` is three steps of one asset each; `x!` is an external asset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dagx_engine.pure.generation import AssetDef, Generation, Key, StepDef, StepName


def lines(text: str) -> dict[str, tuple[str, ...]]:
    """Each name with the names that it needs."""
    found: dict[str, tuple[str, ...]] = {}
    for piece in filter(None, (part.strip() for part in text.split(";"))):
        name, _, needs = piece.partition("<-")
        found[name.strip()] = tuple(need.strip() for need in needs.split(",") if need.strip())
    return found


def needs(text: str) -> dict[StepName, frozenset[StepName]]:
    """The steps of a run with what they wait for."""
    return {StepName(name): frozenset(map(StepName, found)) for name, found in lines(text).items()}


def world(
    text: str,
    *,
    code: Mapping[str, str] | None = None,
    multi: Mapping[str, Iterable[str]] | None = None,
    widened: Mapping[str, str] | None = None,
    **facts: Mapping[str, object],
) -> Generation:
    """A generation. `code` is the digest of a step's code; `multi` names a step that makes several of the assets;
    `facts` are fields of an asset, such as `b={"group": "raw"}`.
    """
    step_of = {key: step for step, keys in (multi or {}).items() for key in keys}
    assets: dict[Key, AssetDef] = {}
    made: dict[StepName, list[Key]] = {}
    for written, found in lines(text).items():
        name = written.rstrip("!")
        step = None if written.endswith("!") else StepName(step_of.get(name, name))
        deps = tuple(map(Key, found))
        more = {"loads": deps, **facts.get(name, {})}
        assets[Key(name)] = AssetDef(Key(name), step, deps, **more)  # type: ignore[arg-type]
        if step is not None:
            made.setdefault(step, []).append(Key(name))
    steps = {
        name: StepDef(
            name,
            tuple(keys),
            ((f"code:m:{name}", (code or {}).get(name, "1")), ("python", "3.11")),
            (widened or {}).get(name, ""),
        )
        for name, keys in made.items()
    }
    return Generation(1, assets, steps)
