"""graphs.py, for every graph."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.graphs import (
    CycleError,
    ancestors,
    cycles,
    descendants,
    invert,
    levels,
    reachable,
    topological_order,
)

Graph = dict[int, set[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(0, 12))
    nodes = draw(st.permutations(range(size)))
    edges = st.sets(st.integers(0, size), max_size=4)  # `size` itself lies outside the graph
    return {node: draw(edges) for node in nodes}


@st.composite
def acyclic(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(0, 12))
    graph = {
        node: set(draw(st.sets(st.integers(0, node - 1), max_size=4))) if node else set()
        for node in range(size)
    }
    return {node: graph[node] for node in draw(st.permutations(range(size)))}


def by_hand(graph: Graph, start: int) -> set[int]:
    found: set[int] = set()
    todo = [start]
    while todo:
        node = todo.pop()
        if node in graph and node not in found:
            found.add(node)
            todo.extend(graph[node])
    return found


@given(acyclic())
def test_each_node_comes_after_what_it_needs(graph: Graph) -> None:
    order = topological_order(graph)
    position = {node: index for index, node in enumerate(order)}
    assert sorted(order) == sorted(graph)
    assert all(position[need] < position[node] for node in graph for need in graph[node])


@given(acyclic())
def test_a_level_is_one_more_than_the_highest_below(graph: Graph) -> None:
    level = levels(graph)
    assert all(level[node] == max((level[need] + 1 for need in graph[node]), default=0) for node in graph)


@given(graphs())
def test_there_is_a_cycle_exactly_when_some_node_reaches_itself(graph: Graph) -> None:
    knotted = {n for n in graph if any(n in by_hand(graph, need) for need in graph[n] if need in graph)}
    found = cycles(graph)
    assert bool(found) == bool(knotted)
    if found:
        with pytest.raises(CycleError) as caught:
            topological_order(graph)
        assert caught.value.path == found[0]
    else:
        assert len(topological_order(graph)) == len(graph)


@given(graphs())
def test_a_cycle_is_a_path_along_edges_and_every_knot_has_one(graph: Graph) -> None:
    found = cycles(graph)
    for path in found:
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        assert all(before in graph[after] for before, after in pairwise(path))
    knots = {frozenset(m for m in by_hand(graph, n) if n in by_hand(graph, m)) for n in graph}
    tied = [knot for knot in knots if len(knot) > 1 or any(node in graph[node] for node in knot)]
    assert len(found) == len(tied)
    assert all(any(set(path) <= knot for path in found) for knot in tied)


@given(graphs(), st.integers(0, 12))
def test_ancestors_and_descendants_are_each_other_turned_round(graph: Graph, node: int) -> None:
    if node in graph:
        assert ancestors(graph, [node]) == by_hand(graph, node)
    else:
        assert ancestors(graph, [node]) == set()
    for other in graph:
        assert (other in ancestors(graph, [node])) == (node in graph and node in descendants(graph, [other]))


@given(graphs(), st.integers(0, 12), st.integers(0, 3))
def test_depth_counts_steps(graph: Graph, node: int, depth: int) -> None:
    found = {node} & graph.keys()
    for _ in range(depth):
        found |= {need for one in found for need in graph[one] if need in graph}
    assert reachable(graph, [node], depth) == found


@given(graphs())
def test_inverting_twice_gives_the_edges_inside_the_graph(graph: Graph) -> None:
    twice = invert(invert(graph))
    assert {node: set(needs) for node, needs in twice.items()} == {n: graph[n] & graph.keys() for n in graph}


def test_ties_are_broken_by_the_order_of_the_mapping_whatever_the_hash_seed() -> None:
    program = (
        "from dagx.graphs import topological_order as t;"
        "g={c: set('abcdef') - {c} if c in 'xyz' else set() for c in 'fedcbaxyz'};"
        "print(''.join(t({k: {n for n in v if n in 'abcdef'} for k, v in g.items()})))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert outputs == {"fedcbaxyz\n"}


def test_disjoint_cycles_are_all_found() -> None:
    graph = {"a": {"b"}, "b": {"a"}, "c": {"c"}, "d": set(), "e": {"f", "d"}, "f": {"g"}, "g": {"e"}}
    assert cycles(graph) == [("a", "b", "a"), ("c", "c"), ("e", "g", "f", "e")]


def test_a_hundred_thousand_nodes_in_a_row_need_no_recursion() -> None:
    size = 100_000
    chain: Graph = {node: {node - 1} if node else set() for node in range(size)}
    assert topological_order(chain) == list(range(size))
    assert levels(chain)[size - 1] == size - 1
    assert len(ancestors(chain, [size - 1])) == size
    chain[0] = {size - 1}
    assert len(cycles(chain)[0]) == size + 1


def test_many_small_cycles_are_found_in_linear_time() -> None:
    size = 20_000
    pairs: Graph = {node: {node ^ 1} for node in range(2 * size)}
    assert len(cycles(pairs)) == size
