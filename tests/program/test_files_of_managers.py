"""IO managers of the project's own that write files: each step runs once, also when files are milliseconds old."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

CSV = """
    import csv, pathlib
    import dagx as dg

    class Csv(dg.ConfigurableIOManager):
        folder: str

        def path(self, context):
            return pathlib.Path(self.folder, f"{context.asset_key.path[-1]}.csv")

        def handle_output(self, context, obj):
            self.path(context).parent.mkdir(exist_ok=True)
            with self.path(context).open("w", newline="") as file:
                csv.writer(file).writerows([each] for each in obj)

        def load_input(self, context):
            with self.path(context).open() as file:
                return [int(row[0]) for row in csv.reader(file)]

    @dg.asset
    def raw():
        return [1, 2]

    @dg.asset
    def doubled(raw):
        return [each * 2 for each in raw]

    @dg.asset
    def summed(doubled):
        return [sum(doubled)]

    defs = dg.Definitions(assets=[raw, doubled, summed], resources={"io_manager": Csv(folder="lake")})
"""


def ended(said: str) -> list[tuple[str, str]]:
    """Each line of a step that ended: its name, and what became of it."""
    lines = [line.split() for line in said.splitlines() if line[:1] in "✔✘↻"]
    return [(words[1], words[2]) for words in lines]


def test_what_a_step_reads_that_was_written_just_before_it_began_did_not_change_meanwhile(
    world: World,
) -> None:
    world.write("definitions.py", CSV)
    assert ended(world.dagx("run").out) == [("raw", "made"), ("doubled", "made"), ("summed", "made")]
    assert (world.root / "lake" / "summed.csv").read_text().split() == ["6"]
    assert set(world.run().states.values()) == {"fresh"}


def test_what_something_else_writes_while_a_step_reads_it_still_sends_the_step_back(world: World) -> None:
    meddles = CSV.replace(
        "return [sum(doubled)]",
        """subprocess.run(["sh", "-c", "test -e once || echo 5 > lake/doubled.csv; touch once"], check=True)
        return [sum(doubled)]""",
    )
    world.write("definitions.py", meddles.replace("import csv,", "import csv, subprocess,"))
    lines = ended(world.dagx("run").out)
    assert lines[2:] == [("summed", "superseded"), ("summed", "made")]
