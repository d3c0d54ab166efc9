"""`dagx run`: what is stale runs, once; what goes wrong is said, and nothing is lost."""

from __future__ import annotations

import os
import signal

import pytest
from world import PATIENCE, World, processes_of, wait_until

pytestmark = pytest.mark.fat

CHAIN = """
    import dagx as dg

    @dg.asset
    def numbers():
        return [1, 2, 3]

    @dg.asset
    def total(numbers):
        return sum(numbers)

    @dg.asset
    def parity(total):
        return total % 2

    @dg.asset
    def words(parity):
        return "odd" if parity else "even"
"""


def test_the_first_run_makes_everything_and_the_second_nothing(world: World) -> None:
    world.write("definitions.py", CHAIN)
    assert world.made() == ["numbers", "parity", "total", "words"]
    assert set(world.run().states.values()) == {"fresh"}
    assert set(world.status().values()) == {"fresh"}


def test_an_edit_stops_where_the_data_is_the_same(world: World) -> None:
    world.write("definitions.py", CHAIN)
    world.run()
    world.change("definitions.py", "[1, 2, 3]", "[1, 2, 5]")
    states = world.run().states
    assert states == {"numbers": "succeeded", "total": "succeeded", "parity": "unchanged", "words": "fresh"}


def test_going_back_to_an_earlier_state_runs_nothing(world: World) -> None:
    world.write("definitions.py", CHAIN)
    world.run()
    world.change("definitions.py", "[1, 2, 3]", "[1, 2, 4]")
    assert world.made() == ["numbers", "parity", "total", "words"]
    world.change("definitions.py", "[1, 2, 4]", "[1, 2, 3]")
    states = world.run().states
    assert set(states.values()) == {"restored"}
    assert "6" in world.dagx("show", "total").out


def test_a_helper_in_another_file_is_part_of_what_uses_it(world: World) -> None:
    world.write("lib/text.py", "def clean(text):\n    return text.strip()\n\ndef other():\n    return 1\n")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from lib.text import clean

        @dg.asset
        def user():
            return clean(" a ")

        @dg.asset
        def bystander():
            return 1
        """,
    )
    world.run()
    world.change("lib/text.py", "return 1", "return 2")
    assert world.made() == []
    world.change("lib/text.py", ".strip()", ".strip().upper()")
    assert world.made() == ["user"]


def test_a_data_file_that_was_read_is_an_input(world: World) -> None:
    world.write("data/in.txt", "one")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from pathlib import Path

        @dg.asset
        def read():
            return Path("data/in.txt").read_text()
        """,
    )
    world.run()
    os.utime(world.root / "data/in.txt")
    assert world.made() == []
    world.write("data/in.txt", "two")
    said = world.dagx("why", "read", "--json").json
    assert [reason["part"] for reason in said["reasons"]] == ["file:data/in.txt"]
    assert world.made() == ["read"]


def test_after_kill_9_only_unfinished_steps_run(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, pathlib, time

        @dg.asset
        def first():
            return 1

        @dg.asset
        def second(first):
            pathlib.Path("started").touch()
            while pathlib.Path("hold").exists():
                time.sleep(0.01)
            return 2

        @dg.asset
        def third(second):
            return 3
        """,
    )
    world.write("hold", "")
    process = world.background("run")
    wait_until((world.root / "started").exists, "the start of the second step")
    process.kill()
    process.communicate()
    wait_until(lambda: not processes_of(world.root), "the end of its workers")
    (world.root / "hold").unlink()
    runs = world.dagx("runs", "--json").json
    assert world.run().states == {"first": "fresh", "second": "succeeded", "third": "succeeded"}
    assert [run["status"] for run in runs] == ["crashed"]
    assert [run["status"] for run in world.dagx("runs", "--json").json] == ["succeeded", "crashed"]


def test_ctrl_c_ends_the_run_with_130_and_keeps_what_was_made(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, pathlib, time

        @dg.asset
        def first():
            return 1

        @dg.asset
        def slow(first):
            pathlib.Path("started").touch()
            time.sleep(60)
        """,
    )
    process = world.background("run")
    wait_until((world.root / "started").exists, "the start of the slow step")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (130, "")
    assert world.status() == {"first": "fresh", "slow": "missing"}


def test_a_failure_skips_what_needs_it_and_the_rest_finishes(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def bad():
            return {}["nope"]

        @dg.asset
        def after(bad):
            return 1

        @dg.asset
        def apart():
            return 1
        """,
    )
    said = world.dagx("run")
    assert said.code == 1
    assert "KeyError: 'nope'" in said.out + said.err
    assert 'definitions.py", line 6, in bad' in said.out + said.err
    assert "dagx/worker" not in said.out + said.err
    assert world.status() == {"bad": "failed", "after": "blocked", "apart": "fresh"}


def test_fail_fast_stops_at_the_first_failure(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def a_bad():
            raise ValueError("no")

        @dg.asset
        def b():
            return 1
        """,
    )
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 1\n")
    assert world.run("--fail-fast").states == {"a_bad": "failed", "b": "cancelled"}


def test_force_runs_what_is_fresh_and_dry_run_runs_nothing(world: World) -> None:
    world.write("definitions.py", CHAIN)
    said = world.dagx("run", "--dry-run")
    assert said.code == 0
    assert set(world.status().values()) == {"missing"}
    world.run()
    assert world.run("--force", "total").states == {"total": "unchanged"}


def test_a_selection_that_needs_what_was_never_made_says_how_to_run_it(world: World) -> None:
    world.write("definitions.py", CHAIN)
    said = world.dagx("run", "total")
    assert said.code == 2
    assert "numbers" in said.err
    assert "never made" in said.err
    assert world.made('+key:"total"') == ["numbers", "total"]


def test_a_second_run_says_who_has_the_project_and_waits_for_it(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, pathlib, time

        @dg.asset
        def slow():
            pathlib.Path("started").touch()
            while not pathlib.Path("go").exists():
                time.sleep(0.01)
        """,
    )
    process = world.background("run")
    wait_until((world.root / "started").exists, "the start")
    second = world.background("run")
    assert second.stdout is not None
    assert second.stdout.readline().startswith(f"waiting for `dagx run` (pid {process.pid}, since ")
    assert world.dagx("status").code == 0
    (world.root / "go").touch()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert second.communicate(timeout=PATIENCE)[0] == "nothing to do: 1 asset is fresh\n"
    assert second.returncode == 0


def test_a_run_of_its_own_is_cancelled_from_elsewhere(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, pathlib, time

        @dg.asset
        def slow():
            pathlib.Path("started").touch()
            time.sleep(600)
        """,
    )
    process = world.background("run")
    wait_until((world.root / "started").exists, "the start")
    said = world.dagx("cancel")
    assert (said.code, " is being stopped" in said.out) == (0, True)
    assert process.wait(PATIENCE) == 143
    assert world.dagx("cancel").err == "error: nothing is running\n"


def test_a_stored_value_that_is_damaged_is_not_handed_on(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def big():
            return "x" * 100_000

        @dg.asset
        def length(big):
            return len(big)
        """,
    )
    world.run()
    (stored,) = (path for path in (world.root / ".dagx" / "objects").rglob("*") if path.is_file())
    stored.chmod(0o644)
    stored.write_bytes(b"y" * 100_000)
    said = world.run("--force", "length")
    assert said.code == 1
    assert "damaged" in said.json["steps"][0]["error"]
    assert world.made() == ["big"]
    assert set(world.status().values()) == {"fresh"}


def test_a_retry_policy_is_honoured(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=0.05))
        def flaky(context):
            if context.retry_number < 2:
                raise ValueError(f"try {context.retry_number}")
            return context.retry_number
        """,
    )
    said = world.run()
    assert said.states == {"flaky": "succeeded"}
    assert said.json["steps"][0]["attempt"] == 3
    log = world.dagx("logs", "flaky").out
    assert "flaky failed and is tried again in 0.05 s: ValueError: try 0" in log
    assert 'line 7, in flaky\n    raise ValueError(f"try {context.retry_number}")' in log
    assert "ValueError: try 1" in log


def test_an_input_saved_while_its_step_runs_makes_the_step_run_again(world: World) -> None:
    world.write("in.txt", "old")
    world.write(
        "definitions.py",
        """
        import dagx as dg, os, pathlib

        @dg.asset
        def reader():
            text = pathlib.Path("in.txt").read_text()
            if text == "old":
                os.system("printf new > in.txt")
            return text
        """,
    )
    world.run()
    assert "new" in world.dagx("show", "reader").out


WRITER = """
    import dagx as dg
    from pathlib import Path

    @dg.asset
    def page():
        Path("out").mkdir(exist_ok=True)
        Path("out/page.txt").write_text("one")
        return "done"
"""


def test_a_file_that_an_asset_wrote_is_written_again_when_it_is_gone_or_changed(world: World) -> None:
    world.write("definitions.py", WRITER)
    world.run()
    assert world.made() == []
    (world.root / "out/page.txt").unlink()
    assert "out/page.txt, which it wrote, is gone" in world.dagx("why", "page").out
    assert world.made() == ["page"]
    (world.root / "out/page.txt").write_text("edited by hand")
    assert "out/page.txt, which it wrote, was changed" in world.dagx("why", "page").out
    assert world.made() == ["page"]
    assert (world.root / "out/page.txt").read_text() == "one"


def test_going_back_does_not_leave_a_written_file_behind(world: World) -> None:
    world.write("definitions.py", WRITER)
    world.run()
    world.change("definitions.py", '"one"', '"two"')
    assert world.made() == ["page"]
    world.change("definitions.py", '"two"', '"one"')
    assert world.made() == ["page"]
    assert (world.root / "out/page.txt").read_text() == "one"


def test_to_swap_what_two_parameters_are_filled_from_reruns_the_asset(world: World) -> None:
    text = """
        import dagx as dg

        @dg.asset
        def a():
            return "a"

        @dg.asset
        def b():
            return "b"

        @dg.asset(ins={{"x": dg.AssetIn("{x}"), "y": dg.AssetIn("{y}")}})
        def both(x, y):
            return x + y
    """
    world.write("definitions.py", text.format(x="a", y="b"))
    world.run()
    world.write("definitions.py", text.format(x="b", y="a"))
    assert world.made() == ["both"]
    assert "ba" in world.dagx("show", "both").out


def test_how_an_io_manager_loads_is_part_of_what_is_loaded_through_it(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from pathlib import Path

        class Files(dg.IOManager):
            def handle_output(self, context, obj):
                Path("stored.txt").write_text(obj)

            def load_input(self, context):
                return Path("stored.txt").read_text()

        @dg.asset(io_manager_key="files")
        def up():
            return "text"

        @dg.asset
        def out(up):
            return up

        @dg.asset
        def apart():
            return 1

        defs = dg.Definitions(assets=[up, out, apart], resources={"files": Files()})
        """,
    )
    world.run()
    assert world.made() == []
    world.change("definitions.py", ".read_text()", ".read_text().upper()")
    assert world.made() == ["out", "up"]
    assert "TEXT" in world.dagx("show", "out").out


def test_a_run_over_stale_ground_says_so(world: World) -> None:
    world.write("definitions.py", CHAIN)
    world.run()
    world.change("definitions.py", "[1, 2, 3]", "[1, 2, 4]")
    said = world.dagx("run", "total")
    assert said.code == 0
    assert "total rests on numbers" in said.out + said.err


def test_a_data_file_that_is_read_at_import_counts_as_code(world: World) -> None:
    world.write("settings.txt", "1")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from pathlib import Path

        FACTOR = int(Path("settings.txt").read_text())

        @dg.asset
        def scaled():
            return 10 * FACTOR
        """,
    )
    world.run()
    world.write("settings.txt", "2")
    assert "settings.txt, read when the project is imported, changed" in world.dagx("why", "scaled").out
    assert world.made() == ["scaled"]


def test_a_package_of_the_project_keeps_its_data_and_may_be_only_a_docstring(world: World) -> None:
    world.write("shop/__init__.py", '"""The shop."""\n')
    world.write("shop/words.txt", "hello")
    world.write("shop/assets.py", "def words():\n    return 1\n")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        import importlib.resources
        import pkgutil
        import shop.assets

        @dg.asset
        def text():
            found = importlib.resources.files("shop").joinpath("words.txt").read_text()
            return found + pkgutil.get_data("shop", "words.txt").decode() + str(shop.assets.words())
        """,
    )
    assert world.made() == ["text"]
    assert "hellohello1" in world.dagx("show", "text").out


def test_an_exception_outside_exception_is_told_like_any_other(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        class Panic(BaseException):
            pass

        @dg.asset
        def a():
            raise Panic("the engine room is on fire")
        """,
    )
    step = world.run().json["steps"][0]
    assert step["error_line"] == "Panic: the engine room is on fire"
    assert "definitions.py" in step["error"]


def test_status_knows_what_another_process_runs(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, pathlib, time

        @dg.asset
        def slow():
            pathlib.Path("started").touch()
            while not pathlib.Path("go").exists():
                time.sleep(0.01)

        @dg.asset
        def after(slow):
            return 1
        """,
    )
    process = world.background("run")
    wait_until((world.root / "started").exists, "the start")
    assert world.status() == {"slow": "running", "after": "queued"}
    (world.root / "go").touch()
    process.communicate(timeout=PATIENCE)


def test_from_a_folder_inside_the_project_it_is_the_same_project(world: World) -> None:
    world.write("definitions.py", CHAIN)
    world.run()
    (world.root / "notebooks").mkdir()
    assert set(World(world.root / "notebooks").status().values()) == {"fresh"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import dagx as dg\n", "no assets in"),
        (
            "import dagx as dg\n\n@dg.asset\ndef a(c): ...\n\n@dg.asset\ndef b(a): ...\n\n@dg.asset\ndef c(b): ...\n",
            "definitions.py:3: assets need each other: a -> b -> c -> a",
        ),
        (
            'import dagx as dg\n\n@dg.asset\ndef a(): ...\n\n@dg.asset(name="a")\ndef again(): ...\n',
            'definitions.py:6: asset "a" is defined twice',
        ),
        (
            "import dagx as dg\n\n@dg.asset\ndef orders(): ...\n\n@dg.asset\ndef revenue(ordrs): ...\n",
            'definitions.py:6: asset "ordrs" is not defined (needed by "revenue")\n  did you mean "orders"?',
        ),
        ("import dagx as dg\nimport nowhere_to_be_found\n", "definitions.py:2: ModuleNotFoundError"),
        ("import dagx as dg\n\ndef broken(:\n", "definitions.py:3: SyntaxError"),
        ("import dagx as dg\nimport sys\nsys.exit(0)\n", "definitions.py:3: SystemExit"),
        (
            "import dagx as dg\nimport ctypes\nctypes.string_at(0)\n",
            "was killed by SIGSEGV while it loaded the project",
        ),
    ],
    ids=["no assets", "cycle", "duplicate", "unknown", "import", "syntax", "exit", "segfault"],
)
def test_a_project_that_does_not_load_says_where_and_ends_with_3(
    world: World, source: str, words: str
) -> None:
    world.write("definitions.py", source)
    for command in ("run", "status"):
        said = world.dagx(command)
        assert said.code == 3
        assert words in said.err
        assert "bug of dagx" not in said.err


def test_a_folder_without_a_project_says_what_to_do(world: World) -> None:
    said = world.dagx("run")
    assert said.code == 3
    assert "no dagx project" in said.err
    assert "dagx init" in said.err


def test_what_is_kept_of_the_source_files_is_made_anew_when_it_is_damaged(world: World) -> None:
    world.write("definitions.py", CHAIN)
    assert world.run().code == 0
    kept = world.root / ".dagx" / "code"
    damaged = kept.read_bytes()[:-1] + b"?"
    kept.write_bytes(damaged)
    assert world.dagx("doctor").code == 0  # it loads the project always
    assert kept.read_bytes() != damaged
    assert set(world.status().values()) == {"fresh"}
    kept.unlink()
    assert world.dagx("doctor").code == 0
    assert kept.exists()
    assert world.made() == []
