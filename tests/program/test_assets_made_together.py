"""Assets that are made together: left out, in parts, by graphs of ops."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

OPTIONAL = """
    import dagx as dg
    from pathlib import Path

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut(is_required=False)})
    def xy():
        yield dg.Output(1, "x")
        if Path("wanted").exists():
            yield dg.Output(2, "y")

    @dg.asset
    def from_x(x):
        return x

    @dg.asset
    def from_y(y):
        return y

    @dg.asset
    def below(from_y):
        return from_y
"""


def test_what_needs_an_output_that_was_left_out_is_skipped_and_the_rest_is_fresh(world: World) -> None:
    world.write("definitions.py", OPTIONAL)
    said = world.run()
    assert said.code == 0
    assert said.states == {"xy": "succeeded", "from_x": "succeeded", "from_y": "skipped", "below": "skipped"}
    steps = {step["step"]: step for step in said.json["steps"]}
    assert [reason["text"] for reason in steps["from_y"]["reasons"]] == ["y was not made by xy"]
    assert steps["from_y"]["because"] == "xy"
    assert world.status() == {
        "x": "fresh",
        "y": "skipped",
        "from_x": "fresh",
        "from_y": "skipped",
        "below": "skipped",
    }
    assert world.run().states == {"xy": "fresh", "from_x": "fresh", "from_y": "skipped", "below": "skipped"}
    assert "skipped: y was not made by xy" in world.dagx("why", "from_y").out


def test_what_was_left_out_comes_when_its_step_makes_it_and_goes_again_without_a_rerun(world: World) -> None:
    world.write("definitions.py", OPTIONAL)
    world.run()
    world.change("definitions.py", 'if Path("wanted").exists():', "if True:")
    assert world.made() == ["below", "from_y", "xy"]
    assert set(world.status().values()) == {"fresh"}
    world.change("definitions.py", "if True:", 'if Path("wanted").exists():')
    assert world.run().states == {
        "xy": "restored",
        "from_x": "fresh",
        "from_y": "skipped",
        "below": "skipped",
    }
    words = "y was not made by xy, and an earlier value of it does not count"
    assert f"skipped, {words}: from_y, below" in world.dagx("run").err
    assert f"skipped: {words}" in world.dagx("why", "from_y").out
    world.change("definitions.py", 'if Path("wanted").exists():', "if True:")
    assert world.made() == []
    assert set(world.status().values()) == {"fresh"}


def test_an_asset_that_need_not_be_made_can_be_left_out(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset(output_required=False)
        def sometimes():
            if False:
                yield dg.Output(1)

        @dg.asset(deps=[sometimes])
        def after():
            return 1
        """,
    )
    assert world.run().states == {"sometimes": "succeeded", "after": "skipped"}
    assert world.run().states == {"sometimes": "fresh", "after": "skipped"}


def test_siblings_that_need_each_other_are_made_together_and_cut_off_one_by_one(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        NUMBER = 1

        @dg.multi_asset(
            outs={"total": dg.AssetOut(), "parity": dg.AssetOut()},
            internal_asset_deps={"total": set(), "parity": {dg.AssetKey("total")}},
        )
        def both():
            return NUMBER, NUMBER % 2

        @dg.asset
        def of_total(total):
            return total

        @dg.asset
        def of_parity(parity):
            return parity

        @dg.multi_asset(specs=[dg.AssetSpec("s1", deps=["total"]), dg.AssetSpec("s2", deps=["s1"])])
        def specs():
            pass
        """,
    )
    assert set(world.run().states.values()) == {"succeeded"}
    assert set(world.status().values()) == {"fresh"}
    world.change("definitions.py", "NUMBER = 1", "NUMBER = 3")
    states = world.run().states
    assert (states["both"], states["of_total"], states["of_parity"]) == ("succeeded", "succeeded", "fresh")
    assert states["specs"] == "succeeded"
    assert set(world.run().states.values()) == {"fresh"}


PARTS = """
    import dagx as dg
    from pathlib import Path

    @dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y"), dg.AssetSpec("z", deps=["y"])], can_subset=True)
    def xyz(context):
        with open("ran", "a") as log:
            print(*sorted(key.to_user_string() for key in context.selected_asset_keys), file=log)
        for key in ("x", "y", "z"):
            if dg.AssetKey(key) in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key)
"""


def ran(world: World) -> list[str]:
    path = world.root / "ran"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def test_of_a_step_that_can_be_subset_only_what_is_asked_for_is_made(world: World) -> None:
    world.write("definitions.py", PARTS)
    assert world.run("x").code == 0
    assert ran(world) == ["x"]
    assert world.status() == {"x": "fresh", "y": "missing", "z": "missing"}
    world.run()
    assert ran(world) == ["y z"]
    assert set(world.status().values()) == {"fresh"}
    assert world.run().states == {"xyz": "fresh"}
    assert ran(world) == []
    world.run("z", "--force")
    assert ran(world) == ["z"]


def test_a_step_that_cannot_be_subset_makes_all_and_says_so(world: World) -> None:
    world.write("definitions.py", OPTIONAL)
    said = world.dagx("run", "x")
    assert said.code == 0
    assert "xy makes y along: it cannot make a part of what it makes" in said.out + said.err
    assert "along" not in world.dagx("run", "x").out


def test_what_was_yielded_before_a_failure_is_kept_by_a_step_that_works_in_parts(world: World) -> None:
    broken = (
        world.root.parent / "broken"
    )  # outside of the project, in the folder for temporary files: no input
    world.write("definitions.py", PARTS)
    world.change("definitions.py", "yield dg.MaterializeResult(asset_key=key)", "yield made(key)")
    world.change(
        "definitions.py",
        "import dagx as dg\n",
        "import dagx as dg\n\n"
        "def made(key):\n"
        f'    if key == "y" and Path({str(broken)!r}).exists():\n'
        '        raise ValueError("y is broken")\n'
        "    return dg.MaterializeResult(asset_key=key)\n\n",
    )
    broken.touch()
    assert world.run().code == 1
    assert world.status() == {"x": "fresh", "y": "failed", "z": "failed"}
    ran(world)
    broken.unlink()
    assert world.run().code == 0
    assert ran(world) == ["y z"]


GRAPH = """
    import dagx as dg

    @dg.op
    def numbers():
        return [1, 2, 3]

    @dg.op(out=dg.DynamicOut())
    def one_by_one(numbers):
        for number in numbers:
            yield dg.DynamicOutput(number, f"n{number}")

    @dg.op
    def doubled(number):
        return number * 2

    @dg.op
    def total(values):
        return sum(values)

    @dg.graph_asset
    def graph_made():
        return total(one_by_one(numbers()).map(doubled).collect())

    @dg.asset
    def after(graph_made):
        return graph_made
"""


def test_a_graph_of_ops_is_one_step_and_all_of_its_ops_are_its_code(world: World) -> None:
    world.write("definitions.py", GRAPH)
    assert world.run().states == {"graph_made": "succeeded", "after": "succeeded"}
    assert "12" in world.dagx("show", "after").out
    assert world.made() == []
    world.change("definitions.py", "number * 2", "number * 3")
    assert world.made() == ["after", "graph_made"]
    world.change("definitions.py", ".map(doubled)", "")
    assert world.made() == ["after", "graph_made"]
    world.change("definitions.py", "[1, 2, 3]", "[3, 2, 1]")
    assert world.run().states == {"graph_made": "unchanged", "after": "fresh"}


def test_an_op_in_a_graph_is_tried_again_by_its_own_policy(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from pathlib import Path

        @dg.op
        def first():
            with open("first", "a") as log:
                print("ran", file=log)
            return 1

        @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
        def shaky(context, value):
            if context.retry_number < 2:
                raise ValueError("not yet")
            return value + context.retry_number

        @dg.graph_asset
        def made():
            return shaky(first())
        """,
    )
    said = world.run()
    assert said.states == {"made": "succeeded"}
    assert said.json["steps"][0]["attempt"] == 1
    assert (world.root / "first").read_text() == "ran\n"
    assert "shaky failed and is tried again" in world.dagx("logs").out
    assert "3" in world.dagx("show", "made").out
