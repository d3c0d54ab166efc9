"""Small worlds from text: `a; b<-a; c<-a,b` is three steps of one asset each; `x!` is an external asset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dagx_engine.pure.definitions import AssetDef, CheckDef, CheckKey, Key, StepDef, StepName
from dagx_engine.pure.describe import in_order
from dagx_engine.pure.generation import Generation


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
    checks: Iterable[str] = (),
    blocking: Iterable[str] = (),
    in_parts: Iterable[str] = (),
    observed: Iterable[str] = (),
    refused: Iterable[str] = (),
    **facts: Mapping[str, object],
) -> Generation:
    """A generation. `code` is the digest of a step's code; `multi` names a step that makes several of the assets (and
    gives the results of checks, as `a:sound`); `facts` are fields of an asset, such as `b={"group": "raw"}`.

    `checks` are `asset:name`, each a step `asset_name` unless a step of `multi` has it; those in `blocking` block.
    `in_parts` are steps that can make some of their products, `observed` external assets that a step observes.
    """
    step_of = {key: step for step, keys in (multi or {}).items() for key in keys}
    assets: dict[Key, AssetDef] = {}
    made: dict[StepName, list[Key]] = {}
    loaded: dict[StepName, list[Key]] = {}
    for written, found in lines(text).items():
        name = written.rstrip("!")
        step = None if written.endswith("!") else StepName(step_of.get(name, name))
        deps = tuple(map(Key, found))
        more = dict(facts.get(name, {}))
        loads = more.pop("loads", deps)
        assets[Key(name)] = AssetDef(Key(name), step, deps, **more)  # type: ignore[arg-type]
        if step is not None:
            made.setdefault(step, []).append(Key(name))
            loaded.setdefault(step, []).extend(loads)  # type: ignore[arg-type]
    checked: dict[CheckKey, CheckDef] = {}
    for written in (*checks, *blocking):
        key = check(written)
        step = StepName(step_of.get(written, written.replace(":", "_")))
        checked[key] = CheckDef(key, step, (key.asset,), blocking=written in set(blocking))
        made.setdefault(step, [])
    steps = {
        name: StepDef(
            name,
            tuple(keys),
            ((f"code:m:{name}", (code or {}).get(name, "1")), ("python", "3.11")),
            (widened or {}).get(name, ""),
            checks=tuple(key for key, found in checked.items() if found.step == name),
            loads=tuple(key for key in dict.fromkeys(loaded.get(name, ())) if key not in keys),
            in_parts=name in set(in_parts),
            refusal="it is partitioned" if name in set(refused) else "",
        )
        for name, keys in made.items()
    }
    for name in observed:
        steps[StepName(f"observe_{name}")] = StepDef(StepName(f"observe_{name}"), (), observes=(Key(name),))
    made_of = Generation(1, assets, steps, checked)
    return in_order(made_of) if blocking or observed else made_of


def check(written: str) -> CheckKey:
    """`orders:sound` as a key."""
    asset, _, name = written.partition(":")
    return CheckKey(Key(asset), name)
