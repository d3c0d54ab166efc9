"""An option of a decorator that decides what is made is a reason to make it again, and has words. Case 29.

Of which options it is known that they do not, `test_every_option` says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shops import Shop

from dagx_engine.pure.asked import Asked

Project = Callable[[str], Shop]

PROJECT = """
    -- definitions.py
    import dagx as dg
    from datetime import timedelta

    class Multiplying(dg.ConfigurableIOManager):
        times: int = 2
        def handle_output(self, context, obj): pass
        def load_input(self, context): return self.times

    class Scale(dg.ConfigurableResource):
        by: int = 2

    @dg.asset
    def one(): return 1
    @dg.asset
    def two(): return 2

    @dg.asset(OPTION)
    def made(PARAMETER): return 7

    resources = {"doubling": Multiplying(), "tripling": Multiplying(times=3), "by": 3}
    defs = dg.Definitions(assets=[one, two, made], resources=resources)
    -- a.txt
    -- b.txt
"""

# Of each option: what the function takes, the option before and after, and why it is made again.
COUNTS: dict[str, tuple[str, str, str, list[str]]] = {
    "name": ("", "", "name='made_2'", ["never made"]),
    "key": ("", "", "key='made_2'", ["never made"]),
    "key_prefix": ("", "", "key_prefix='shop'", ["never made"]),
    "ins": (
        "x",
        "ins={'x': dg.AssetIn('one')}",
        "ins={'x': dg.AssetIn('two')}",
        ["new dependency on two", "no longer depends on one", "parameter x is filled from two, before from one"],
    ),
    "deps": ("", "deps=['one']", "deps=['two']", ["new dependency on two", "no longer depends on one"]),
    "inputs": ("", "inputs=['a.txt']", "inputs=['*.txt']", ["b.txt is new"]),
    "config_schema": ("context", "config_schema={'days': dg.Field(int, default_value=1)}",
                      "config_schema={'days': dg.Field(int, default_value=2)}", ["config days changed"]),
    "required_resource_keys": ("context", "", "required_resource_keys={'by'}", ["resource by is new"]),
    "resource_defs": ("of_its_own: Scale", "resource_defs={'of_its_own': Scale(by=3)}",
                      "resource_defs={'of_its_own': Scale(by=4)}", ["resource of_its_own changed"]),
    "io_manager_key": ("", "io_manager_key='doubling'", "io_manager_key='tripling'",
                       ["IO manager doubling is gone", "IO manager tripling is new",
                        "made is stored by tripling, before by doubling"]),
    "io_manager_def": ("", "io_manager_def=Multiplying(times=2)", "io_manager_def=Multiplying(times=3)",
                       ["IO manager made__io_manager changed"]),
    "code_version": ("", "code_version='1'", "code_version='2'", ["code version 1 → 2"]),
    "dagster_type": ("", "", "dagster_type=int", ["the type of result is new"]),
    "output_required": ("", "", "output_required=False", ["made may be left out now"]),
}  # fmt: skip


@pytest.mark.parametrize("option", COUNTS)
def test_an_option_that_decides_what_is_made_is_a_part_of_the_key(project: Project, option: str) -> None:
    parameter, before, after, reasons = COUNTS[option]
    shop = project(PROJECT.replace("PARAMETER", parameter).replace("OPTION", before))
    shop.run()
    assert shop.run() == {}
    shop.edit("definitions.py", f"@dg.asset({before})", f"@dg.asset({after})")
    (found,) = shop.run().values()
    assert found == reasons


def test_a_check_that_is_to_hold_back_from_now_on_is_executed_again(project: Project) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg

        @dg.asset(check_specs=[dg.AssetCheckSpec("sound", asset="made", blocking=False)])
        def made():
            yield dg.Output(7)
            yield dg.AssetCheckResult(passed=False)

        @dg.asset
        def below(made): return made
    """)
    assert shop.run() == {"below": ["never made"], "made": ["never made"]}
    shop.edit("definitions.py", "blocking=False", "blocking=True")
    found = {step.step: step for step in shop.execute().steps}
    assert [reason.text for reason in found["made"].reasons] == [
        "the check made:sound holds back now what needs its asset"
    ]
    assert (found["made"].state.value, found["below"].state.value) == ("failed", "skipped")
    shop.edit("definitions.py", "blocking=True", "blocking=False")
    assert shop.run() == {}


def test_the_partitions_are_a_part_of_the_key(project: Project) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["eu", "us"]))
        def made(context): return context.partition_keys
    """)
    shop.run(asked=Asked("eu", "us"))
    assert shop.run(asked=Asked("eu", "us")) == {}
    shop.edit("definitions.py", '["eu", "us"]', '["eu", "uk"]')
    assert shop.run(asked=Asked("eu", "uk")) == {"made[uk]": ["never made"]}


def test_what_a_type_of_the_projects_own_demands_counts_wherever_it_is_declared(project: Project) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        from kinds import Few

        @dg.asset(dagster_type=Few)
        def made(): return [1, 2]

        @dg.multi_asset(outs={"left": dg.AssetOut(dagster_type=Few), "right": dg.AssetOut(is_required=True)})
        def both():
            yield dg.Output([1], "left")
            yield dg.Output(2, "right")

        @dg.asset(ins={"made": dg.AssetIn(dagster_type=Few)})
        def below(made): return len(made)

        @dg.asset
        def bystander(): return 1
        -- kinds.py
        import dagx as dg
        def is_few(_, value): return len(value) < 5
        Few = dg.DagsterType(is_few, name="Few")
    """)
    shop.run()
    assert shop.run() == {}
    shop.edit("kinds.py", "< 5", "< 4")
    words = ["code of is_few changed (kinds.py:2)"]
    assert shop.run() == {"made": words, "both": words, "below": words}
    shop.edit("definitions.py", "is_required=True", "is_required=False")
    assert shop.run() == {"both": ["right may be left out now"]}
    shop.edit("kinds.py", "< 4", "< 2")
    found = {step.step: step.state.value for step in shop.execute().steps}
    assert found == {"made": "failed", "both": "unchanged", "below": "skipped", "bystander": "fresh"}
