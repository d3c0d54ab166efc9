"""What an asset's code identity rests on, in small projects: which edits it notices, and which it does not."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from code_project import CodeProject

from dagx.worker.code.fingerprint import Fingerprinter

Make = Callable[[str], CodeProject]


# Across files.


def test_only_what_the_function_can_reach_counts(project: Make) -> None:
    shop = project("""
        -- defs.py
        from lib import clean
        LIMIT = 3
        def unrelated(): return 1
        def made(x): return clean(x)[:LIMIT]
        -- lib.py
        STRIP = " "
        def clean(x): return inner(x)
        def inner(x): return x.strip(STRIP)
        def unused(): return 2
    """)
    assert shop.reach() == {
        "code:defs:made",
        "code:defs:LIMIT",
        "code:lib:clean",
        "code:lib:inner",
        "code:lib:STRIP",
    }
    assert shop.change("lib.py", "x.strip(STRIP)", "x.lstrip(STRIP)") == {"code:lib:inner"}
    assert shop.change("lib.py", "return 2", "return 3") == set()
    assert shop.change("defs.py", "return 1", "return 2") == set()
    assert shop.change("defs.py", "LIMIT = 3", "LIMIT = 4") == {"code:defs:LIMIT"}


def test_an_attribute_of_a_module_reaches_that_one_unit(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        import lib as short
        def made(x): return lib.clean(short.LIMIT)
        -- lib.py
        LIMIT = 1
        def clean(x): return x
        def unused(): return 2
    """)
    assert shop.reach() == {"code:defs:made", "code:lib:clean", "code:lib:LIMIT"}
    assert shop.change("lib.py", "return 2", "return 3") == set()


def test_a_module_that_is_passed_around_counts_as_a_whole(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        def made(x): return apply(lib)
        def apply(module): return module.clean(1)
        -- lib.py
        def clean(x): return x
        def other(): return 2
    """)
    assert shop.change("lib.py", "return 2", "return 3") == {"code:lib:other"}


def test_relative_imports_and_submodules_are_followed(project: Make) -> None:
    shop = project("""
        -- defs.py
        from pkg.deep.assets import made
        import pkg.shared.text
        -- pkg/__init__.py
        -- pkg/deep/__init__.py
        -- pkg/deep/assets.py
        from . import near
        from .near import one
        from ..shared import text
        from ..shared.numbers import two
        import pkg.shared.more
        def made(x): return near.zero() + one() + two() + text.three() + pkg.shared.more.four()
        -- pkg/deep/near.py
        def zero(): return 0
        def one(): return 1
        -- pkg/shared/__init__.py
        -- pkg/shared/numbers.py
        def two(): return 2
        -- pkg/shared/text.py
        def three(): return 3
        -- pkg/shared/more.py
        def four(): return 4
        def five(): return 5
    """)
    assert shop.reach() == {
        "code:pkg.deep.assets:made",
        "code:pkg.deep.near:zero",
        "code:pkg.deep.near:one",
        "code:pkg.shared.numbers:two",
        "code:pkg.shared.text:three",
        "code:pkg.shared.more:four",
    }


def test_what_a_package_reexports_is_followed_to_where_it_is_written(project: Make) -> None:
    shop = project("""
        -- defs.py
        from pkg import clean, tidy
        import pkg
        def made(x): return clean(x) + pkg.sweep(x) + tidy(x)
        -- pkg/__init__.py
        from .a import clean
        from .a import sweep as sweep
        from .b import *
        -- pkg/a.py
        def clean(x): return x
        def sweep(x): return x
        def unused(x): return x
        -- pkg/b.py
        def tidy(x): return x
    """)
    assert shop.reach() == {"code:defs:made", "code:pkg.a:clean", "code:pkg.a:sweep", "code:pkg.b:tidy"}


def test_a_star_import_reaches_only_the_names_that_are_used(project: Make) -> None:
    shop = project("""
        -- defs.py
        from lib import *
        def made(x): return clean(len(x))
        -- lib.py
        from deeper import *
        def unused(): return 1
        -- deeper.py
        def clean(x): return x
        def other(x): return x
    """)
    assert shop.reach() == {"code:defs:made", "code:deeper:clean"}


def test_star_imports_in_a_circle_end(project: Make) -> None:
    shop = project("""
        -- defs.py
        from one import *
        def made(x): return helper(len(x)) + nowhere
        -- one.py
        from two import *
        def helper(x): return x
        -- two.py
        from one import *
    """)
    assert shop.reach() == {"code:defs:made", "code:one:helper"}


def test_names_imported_in_a_circle_end(project: Make) -> None:
    shop = project("""
        -- defs.py
        import one
        def made(x): return one.helper(x)
        -- one.py
        TYPE_CHECKING = False
        if TYPE_CHECKING:
            from two import helper
        -- two.py
        from one import TYPE_CHECKING
        if TYPE_CHECKING:
            from one import helper
    """)
    assert "code:defs:made" in shop.reach()


def test_an_import_inside_a_function_is_followed(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        def made(x):
            from lib import clean
            return clean(x)
        -- lib.py
        def clean(x): return x
    """)
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:clean"}


def test_a_module_that_only_a_function_imports_is_followed_though_it_was_not_loaded(project: Make) -> None:
    shop = project("""
        -- defs.py
        def made(x):
            from pkg.late import clean
            import later
            return clean(x) + later.tidy(x)
        -- pkg/__init__.py
        -- pkg/late.py
        from .latest import inner
        def clean(x): return inner(x)
        -- pkg/latest.py
        def inner(x): return x
        -- later.py
        def tidy(x): return -x
    """)
    assert shop.reach() == {
        "code:defs:made",
        "code:pkg.late:clean",
        "code:pkg.latest:inner",
        "code:later:tidy",
    }
    assert shop.change("pkg/latest.py", "return x", "return 2 * x") == {"code:pkg.latest:inner"}
    assert shop.change("later.py", "return -x", "return x") == {"code:later:tidy"}


def test_a_module_found_late_is_executed_from_the_bytes_that_were_fingerprinted(project: Make) -> None:
    shop = project("""
        -- defs.py
        def made():
            import late
            return late.VALUE
        -- late.py
        VALUE = 1
    """)
    with shop.loaded() as (defs, importer):
        Fingerprinter(importer.sources, str(shop.root)).of_function(defs.made)
        shop.edit("late.py", "1", "2")
        assert importer.sources["late"].data == b"VALUE = 1\n"
        assert defs.made() == 1


def test_a_name_that_a_module_makes_up_takes_the_whole_module_in(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        def made(x): return lib.clean(x)
        -- lib.py
        def hidden(x): return x
        def __getattr__(name): return hidden
    """)
    assert shop.change("lib.py", "(x): return x", "(x): return 2 * x") == {"code:lib:hidden"}


# What happens at import.


def test_what_a_module_does_at_import_belongs_to_everything_in_it(project: Make) -> None:
    shop = project("""
        -- defs.py
        print("begin", end="")
        def made(): return 1
        def other(): return 2
        print("end", end="")
    """)
    assert shop.reach() == {"code:defs:made", "code:defs:<effects>"}
    assert shop.change("defs.py", "return 1", "return 3") == {"code:defs:made"}
    assert shop.change("defs.py", "return 2", "return 3") == set()
    assert shop.change("defs.py", '"begin"', '"start"') == {"code:defs:<effects>"}


def test_a_function_between_two_halves_of_a_value_is_still_its_own_unit(project: Make) -> None:
    shop = project("""
        -- defs.py
        TOTAL = 1
        def made(): return 1
        TOTAL += 1
    """)
    assert shop.reach() == {"code:defs:made"}
    assert shop.change("defs.py", "return 1", "return 2") == {"code:defs:made"}


def test_a_module_that_is_imported_for_what_it_does_counts(project: Make) -> None:
    shop = project("""
        -- defs.py
        import patches
        import lib
        def made(): return lib.clean()
        -- patches.py
        import lib
        def cleaner(): return 1
        lib.clean = cleaner
        -- lib.py
        def clean(): return 0
    """)
    assert shop.change("patches.py", "return 1", "return 2") == {"code:patches:cleaner"}


def test_a_function_that_a_decorator_of_the_project_registers_counts(project: Make) -> None:
    shop = project("""
        -- defs.py
        from registry import HANDLERS
        import handlers
        def made(): return HANDLERS["orders"]()
        -- registry.py
        HANDLERS = {}
        def register(name):
            def note(function):
                HANDLERS[name] = function
                return function
            return note
        -- handlers.py
        import functools
        from registry import register
        @register("orders")
        def of_orders(): return helper()
        def helper(): return 1
        @functools.lru_cache
        def not_registered(): return 2
    """)
    assert shop.change("handlers.py", "return 1", "return 3") == {"code:handlers:helper"}
    assert shop.change("handlers.py", "return 2", "return 3") == set()


def test_an_asset_with_a_decorator_of_the_project_is_no_part_of_its_neighbour(project: Make) -> None:
    shop = project("""
        -- defs.py
        import dagx as dg
        def timed(function): return function
        @dg.asset
        @timed
        def made(): return 1
        @dg.asset
        @timed
        def neighbour(): return 2
    """)
    assert shop.change("defs.py", "return 2", "return 3") == set()
    assert shop.change("defs.py", "timed(function)", "timed(function, n=1)") == {"code:defs:timed"}


def test_what_only_a_script_does_does_not_count(project: Make) -> None:
    shop = project("""
        -- defs.py
        def made(): return 1
        def main(): print(made())
        if __name__ == "__main__":
            main()
    """)
    assert shop.reach() == {"code:defs:made"}


def test_a_fallback_for_what_cannot_be_imported_counts_with_what_it_replaces(project: Make) -> None:
    shop = project("""
        -- defs.py
        try:
            from no_such_package_here import clean
            from no_such_package_here import *
        except ImportError:
            from lib import *
            def tidy(x): return clean(x)
        def made(x): return tidy(x)
        -- lib.py
        def clean(x): return x
    """)
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:clean"}
    assert shop.change("defs.py", "return clean(x)", "return clean(clean(x))") == {"code:defs:tidy"}


def test_both_sources_of_a_name_with_a_fallback_count(project: Make) -> None:
    shop = project("""
        -- defs.py
        try:
            from fast import clean
        except ImportError:
            from slow import clean
        def made(x): return clean(x)
        -- fast.py
        def clean(x): return x
        -- slow.py
        def clean(x): return -x
    """)
    assert shop.change("fast.py", "return x", "return 2 * x") == {"code:fast:clean"}
    assert shop.change("slow.py", "return -x", "return x") == {"code:slow:clean"}


# Classes.


def test_a_class_counts_with_its_bases_attributes_and_what_its_methods_use(project: Make) -> None:
    shop = project("""
        -- defs.py
        from models import Order
        def made(): return Order().total()
        -- models.py
        TAX = 2
        class Base:
            rate = 1
            def total(self): return helper(self.rate)
        class Order(Base):
            size: int = 3
        def helper(x): return x * TAX
    """)
    assert shop.reach() == {
        "code:defs:made",
        "code:models:Order",
        "code:models:Base",
        "code:models:helper",
        "code:models:TAX",
    }
    assert shop.change("models.py", "rate = 1", "rate = 2") == {"code:models:Base"}
    assert shop.change("models.py", "size: int = 3", "size: int = 4") == {"code:models:Order"}


# Values that a function carries with it.


def test_two_functions_of_one_factory_differ_by_what_they_close_over(project: Make) -> None:
    shop = project("""
        -- defs.py
        def factory(n, *, label="x"):
            def inner(y=[1, 2]): return (n, label, y)
            return inner
        one = factory(1)
        two = factory(2)
        same = factory(1)
    """)
    assert shop.fingerprint("one").parts == shop.fingerprint("same").parts
    one, two = shop.fingerprint("one").parts, shop.fingerprint("two").parts
    assert {part for part in one if one[part] != two[part]} == {"value:defs:factory.<locals>.inner:cell n"}
    assert shop.change("defs.py", "y=[1, 2]", "y=[2, 1]", "one") == {
        "code:defs:factory",
        "value:defs:factory.<locals>.inner:default 0",
    }


def test_one_and_true_and_the_text_one_are_different_values(project: Make) -> None:
    shop = project("""
        -- defs.py
        def factory(n):
            def inner(): return n
            return inner
        a, b, c, d = factory(1), factory(True), factory("1"), factory(1.0)
    """)
    digests = {shop.fingerprint(name).parts["value:defs:factory.<locals>.inner:cell n"] for name in "abcd"}
    assert len(digests) == 4


def test_a_function_in_a_closure_is_followed(project: Make) -> None:
    shop = project("""
        -- defs.py
        from lib import clean
        def wrap(function):
            def inner(x): return function(x)
            return inner
        made = wrap(clean)
        -- lib.py
        def clean(x): return deeper(x)
        def deeper(x): return x
    """)
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:deeper"}


def test_a_function_that_closes_over_itself_has_a_fingerprint(project: Make) -> None:
    shop = project("""
        -- defs.py
        def factory():
            def even(n): return n == 0 or odd(n - 1)
            def odd(n): return n != 0 and even(n - 1)
            return even
        made = factory()
    """)
    assert shop.reach() == {"code:defs:factory"}


def test_a_plain_object_in_a_closure_counts_by_its_fields_and_by_its_class(project: Make) -> None:
    shop = project("""
        -- defs.py
        from settings import Settings
        def factory(settings):
            def inner(x): return settings.scale(x)
            return inner
        made = factory(Settings(2))
        -- settings.py
        from dataclasses import dataclass
        @dataclass(frozen=True)
        class Settings:
            factor: int
            def scale(self, x): return x * self.factor
    """)
    assert shop.change("defs.py", "Settings(2)", "Settings(3)") == {
        "value:defs:factory.<locals>.inner:cell settings"
    }
    assert shop.change("settings.py", "x * self.factor", "x + self.factor") == {"code:settings:Settings"}


def test_an_object_without_plain_value_takes_the_project_in_and_says_so(project: Make) -> None:
    shop = project("""
        -- defs.py
        class Client:
            def get(self): return 1
        def factory(client):
            def inner(): return client.get()
            return inner
        made = factory(Client())
    """)
    found = shop.fingerprint()
    assert "module:defs" in found.parts
    assert found.widened == "cell client of factory.<locals>.inner has no plain value"
    assert shop.change("defs.py", "return 1", "return 2") == {"module:defs"}


def test_a_wrapper_from_elsewhere_does_not_hide_the_function_in_it(project: Make) -> None:
    # A library's decorator may forget to say what it wraps.
    shop = project("""
        -- defs.py
        import contextlib
        def ours(): yield helper()
        def helper(): return 1
        made = contextlib.contextmanager(ours)
        del made.__wrapped__
    """)
    assert shop.change("defs.py", "return 1", "return 2") == {"code:defs:helper"}


def test_a_wrapper_from_elsewhere_has_no_part_that_could_stand_for_the_function_in_it(project: Make) -> None:
    # `functools.wraps` gives a library's wrapper the module and the name of what it wraps.
    shop = project("""
        -- defs.py
        from hypothesis import given, strategies
        @given(strategies.integers())
        def made(n): return n
    """)
    with shop.loaded() as (defs, importer):
        printer = Fingerprinter(importer.sources, str(shop.root))
        inner, outer = printer.of_function(defs.made.hypothesis.inner_test), printer.of_function(defs.made)
    assert {**inner.parts, **outer.parts}["code:defs:made"] == inner.parts["code:defs:made"]
    assert "package:hypothesis" in outer.parts


def test_each_layer_of_one_wrapper_counts_with_its_own_values(project: Make) -> None:
    shop = project("""
        -- defs.py
        def times(function, n):
            def inner(x): return function(x) * n
            return inner
        def plain(x): return x
        made = times(times(plain, 2), 30)
    """)
    inner = "value:defs:times.<locals>.inner:cell n"
    assert len(shop.change("defs.py", "plain, 2", "plain, 3")) == 1
    assert len(shop.change("defs.py", "30", "40")) == 1
    assert {inner, inner + " (2)"} <= shop.reach()


def test_modules_classes_and_functions_of_c_in_a_closure_count_by_name(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib, models, math
        def factory(module, kind, function, cast=float):
            def inner(x): return cast(function(kind(module.clean(x))))
            return inner
        made = factory(lib, models.Order, math.sqrt)
        -- lib.py
        def clean(x): return x
        -- models.py
        def unused(): return 1
        class Order(int): pass
    """)
    assert shop.fingerprint().widened == ""
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:clean"}
    assert shop.change("models.py", "Order(int)", "Order(float)") == {"code:models:Order"}
    assert shop.change("models.py", "return 1", "return 2") == set()
    assert len(shop.change("defs.py", "math.sqrt)", "math.sin)")) == 1


# Unknown reach.


def test_unknown_reach_takes_the_whole_project_in_and_says_why(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        import far
        def made(text): return eval(text)
        -- lib.py
        def clean(x): return x
        -- far.py
        def other(x): return x
    """)
    assert shop.fingerprint().widened == "eval at line 3 of defs.py"
    assert shop.change("far.py", "return x", "return 2 * x") == {"module:far"}
    assert shop.change("far.py", "return 2 * x", "return 2 * x  # twice") == set()


def test_a_computed_getattr_takes_all_that_it_can_find(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        import far
        def made(name): return getattr(lib, name)(1)
        -- lib.py
        from deep import inner
        import pkg
        def clean(x): return x
        -- deep.py
        def inner(x): return x
        def other(x): return x
        -- pkg/__init__.py
        -- pkg/part.py
        def clean(x): return x
        -- far.py
        import pkg.part
        def other(x): return x
    """)
    assert shop.fingerprint().widened == ""
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:clean"}
    assert shop.change("deep.py", "inner(x): return x", "inner(x): return 2 * x") == {"code:deep:inner"}
    assert shop.change("pkg/part.py", "return x", "return 2 * x") == {"code:pkg.part:clean"}
    assert shop.change("deep.py", "other(x): return x", "other(x): return 2 * x") == set()
    assert shop.change("far.py", "return x", "return 2 * x") == set()


def test_a_literal_getattr_keeps_its_reach(project: Make) -> None:
    shop = project("""
        -- defs.py
        import lib
        def made(): return getattr(lib, "clean")(1)
        -- lib.py
        def clean(x): return x
    """)
    assert shop.fingerprint().widened == ""
    assert shop.change("lib.py", "return x", "return 2 * x") == {"code:lib:clean"}


def test_a_function_without_a_file_counts_by_its_byte_code(project: Make) -> None:
    shop = project("""
        -- defs.py
        exec("def made(): return 1")
    """)
    found = shop.fingerprint()
    assert found.widened == "its source is not a file of the project; its byte code was taken"
    assert "module:defs" in found.parts
    assert "code:defs:made" in shop.change("defs.py", "return 1", "return 2")


def test_byte_code_counts_the_same_under_every_hash_seed() -> None:
    text = (
        "from dagx.worker.code.fingerprint import Fingerprinter; "
        "exec('def made(x): return x in {\\'a\\', \\'b\\', \\'c\\', (1, \\'d\\')}'); "
        "print(Fingerprinter({}, '.').of_function(made).parts)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(said) == 1
    assert "code:" in said.pop()


# Packages.


def test_only_packages_in_reach_count_and_the_standard_library_never_does(project: Make) -> None:
    shop = project("""
        -- defs.py
        import json
        import pytest
        import hypothesis.strategies as st
        from pluggy import HookspecMarker as digest
        def made(x): return json.dumps(digest(x))
        def other(): return st.text()
    """)
    parts = shop.fingerprint().parts
    packages = {name: version for name, version in parts.items() if name.startswith("package:")}
    assert packages == {"package:pluggy": importlib.metadata.version("pluggy")}
    assert "package:hypothesis" in shop.reach("other")


def test_a_package_under_another_name_counts_by_its_distribution(project: Make) -> None:
    shop = project("""
        -- defs.py
        import _pytest
        def made(): return _pytest.version
    """)
    assert shop.fingerprint().parts["package:_pytest"].startswith("pytest ")


def test_a_package_that_is_not_installed_has_a_part_all_the_same(project: Make) -> None:
    shop = project("""
        -- defs.py
        def made():
            import no_such_package_here
            return no_such_package_here
    """)
    assert shop.fingerprint().parts["package:no_such_package_here"] == "not installed"


def test_code_beside_the_project_counts_by_its_content(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = project("""
        -- defs.py
        from shared_beside import tools
        def made(x): return tools.clean(x)
    """)
    beside = tmp_path / "shared_beside" / "tools.py"
    beside.parent.mkdir()
    (beside.parent / "__init__.py").touch()
    beside.write_text("def clean(x): return x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = shop.fingerprint().parts["package:shared_beside"]
    assert before.startswith("local ")
    assert shop.fingerprint().parts["package:shared_beside"] == before
    beside.write_text("def clean(x): return y\n", encoding="utf-8")
    assert shop.fingerprint().parts["package:shared_beside"] != before


# Places.


def test_each_part_of_code_has_its_file_and_line(project: Make) -> None:
    shop = project("""
        -- defs.py
        from pkg.lib import clean

        @clean
        def made(x): return clean(x)
        -- pkg/lib.py
        # first line
        def clean(x): return x
    """)
    with shop.loaded() as (defs, importer):
        printer = Fingerprinter(importer.sources, str(shop.root))
        printer.of_function(defs.made)
        assert printer.places["defs"]["made"] == ((3, 4),)
        assert printer.places["pkg.lib"]["clean"] == ((2, 2),)


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_line_ends_are_no_part_of_the_code(project: Make, newline: str) -> None:
    shop = project("""
        -- defs.py
        def made():
            return '''a
        b'''
    """)
    before = shop.fingerprint().parts
    text = (shop.root / "defs.py").read_text(encoding="utf-8")
    shop.write("defs.py", text.replace("\n", newline))
    assert shop.fingerprint().parts == before
