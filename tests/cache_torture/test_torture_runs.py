"""What one step does to another, and what is asked for. Cases 32, 39 to 42, 48, 80,
82, 83, 88 to 90, 92, 95 and 96."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from shops import Shop

from dagx.worker import describe

Project = Callable[[str], Shop]

CHAIN = """
    -- definitions.py
    import dagx as dg

    @dg.asset
    def orders(): return [3, 1, 2]

    @dg.asset
    def total(orders): return sum(orders)

    @dg.asset
    def report(total): return f"{total} in all"
"""


# 88 to 90: nothing runs on yesterday's values, nothing runs for nothing, and what is passed over is there.


def test_a_result_that_comes_out_equal_ends_the_rerun_there(project: Project) -> None:
    """Case 89."""
    shop = project(CHAIN)
    shop.run()
    shop.edit("definitions.py", "[3, 1, 2]", "[1, 2, 3]")
    assert shop.run() == {
        "orders": ["code of orders changed (definitions.py:3)"],
        "total": ["new data in orders"],
    }
    shop.edit("definitions.py", "[1, 2, 3]", "sorted([1, 2, 3])")
    assert shop.run() == {"orders": ["code of orders changed (definitions.py:3)"]}
    assert shop.run() == {}


def test_what_is_passed_over_is_there_for_what_needs_it(project: Project) -> None:
    """Case 90: fresh is a state with a value, and no gap in the run."""
    shop = project(CHAIN)
    shop.run()
    shop.edit("definitions.py", "in all", "altogether")
    found = shop.execute()
    assert {step.step: step.state.value for step in found.steps} == {
        "orders": "fresh",
        "total": "fresh",
        "report": "succeeded",
    }
    assert found.status.value == "succeeded"
    assert shop.value("report") == "6 altogether"
    assert shop.why("total").verdict.startswith("fresh")


def test_what_was_made_from_an_older_value_upstream_is_known_to_be(project: Project) -> None:
    """Case 88: what counts is the value that was loaded, not that upstream ran some time before."""
    shop = project(CHAIN)
    shop.run()
    shop.edit("definitions.py", "[3, 1, 2]", "[3, 1, 3]")
    shop.edit("definitions.py", "sum(orders)", "sum(orders) + 10")
    assert shop.run("total") == {"total": ["code of total changed (definitions.py:6)"]}
    assert shop.value("total") == "16"
    assert shop.run() == {
        "orders": ["code of orders changed (definitions.py:3)"],
        "total": ["new data in orders"],
        "report": ["new data in total"],
    }
    assert shop.value("report") == "17 in all"


def test_a_model_that_is_trained_again_makes_its_predictions_again(project: Project) -> None:
    """Case 32: however deep in what the step hands on the difference lies."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from models import Layer, Model

        @dg.asset
        def model(): return Model({"a": {"b": {"c": {"d": {"e": {"f": {"g": [Layer(0.5)]}}}}}}})

        @dg.asset
        def predictions(model): return model.predict()
        -- models.py
        class Layer:
            def __init__(self, weight): self.weight = weight
        class Model:
            def __init__(self, parts): self.parts = parts
            def predict(self):
                inner = self.parts
                while isinstance(inner, dict): (inner,) = inner.values()
                return inner[0].weight
    """)
    shop.run()
    shop.edit("definitions.py", "0.5", "0.25")
    assert shop.run() == {
        "model": ["code of model changed (definitions.py:4)"],
        "predictions": ["new data in model"],
    }
    assert shop.value("predictions") == "0.25"


# 48: a step changes what the next one reads.


def test_what_a_step_above_writes_is_read_as_it_is_then(project: Project) -> None:
    """Case 48: inputs are those of the moment of the launch, not of the plan."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pathlib import Path

        @dg.asset
        def written() -> None: Path("shared.txt").write_text("one")

        @dg.asset(deps=[written])
        def made(): return Path("shared.txt").read_text()
        -- shared.txt
        zero
    """)
    shop.run()
    assert (shop.value("made"), shop.run()) == ("one", {})
    shop.edit("definitions.py", '"one"', '"two"')
    assert shop.run() == {
        "written": ["code of written changed (definitions.py:4)"],
        "made": ["new data in written", "shared.txt changed"],
    }
    assert (shop.value("made"), shop.run()) == ("two", {})


# 40, 41: what is different each time.


NOISY = """
    -- definitions.py
    import dagx as dg
    import time, uuid

    @dg.asset
    def made(context: dg.AssetExecutionContext):
        context.add_output_metadata({"created_at": time.time(), "id": str(uuid.uuid4())})
        return 1

    @dg.asset
    def below(made): return made
"""


def test_when_and_under_which_number_it_was_made_is_no_part_of_it(project: Project) -> None:
    """Case 40."""
    shop = project(NOISY)
    shop.run()
    first = shop.result("made")
    assert shop.run("made", force=True) == {"made": ["forced"]}
    assert shop.result("made") == first
    assert shop.run() == {}


def test_the_same_project_has_the_same_key_at_any_time_and_place(project: Project, tmp_path: Path) -> None:
    """Cases 40 and 39: neither a time, nor a folder, nor the order of a listing is in it."""
    shop = project(NOISY)
    shop.run()
    other = Shop(tmp_path / "a" / "very" / "different place", NOISY)
    other.run()
    for asset in ("made", "below"):
        assert shop.manifest(asset) == other.manifest(asset)


def test_a_parameter_that_is_another_one_each_time_is_named_each_time(project: Project) -> None:
    """Case 41: a folder of the moment among what is captured."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        import uuid

        def factory(folder):
            @dg.asset
            def made(): return len(folder)
            return made
        made = factory(uuid.uuid4().hex)

        @dg.asset
        def below(made): return made
    """)
    shop.run()
    words = "cell folder of factory.<locals>.made changed"
    assert shop.run() == {"made": [words]}
    assert [reason.text for reason in shop.why("made").reasons] == [words]


def test_there_is_no_size_from_which_on_a_file_is_known_by_less_than_its_content(project: Project) -> None:
    """Case 42."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pathlib import Path

        @dg.asset
        def made(): return Path("data/in.bin").read_bytes()[-1]
    """)
    data = bytearray(3 << 20)
    path = shop.root / "data/in.bin"
    path.parent.mkdir()
    path.write_bytes(data)
    shop.run()
    data[len(data) // 2] = 1
    path.write_bytes(data)
    assert shop.run() == {"made": ["data/in.bin changed"]}


# 80: what is asked for on the command line.


def test_config_that_is_given_to_a_run_counts_by_its_value(project: Project) -> None:
    """Case 80."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pathlib import Path

        class Settings(dg.Config):
            days: int = 1

        @dg.asset
        def made(config: Settings):
            Path("out.txt").write_text(str(config.days))
            return config.days
    """)
    for days in (2, 3):
        shop.write(f"{days}.json", f'{{"ops": {{"made": {{"config": {{"days": {days}}}}}}}}}')

    def run(file: str) -> dict[str, list[str]]:
        shop.config = file
        return shop.run()

    run("2.json")
    assert run("2.json") == {}
    assert run("3.json") == {"made": ["config days changed"]}
    assert run("2.json") == {"made": ["config days changed"]}
    assert shop.read("out.txt") == "2"
    (shop.root / "out.txt").unlink()
    assert run("2.json") == {"made": ["out.txt, which it wrote, is gone"]}


# 83: many at once.


def test_each_of_many_files_that_change_at_once_counts(project: Project) -> None:
    """Cases 82 and 83."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pathlib import Path

        def reader(number):
            @dg.asset(name=f"made_{number}")
            def made(): return Path(f"data/{number}.txt").read_text()
            return made
        readers = [reader(number) for number in range(40)]
    """)
    for number in range(40):
        shop.write(f"data/{number}.txt", "one")
    shop.run()
    for number in range(40):
        shop.write(f"data/{number}.txt", "two")
    assert shop.run() == {f"made_{number}": [f"data/{number}.txt changed"] for number in range(40)}
    assert shop.run() == {}


# 92: files that more than one writes.


def test_a_file_that_two_assets_write_is_the_output_of_neither(project: Project) -> None:
    """Case 92: going back to an earlier version of one does not put its bytes over those of the other."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pathlib import Path

        @dg.asset
        def one() -> None: Path("shared.txt").write_text("by one")

        @dg.asset(deps=[one])
        def two() -> None: Path("shared.txt").write_text("by two")
    """)
    shop.run()
    assert (shop.read("shared.txt"), shop.run()) == ("by two", {})
    shop.edit("definitions.py", "by one", "first by one")
    assert set(shop.run()) == {"one", "two"}
    shop.edit("definitions.py", "first by one", "by one")
    assert (shop.run(), shop.read("shared.txt")) == ({}, "by two")


# 95, 96: order, and the versions of what makes the bytes.


def test_the_order_in_which_things_are_declared_changes_no_key(project: Project) -> None:
    """Case 95."""
    shop = project("""
        -- definitions.py
        import dagx as dg

        @dg.asset
        def one(): return 1
        @dg.asset
        def two(): return 2
        @dg.asset(deps=["one", "two"], required_resource_keys={"a", "b"})
        def made(context): return 3

        defs = dg.Definitions(assets=[one, two, made], resources={"a": 1, "b": 2})
    """)
    shop.run()
    shop.edit("definitions.py", '["one", "two"]', '["two", "one"]')
    shop.edit("definitions.py", '{"a", "b"}', '{"b", "a"}')
    shop.edit("definitions.py", "[one, two, made]", "[made, two, one]")
    shop.edit("definitions.py", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}')
    assert shop.run() == {}


def test_another_way_to_store_values_makes_all_that_is_stored_so_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 96: a release that encodes in another way says so in the key."""
    shop = project(CHAIN)
    shop.run()
    monkeypatch.setattr(describe, "CODECS", "of a later release")
    words = ["how values are stored changed"]
    assert shop.run() == {"orders": words, "total": words, "report": words}


def test_another_python_makes_all_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 96."""
    shop = project(CHAIN)
    shop.run()
    monkeypatch.setattr(describe, "sys", SimpleNamespace(**{**vars(sys), "version_info": (3, 99, 0)}))
    words = [f"python {sys.version_info[0]}.{sys.version_info[1]} → 3.99"]
    assert shop.run() == {"orders": words, "total": words, "report": words}
