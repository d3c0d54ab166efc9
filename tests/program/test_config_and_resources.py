"""What steps are told and given: run config, resources, variables, hooks, loggers. All that counts, no secret kept."""

from __future__ import annotations

import json
import sqlite3

import pytest
from world import World

pytestmark = pytest.mark.fat

CONFIG = """
    import dagx as dg

    class Days(dg.Config):
        days: int = 3
        note: str = ""

    @dg.asset
    def orders(config: Days):
        return config.days

    @dg.asset
    def apart():
        return 1
"""


def config(world: World, name: str, **ops: dict[str, object]) -> str:
    world.write(name, json.dumps({"ops": {op: {"config": said} for op, said in ops.items()}}))
    return name


def test_config_has_its_defaults_and_another_one_makes_what_it_is_for_stale(world: World) -> None:
    world.write("definitions.py", CONFIG)
    assert world.run().states == {"orders": "succeeded", "apart": "succeeded"}
    assert "3" in world.dagx("show", "orders").out
    seven = config(world, "seven.json", orders={"days": 7})
    planned = world.dagx("run", "--dry-run", "--json", "-c", seven).json["steps"]
    assert [(s["step"], s["reasons"][0]["text"]) for s in planned] == [("orders", "config days changed")]
    assert world.run("--config", seven).states == {"orders": "succeeded", "apart": "fresh"}
    assert world.run("--config", seven).states == {"orders": "fresh", "apart": "fresh"}
    assert world.run().states == {"orders": "restored", "apart": "fresh"}


def test_run_config_can_be_toml_and_a_setting_of_the_project(world: World) -> None:
    world.write("definitions.py", CONFIG)
    world.write("run.toml", "[ops.orders.config]\ndays = 9\n")
    world.write("pyproject.toml", '[tool.dagx]\nconfig = "run.toml"\n')
    world.run()
    assert world.dagx("show", "orders", "--json").json["current"]["preview"] == "9"


def test_config_that_does_not_fit_is_refused_before_anything_runs(world: World) -> None:
    world.write("definitions.py", CONFIG)
    said = world.dagx("run", "-c", config(world, "bad.json", orders={"days": "many"}))
    assert said.code == 2
    assert "ops.orders.config.days" in said.err
    assert world.status() == {"orders": "missing", "apart": "missing"}
    said = world.dagx("run", "-c", config(world, "typo.json", order={"days": 1}))
    assert said.code == 3
    assert 'did you mean "orders"' in said.err
    assert world.dagx("run", "apart", "-c", "bad.json").code == 0
    assert world.dagx("run", "-c", "nowhere.json").code == 2


def test_missing_config_is_told_with_its_path_and_others_run(world: World) -> None:
    world.write("definitions.py", CONFIG)
    world.change("definitions.py", "days: int = 3", "days: int")
    said = world.dagx("run")
    assert said.code == 2
    assert "ops.orders.config.days" in said.err
    assert "dagx run --config FILE" in said.err
    assert world.run("apart").states == {"apart": "succeeded"}


def test_a_secret_in_run_config_is_read_from_the_environment_and_is_in_no_row(world: World) -> None:
    world.write("definitions.py", CONFIG)
    told = config(world, "told.json", orders={"note": {"env": "TOKEN"}})
    assert world.dagx("run", "-c", told, TOKEN="hush-hush-1").code == 0
    assert "fresh" in world.dagx("run", "orders", "--json", "-c", told, TOKEN="hush-hush-1").out
    again = world.dagx("run", "orders", "--json", "-c", told, TOKEN="hush-hush-2")
    assert again.states == {"orders": "unchanged"}
    stored = b"".join(path.read_bytes() for path in (world.root / ".dagx").rglob("*") if path.is_file())
    assert b"hush-hush" not in stored


RESOURCES = """
    import dagx as dg

    class Inner(dg.ConfigurableResource):
        depth: int = 1

    class Store(dg.ConfigurableResource):
        size: int = 1
        inner: Inner = Inner()

        def full(self):
            return self.size * 10 + self.inner.depth

    @dg.asset
    def made(store: Store):
        return store.full()

    @dg.asset
    def apart():
        return 1

    defs = dg.Definitions([made, apart], resources={"store": Store(size=2)})
"""


def test_what_uses_a_resource_is_stale_when_a_setting_or_its_code_changes(world: World) -> None:
    world.write("definitions.py", RESOURCES)
    assert set(world.run().states.values()) == {"succeeded"}
    assert world.made() == []
    world.change("definitions.py", "size=2", "size=3")
    said = world.dagx("why", "made", "--json").json
    assert said["reasons"][0]["part"] == "resource:store"
    assert world.made() == ["made"]
    world.change("definitions.py", "Inner()", "Inner(depth=5)")
    assert world.made() == ["made"]
    world.change("definitions.py", "* 10", "* 100")
    assert world.made() == ["made"]
    assert world.made() == []


def test_a_variable_that_a_resource_reads_counts_and_its_value_is_in_no_row(world: World) -> None:
    world.write("definitions.py", RESOURCES)
    world.change("definitions.py", "size: int = 1", "size: int = 1\n    key: str = ''")
    world.change("definitions.py", "size=2", 'size=2, key=dg.EnvVar("STORE_KEY")')
    world.write(".env", "STORE_KEY=first-secret\n")
    assert set(world.run().states.values()) == {"succeeded"}
    assert world.made() == []
    world.write(".env", "STORE_KEY=second-secret\n")
    said = world.dagx("why", "made", "--json").json
    assert [reason["text"] for reason in said["reasons"]] == ["environment variable STORE_KEY changed"]
    assert world.run().states == {"made": "unchanged", "apart": "fresh"}
    stored = b"".join(path.read_bytes() for path in (world.root / ".dagx").rglob("*") if path.is_file())
    assert b"-secret" not in stored


def test_a_save_of_the_file_of_variables_reloads_the_project(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, os

        NAME = os.environ.get("GREETED", "nobody")

        @dg.asset
        def greeting():
            return NAME

        @dg.asset
        def variable(store: dg.ResourceParam[dict]):
            return os.environ["GREETED"]

        defs = dg.Definitions([greeting, variable], resources={"store": {"name": dg.EnvVar("GREETED")}})
        """,
    )
    world.write(".env", "GREETED=one\n")
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.write(".env", "GREETED=two\n")
        assert dev.until_run_ended()["variable"] == "succeeded"
    assert world.dagx("show", "variable", "--json").json["current"]["preview"] == "two"


def test_a_resource_that_cannot_be_set_up_fails_the_step_with_the_words_of_its_author(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        class Broken(dg.ConfigurableResource):
            def setup_for_execution(self, context):
                raise ConnectionError("the database is down")

        @dg.asset
        def made(broken: Broken):
            return 1

        @dg.asset
        def apart():
            return 1

        defs = dg.Definitions([made, apart], resources={"broken": Broken()})
        """,
    )
    said = world.dagx("run")
    assert said.code == 1
    assert "the database is down" in said.err
    assert world.status() == {"made": "failed", "apart": "fresh"}


def test_hooks_are_called_after_a_step_and_change_nothing(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.success_hook
        def noted(context):
            print("noted", context.step_key, context.op_output_values)

        @dg.failure_hook
        def moaned(context):
            print("moaned", context.op_exception)
            raise RuntimeError("a hook that fails")

        @dg.asset(hooks={noted, moaned})
        def good():
            return 1

        @dg.asset(hooks={noted, moaned}, retry_policy=dg.RetryPolicy(max_retries=1))
        def bad():
            raise ValueError("no")
        """,
    )
    assert world.run().states == {"good": "succeeded", "bad": "failed"}
    assert "noted good {'result': 1}" in world.dagx("logs", "good").out
    log = world.dagx("logs", "bad").out
    assert log.count("moaned no") == 1
    assert "a hook that fails" in log


def test_loggers_that_run_config_names_hear_what_is_logged(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, logging

        @dg.logger
        def filed(context):
            logger = logging.Logger("filed")
            logger.addHandler(logging.FileHandler("heard.log"))
            return logger

        @dg.asset
        def talks(context):
            context.log.info("hello %s", "there")
            dg.get_logger().warning("from afar")

        defs = dg.Definitions([talks], loggers={"filed": filed})
        """,
    )
    world.write("loud.json", '{"loggers": {"filed": {}}}')
    assert world.run().code == 0
    assert not (world.root / "heard.log").exists()
    assert "hello there" in world.dagx("logs").out
    assert "from afar" in world.dagx("logs").out
    assert world.run("--force", "-c", "loud.json").code == 0
    assert (world.root / "heard.log").read_text() == "hello there\nfrom afar\n"


def test_the_executor_says_how_many_steps_run_at_once(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg, os, pathlib, time

        def work():
            others = list(pathlib.Path(".").glob("at_work_*"))
            here = pathlib.Path(f"at_work_{os.getpid()}")
            here.touch()
            time.sleep(0.2)
            here.unlink()
            return len(others)

        @dg.asset
        def a(): return work()

        @dg.asset
        def b(): return work()

        @dg.asset
        def c(): return work()

        defs = dg.Definitions([a, b, c], executor=dg.in_process_executor)
        """,
    )
    world.run()
    for name in "abc":
        assert world.dagx("show", name, "--json").json["current"]["preview"] == "0"


def test_what_does_not_fit_together_is_told_with_its_place(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def a():
            return 1

        nightly = dg.define_asset_job("nightly", selection="nothing_like_it")
        defs = dg.Definitions([a], jobs=[nightly])
        """,
    )
    said = world.dagx("ls")
    assert said.code == 3
    assert "nothing_like_it" in said.err


def test_jobs_are_listed_and_schedules_and_sensors_as_not_run_yet(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def a():
            return 1

        nightly = dg.define_asset_job("nightly", selection="a")
        at_three = dg.ScheduleDefinition(job=nightly, cron_schedule="0 3 * * *")
        defs = dg.Definitions([a], jobs=[nightly], schedules=[at_three])
        """,
    )
    listed = world.dagx("ls").out
    assert "nightly  1 asset" in listed
    assert "schedules (loaded; not run by dagx yet): nightly_schedule" in listed
    assert world.dagx("ls", "--json").json["automation"]["schedules"] == ["nightly_schedule"]
    assert "nightly_schedule (loaded; not run by dagx yet)" in world.dagx("doctor").out


def test_state_is_readable_by_its_owner_alone(world: World) -> None:
    world.write("definitions.py", CONFIG)
    world.run()
    assert (world.root / ".dagx" / "secret").stat().st_mode & 0o077 == 0
    with sqlite3.connect(world.root / ".dagx" / "state.db") as db:
        (parts,) = db.execute("SELECT parts FROM manifests WHERE parts LIKE '%config:days%'").fetchone()
    db.close()
    digest = dict(json.loads(parts))["config:days"]
    assert len(digest) == 32
