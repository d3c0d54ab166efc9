"""What Hypothesis draws for the engine: graphs of steps."""

from __future__ import annotations

from hypothesis import strategies as st

from dagx_engine.pure.definitions import StepName

Needs = dict[StepName, frozenset[StepName]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 8) -> Needs:
    """Steps s0, s1, ... each of which needs some of those before it; given in any order."""
    count = draw(st.integers(1, most))
    names = [StepName(f"s{n}") for n in range(count)]
    found = {
        name: draw(st.frozensets(st.sampled_from(names[:place]), max_size=3)) if place else frozenset()
        for place, name in enumerate(names)
    }
    return {name: found[name] for name in draw(st.permutations(names))}


@st.composite
def pools(draw: st.DrawFn, graph: Needs) -> tuple[dict[StepName, frozenset[str]], dict[str, int]]:
    """Pools of some of the steps, and the limits of some of the pools."""
    names = st.sampled_from(["p", "q", "r"])
    held = draw(st.dictionaries(st.sampled_from(sorted(graph)), st.frozensets(names, min_size=1)))
    return held, draw(st.dictionaries(names, st.integers(1, 2)))


def below(graph: Needs, step: StepName) -> set[StepName]:
    """What needs the step, at any distance."""
    found: set[StepName] = set()
    grew = True
    while grew:
        more = {s for s, needed in graph.items() if s not in found and (step in needed or needed & found)}
        found |= more
        grew = bool(more)
    return found
