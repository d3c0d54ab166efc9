"""What a step is seen to execute counts as its code, also where no name leads there."""

from __future__ import annotations

import pytest
from world import World

from pythons import python_that_notes_calls

pytestmark = pytest.mark.fat

PLUGINS = """
    RATE = 3

    def factor():
        return RATE

    def clean(value):
        return value * factor()

    def unused():
        return 0
"""

BY_AN_UNKNOWN_NAME = """
    import sys

    import dagx as dg
    import lib.plugins

    def plugin(name):
        modules = getattr(sys, "mod" + "ules")
        return getattr(modules["lib.plugins"], name)

    @dg.asset
    def cleaned():
        return plugin("cl" + "ean")(2)

    @dg.asset
    def below(cleaned):
        return cleaned

    @dg.asset
    def bystander():
        return 1
"""


@pytest.fixture
def noting(world: World) -> World:
    python = python_that_notes_calls()
    if python is None:
        pytest.skip("there is no Python on this machine that notes calls")
    world.write("pyproject.toml", f'[tool.dagx]\npython = "{python}"\n')
    world.write("lib/__init__.py", "")
    world.write("lib/plugins.py", PLUGINS)
    return world


def doctor(world: World) -> dict[str, str]:
    """What it says by what it is about."""
    return {line["name"]: line["text"] for line in world.dagx("doctor", "--json").json["lines"]}


def test_what_was_executed_counts_at_once_with_all_that_it_reaches_and_is_shown(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME)
    first = noting.run()
    assert first.states == dict.fromkeys(["cleaned", "below", "bystander"], "succeeded")
    run = first.json["run_id"]
    words = f"cleaned executed lib/plugins.py:7 clean, though no name leads there; it counts since run {run}"
    assert words in noting.dagx("why", "cleaned").out
    assert [each["text"] for each in first.json["remarks"]] == [words]
    assert [each["text"] for each in noting.dagx("show", "cleaned", "--json").json["remarks"]] == [words]
    assert "no name leads" not in noting.dagx("why", "below").out
    assert doctor(noting)["run-time proof"].startswith("on (Python 3.1")
    assert doctor(noting)["learned edge"] == words
    noting.change("lib/plugins.py", "return 0", "return 1")
    assert noting.made() == []
    noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
    assert "code of RATE changed (lib/plugins.py:2)" in noting.dagx("why", "cleaned").out
    assert noting.made() == ["below", "cleaned"]
    assert noting.made() == []
    noting.change("lib/plugins.py", "RATE = 5", "RATE = 3")
    assert noting.run().states["cleaned"] == "restored"


def test_an_edge_that_leads_nowhere_or_is_named_later_is_dropped(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME)
    noting.run()
    noting.change("definitions.py", '("cl" + "ean")(2)', '("fac" + "tor")()')
    noting.change("lib/plugins.py", "def clean(value):\n    return value * factor()\n", "")
    assert "clean of lib.plugins, which it executed, is gone" in noting.dagx("why", "cleaned").out
    assert noting.made() == ["below", "cleaned"]
    assert noting.made() == []
    assert doctor(noting)["learned edge"].startswith("cleaned executed lib/plugins.py:4 factor,")
    noting.change("definitions.py", 'plugin("fac" + "tor")()', "lib.plugins.factor()")
    assert noting.made() == ["cleaned"]
    assert "no name leads" not in noting.dagx("why", "cleaned").out
    assert "learned edge" not in doctor(noting)


def test_a_module_that_a_library_imports_by_its_name_counts_as_a_whole(noting: World) -> None:
    noting.write(
        "lib/handlers.py",
        """
        import logging

        from lib.plugins import clean

        class Counting(logging.Handler):
            def emit(self, record):
                self.last = clean(record.args[0])
        """,
    )
    noting.write(
        "definitions.py",
        """
        import logging.config

        import dagx as dg

        CONFIG = {
            "version": 1,
            "handlers": {"counting": {"class": "lib.handlers.Counting"}},
            "loggers": {"shop": {"handlers": ["counting"]}},
        }

        @dg.asset
        def counted():
            logging.config.dictConfig(CONFIG)
            logger = logging.getLogger("shop")
            logger.warning("%s", 3)
            return logger.handlers[0].last
        """,
    )
    assert noting.made("counted") == ["counted"]
    assert "counted executed lib/handlers.py, though no name" in noting.dagx("why", "counted").out
    noting.change("lib/handlers.py", "import logging", "import logging  # a remark")
    assert noting.made("counted") == []
    noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
    assert noting.made("counted") == ["counted"]
    noting.change("lib/handlers.py", "record.args[0]", "record.args[0] + 1")
    assert noting.made("counted") == ["counted"]
    assert noting.made("counted") == []


def test_each_partition_and_each_check_knows_what_it_executed_itself(noting: World) -> None:
    noting.write(
        "definitions.py",
        BY_AN_UNKNOWN_NAME
        + """
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["mon", "tue"]))
    def daily(context):
        return plugin("cl" + "ean")(2) if context.partition_key == "tue" else 0

    @dg.asset_check(asset=bystander)
    def is_clean():
        return dg.AssetCheckResult(passed=plugin("cl" + "ean")(2) > 0)
""",
    )
    noting.run()
    noting.run("daily", "--partitions", "missing")
    assert noting.made() == []
    noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
    assert noting.made("daily", "--partitions", "stale") == ["daily[tue]"]
    assert noting.made() == ["below", "bystander_is_clean", "cleaned"]
    assert noting.made() == []


def test_a_failure_in_what_no_name_leads_to_is_tried_again_when_that_changes(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME)
    noting.change("lib/plugins.py", "return RATE", "return RATE / 0")
    assert noting.run("cleaned").states == {"cleaned": "failed"}
    assert noting.status()["cleaned"] == "failed"
    noting.change("lib/plugins.py", "RATE / 0", "RATE")
    assert noting.status()["cleaned"] == "missing"


def test_with_a_version_of_its_own_code_nothing_else_of_it_counts(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME.replace("@dg.asset", '@dg.asset(code_version="1")'))
    noting.run()
    noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
    assert noting.made() == []


def test_hooks_and_loggers_are_no_part_of_what_is_made(noting: World) -> None:
    noting.write(
        "definitions.py",
        """
        import logging

        import dagx as dg

        class Silent(logging.Handler):
            def emit(self, record):
                pass

        @dg.logger
        def silent(context):
            log = logging.Logger("silent")
            log.addHandler(Silent())
            return log

        @dg.success_hook
        def told(context):
            context.log.info("done")

        @dg.asset
        def made(context):
            context.log.info("working")
            return 1

        defs = dg.Definitions(
            assets=[made],
            loggers={"silent": silent},
            jobs=[dg.define_asset_job("nightly", hooks={told})],
        )
        """,
    )
    noting.write("run.json", '{"loggers": {"silent": {}}}')
    config = ("--config", "run.json")
    assert noting.made("--job", "nightly", *config) == ["made"]
    assert "learned edge" not in doctor(noting)


def test_where_nothing_is_noted_what_was_learned_before_counts(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME)
    noting.run()
    # A step that takes the interpreter's ids for itself cannot be watched.
    noting.change(
        "definitions.py",
        'return plugin("cl" + "ean")(2)',
        """
        for number in (3, 4):
            sys.monitoring.free_tool_id(number)
        return plugin("cl" + "ean")(2)
        """,
    )
    assert noting.made() == ["cleaned"]
    assert noting.made() == []
    noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
    assert noting.made() == ["below", "cleaned"]


def test_dev_reruns_what_a_save_of_it_affects(noting: World) -> None:
    noting.write("definitions.py", BY_AN_UNKNOWN_NAME)
    noting.run()
    with noting.dev() as dev:
        dev.until_loaded()
        noting.change("lib/plugins.py", "RATE = 3", "RATE = 5")
        assert dev.until_run_ended() == {"cleaned": "succeeded", "below": "succeeded"}
        noting.change("lib/plugins.py", "RATE = 5", "RATE = 6")
        assert dev.until_run_ended() == {"cleaned": "succeeded", "below": "succeeded"}
    assert noting.made() == []
