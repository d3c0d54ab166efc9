"""Files that are declared: inputs before the first run, judged like those that were seen. Case 91 and section 3.2."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shops import Shop

from dagx_engine.pure.asked import Asked

Project = Callable[[str], Shop]

BLIND = """
    -- definitions.py
    import dagx as dg
    import pathlib

    @dg.asset(DECLARED)
    def made():
        return 1

    @dg.asset
    def bystander():
        return 1
"""
"""What the asset reads nobody sees: it reads nothing."""


def declaring(project: Project, declared: str) -> Shop:
    return project(BLIND.replace("DECLARED", declared))


@pytest.mark.parametrize("declared", ["deps=[dg.file('data/in.csv')]", "inputs=['data/in.csv']"])
def test_a_declared_file_is_an_input_though_nobody_saw_it_read(project: Project, declared: str) -> None:
    shop = declaring(project, declared)
    shop.write("data/in.csv", "one")
    shop.write("data/other.csv", "one")
    shop.run()
    assert shop.run() == {}
    shop.write("data/other.csv", "two")
    assert shop.run() == {}
    shop.write("data/in.csv", "two")
    assert shop.run() == {"made": ["data/in.csv changed"]}
    shop.write("data/in.csv", "one")
    assert shop.run() == {}  # the first result is put back


def test_what_is_not_there_counts_as_not_there_until_it_comes(project: Project) -> None:
    shop = declaring(project, "inputs=['data/in.csv']")
    shop.run()
    assert shop.manifest("made")["file:data/in.csv"] == "absent"
    shop.write("data/in.csv", "one")
    assert shop.run() == {"made": ["data/in.csv is new"]}
    (shop.root / "data/in.csv").unlink()
    assert shop.why("made").asset.reason == "data/in.csv is gone"


@pytest.mark.parametrize("pattern", ["data/*.csv", "data/", "data/**/*.csv", "data/**"])
def test_of_a_pattern_the_files_count_that_come_go_and_change(project: Project, pattern: str) -> None:
    shop = declaring(project, f"inputs=[{pattern!r}]")
    shop.run()
    shop.write("data/a.csv", "one")
    assert shop.run() == {"made": ["data/a.csv is new"]}
    shop.write("data/b.csv", "one")
    assert shop.run() == {"made": ["data/b.csv is new"]}
    shop.write("data/b.csv", "two")
    assert shop.run() == {"made": ["data/b.csv changed"]}
    (shop.root / "data/a.csv").rename(shop.root / "data/c.csv")
    assert shop.run() == {"made": ["data/a.csv is gone", "data/c.csv is new"]}
    assert shop.run() == {}


def test_a_plain_name_that_becomes_a_folder_means_all_below_it(project: Project) -> None:
    shop = declaring(project, "inputs=['data']")
    shop.run()
    shop.write("data/a.csv", "one")
    assert shop.run() == {"made": ["data is new", "data/a.csv is new"]}
    shop.write("data/deep/b.csv", "one")
    assert shop.run() == {"made": ["data/deep/b.csv is new"]}
    assert shop.run() == {}


def test_files_outside_of_the_project_can_be_declared(project: Project) -> None:
    shop = declaring(project, "inputs=['../shared/*.csv']")
    shop.write("../shared/a.csv", "one")
    shop.run()
    shop.write("../shared/a.csv", "two")
    assert shop.run() == {"made": [f"{shop.root.parent}/shared/a.csv changed"]}
    shop.write("../shared/b.csv", "one")
    assert shop.run() == {"made": [f"{shop.root.parent}/shared/b.csv is new"]}


def test_what_a_step_writes_among_what_it_declared_does_not_make_it_stale(project: Project) -> None:
    """Case 94: its own output is not what it waits for."""
    shop = project(
        BLIND.replace("DECLARED", "inputs=['data/*.csv']").replace(
            "return 1\n", "pathlib.Path('data/out.csv').write_text('made')\n", 1
        )
    )
    shop.write("data/a.csv", "one")
    shop.run()
    assert shop.run() == {}
    shop.write("data/a.csv", "two")
    assert shop.run() == {"made": ["data/a.csv changed"]}
    assert shop.run() == {}


def test_an_input_that_changes_while_its_step_runs_makes_it_run_again(project: Project) -> None:
    """Cases 44 to 48, for files that nobody sees read: one that changes, one that comes, one that goes."""
    shop = project(
        """
        -- definitions.py
        import dagx as dg
        import subprocess

        @dg.asset(inputs=["data/*.csv"])
        def made():
            with open(".dagx/times", "a") as log:  # of what lies there nothing is an input
                log.write("x")
            with open(".dagx/times") as log:
                times = len(log.read())
            edits = {1: "echo two > data/a.csv", 2: "echo one > data/b.csv", 3: "rm data/b.csv"}
            subprocess.run(["sh", "-c", edits.get(times, "true")], check=True)
            return times
        """
    )
    shop.write("data/a.csv", "one")
    shop.execute()
    assert shop.value("made") == "4"


def test_a_change_of_what_is_declared_counts_by_what_it_matches(project: Project) -> None:
    shop = declaring(project, "inputs=['data/a.csv']")
    shop.write("data/a.csv", "one")
    shop.write("data/b.csv", "one")
    shop.run()
    shop.edit("definitions.py", "data/a.csv", "data/*.csv")
    assert shop.run() == {"made": ["data/b.csv is new"]}


def test_ops_graphs_specs_and_checks_can_declare(project: Project) -> None:
    shop = project(
        """
        -- definitions.py
        import dagx as dg

        @dg.op(inputs=["data/op.csv"])
        def read():
            return 1

        @dg.graph_asset(inputs=["data/graph.csv"])
        def graph():
            return read()

        @dg.multi_asset(
            specs=[dg.AssetSpec("spec", deps=["graph", dg.file("data/spec.csv")])], inputs=["data/multi.csv"]
        )
        def several():
            pass

        @dg.multi_asset(outs={"out": dg.AssetOut()}, deps=[dg.file("data/out.csv")])
        def outs():
            return 1

        @dg.asset_check(asset="out", additional_deps=[dg.file("data/dep.csv")], inputs=["data/check.csv"])
        def check():
            return dg.AssetCheckResult(passed=True)
        """
    )
    shop.run()
    expected = {
        "op": "graph",
        "graph": "graph",
        "spec": "several",
        "multi": "several",
        "out": "outs",
        "dep": "out_check",
        "check": "out_check",
    }
    for name, step in expected.items():
        shop.write(f"data/{name}.csv", "one")
        assert shop.run().get(step) == [f"data/{name}.csv is new"]


def test_each_partition_rests_on_what_is_declared(project: Project) -> None:
    shop = declaring(
        project, "inputs=['data/*.csv'], partitions_def=dg.StaticPartitionsDefinition(['x', 'y'])"
    )
    shop.write("data/a.csv", "one")
    shop.execute(asked=Asked("x", "x"))
    assert shop.why("made").asset.partition_counts.stale == 0
    shop.write("data/b.csv", "one")
    assert shop.why("made").asset.partition_counts.stale == 1


def test_what_is_declared_is_shown_before_and_after_the_first_run(project: Project) -> None:
    shop = declaring(project, "inputs=['data/*.csv', 'extra.csv']")
    shop.write("data/a.csv", "one")
    told = ("files", "data/*.csv (declared, 1 file), extra.csv (declared, absent)")
    assert told in shop.why("made").rests_on
    shop.run()
    assert told in shop.why("made").rests_on
    assert shop.why("made").asset.declared_inputs == ("data/*.csv", "extra.csv")
