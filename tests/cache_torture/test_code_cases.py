"""Cases of other tools in which the identity of code was wrong, by their number: what ran, and the reason given."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from mutation import Mutation, counts, does_not_count, each
from shops import Shop

Make = Callable[[str], Shop]


@each(
    counts(
        "1 a helper that the function calls",
        "code of clean changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        def clean(x): return <<x => -x>>
        @dg.asset
        def made(): return clean(1)
        """,
    ),
    counts(
        "2 a constant of the module",
        "code of LIMIT changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        LIMIT = <<1 => 2>>
        @dg.asset
        def made(): return LIMIT
        """,
    ),
    counts(
        "3 a shared function in another file",
        "code of clean changed (shared/text.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from shared.text import clean
        @dg.asset
        def made(): return clean(1)
        -- shared/__init__.py
        -- shared/text.py
        def clean(x): return <<x => -x>>
        """,
    ),
    counts(
        "4 two assets of one factory with the same body",
        {"eu": ["cell rate of factory.<locals>.made changed"]},
        """
        -- definitions.py
        import dagx as dg
        def factory(name, rate):
            @dg.asset(name=name)
            def made(): return rate
            return made
        eu, us = factory("eu", <<1 => 2>>), factory("us", 1)
        """,
    ),
    counts(
        "5 a nested call",
        "code of deep changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        def deep(x): return <<x => -x>>
        def deeper(x): return deep(x)
        def clean(x): return deeper(x)
        @dg.asset
        def made(): return clean(1)
        """,
    ),
    counts(
        "6 a helper that stands below",
        "code of clean changed (definitions.py:4)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return clean(1)
        def clean(x): return <<x => -x>>
        """,
    ),
    does_not_count(
        "7 an option of the decorator that no data depends on",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(group_name="<<raw => clean>>")
        def made(): return 1
        """,
    ),
    counts(
        "8 a constant that stands below",
        "code of LIMIT changed (definitions.py:4)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return LIMIT
        LIMIT = <<1 => 2>>
        """,
    ),
    counts(
        "9 a relative import inside the function",
        "code of clean changed (shop/text.py:1)",
        """
        -- definitions.py
        from shop.assets import made
        -- shop/__init__.py
        -- shop/assets.py
        import dagx as dg
        @dg.asset
        def made():
            from .text import clean
            return clean(1)
        -- shop/text.py
        def clean(x): return <<x => -x>>
        """,
    ),
    counts(
        "11 a number in what is returned",
        "code of made changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return <<11 + 19 => 5 + 3>>
        """,
    ),
    counts(
        "12 the inner one of two decorators",
        ["cell n of plus.<locals>.wrap.<locals>.<lambda> changed", "code of made changed (definitions.py:6)"],
        """
        -- definitions.py
        import dagx as dg
        def plus(n):
            def wrap(function):
                return lambda: function() + n
            return wrap
        @dg.asset(name="made")
        @plus(1)
        @plus(<<2 => 3>>)
        def made(): return 1
        """,
    ),
    does_not_count(
        "13 unrelated code in the same file",
        """
        -- definitions.py
        import dagx as dg
        RATES = {"a": <<1 => 2>>}
        class Other:
            rate = <<1 => 2>>
        @dg.asset
        def made(): return 1
        """,
    ),
    counts(
        "15 the boundary between two arguments, and the type of one",
        {
            "made": ["code of made changed (definitions.py:4)"],
            "other": ["code of other changed (definitions.py:6)"],
        },
        """
        -- definitions.py
        import dagx as dg
        def join(*a): return "|".join(a)

        @dg.asset
        def made(): return join(<<"ab", "c" => "a", "bc">>)
        @dg.asset
        def other(): return <<1000 => "1000">>
        """,
    ),
    counts(
        "16 an attribute of a class, a member of an enum, a default of a dataclass",
        [
            "code of Colour changed (models.py:6)",
            "code of Order changed (models.py:3)",
            "code of Sale changed (models.py:8)",
        ],
        """
        -- definitions.py
        import dagx as dg
        import models
        @dg.asset
        def made(): return [models.Order.rate, models.Colour.RED.value, models.Sale().size]
        -- models.py
        import enum
        from dataclasses import dataclass
        class Order:
            rate = <<1 => 2>>

        class Colour(enum.Enum):
            RED = <<1 => 2>>
        @dataclass
        class Sale:
            size: int = <<1 => 2>>
        """,
    ),
    counts(
        "17 a function that is reached through a registry",
        "code of of_orders changed (plugins/orders.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import plugins.orders
        from assets import made
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from fixtures import fixture_of
        @dg.asset
        def made(): return fixture_of("orders")
        -- fixtures.py
        FIXTURES = {}
        def fixture(function):
            FIXTURES[function.__name__[3:]] = function
            return function
        def fixture_of(name): return FIXTURES[name]()
        -- plugins/__init__.py
        -- plugins/orders.py
        from fixtures import fixture
        @fixture
        def of_orders(): return <<1 => 2>>
        """,
    ),
    does_not_count(
        "18 a function that is new in the module",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return 1
        << => def other(): return made>>
        """,
    ),
    counts(
        "19 a function of another module, and its globals",
        ["code of LIMIT changed (shared.py:1)", "code of clean changed (shared.py:2)"],
        """
        -- definitions.py
        import dagx as dg
        import shared
        @dg.asset
        def made(): return shared.clean(5)
        -- shared.py
        LIMIT = <<1 => 2>>
        def clean(x): return min(x, LIMIT)<< => + 1>>
        """,
    ),
    does_not_count(
        "21, 22 a function that is moved",
        """
        -- definitions.py
        import dagx as dg
        << =>
        # three
        # lines

        >>
        @dg.asset
        def made(): return 1
        """,
    ),
    counts(
        "24 a prompt that stands outside of the function",
        "code of PROMPT changed (prompts.py:1)",
        '''
        -- definitions.py
        import dagx as dg
        from prompts import PROMPT
        @dg.asset
        def made(): return PROMPT.format(x=1)
        -- prompts.py
        PROMPT = """
        You are <<helpful => kind>>.
        {x}
        """
        ''',
    ),
    counts(
        "25 no version is ever asked for by hand",
        "code of made changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return <<1 => 2>>
        """,
    ),
    counts(
        "26 a captured object that has no plain value: wider, and said so",
        (
            "module definitions changed (cell client of factory.<locals>.made has no plain value, "
            "so all of it counts)"
        ),
        """
        -- definitions.py
        import dagx as dg
        import uuid
        class Client:
            def __init__(self): self.id = uuid.uuid4()
            def get(self): return <<1 => 2>>
        def factory(client):
            @dg.asset
            def made(): return client.get()
            return made
        made = factory(Client())
        """,
    ),
    counts(
        "28 a macro that a query includes",
        "sql/macros.sql changed",
        """
        -- definitions.py
        import dagx as dg
        import jinja2
        @dg.asset
        def made():
            engine = jinja2.Environment(loader=jinja2.FileSystemLoader("sql"))
            return engine.get_template("orders.sql").render()
        -- sql/orders.sql
        {% import "macros.sql" as macros %}select {{ macros.cents("amount") }} from orders
        -- sql/macros.sql
        {% macro cents(column) %}{{ column }} * <<100 => 1000>>{% endmacro %}
        """,
    ),
    counts(
        "30 a macro that is kept compiled: what is kept is no part of the key",
        "sql/macros.sql changed",
        """
        -- definitions.py
        import dagx as dg
        import jinja2
        ENGINE = jinja2.Environment(loader=jinja2.FileSystemLoader("sql"))
        @dg.asset
        def made():
            ENGINE.get_template("orders.sql").render()
            return ENGINE.get_template("orders.sql").render()
        -- sql/orders.sql
        {% import "macros.sql" as macros %}select {{ macros.cents("amount") }} from orders
        -- sql/macros.sql
        {% macro cents(column) %}{{ column }} * <<100 => 1000>>{% endmacro %}
        """,
    ),
)
def test_case(project: Make, mutation: Mutation) -> None:
    mutation.check(project)


# 10. Projects that are reached by another road than their folder.


def test_10_a_project_behind_a_link_is_the_same_project(project: Make, tmp_path: Path) -> None:
    shop = project(SHOP)
    shop.run()
    (tmp_path / "link").symlink_to(shop.root)
    linked = Shop(tmp_path / "link", "")
    assert linked.run() == {}
    linked.edit("lib.py", "return x", "return -x")
    assert linked.run() == {"made": ["code of clean changed (lib.py:1)"]}
    assert shop.run() == {}


SHOP = """
    -- definitions.py
    import dagx as dg
    from lib import clean
    @dg.asset
    def made(): return clean(3)
    -- lib.py
    def clean(x): return x
"""


def test_10_a_folder_of_the_project_that_is_a_link_to_elsewhere_counts_by_content(
    project: Make, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "__init__.py").touch()
    (elsewhere / "text.py").write_text("def clean(x): return x\n", encoding="utf-8")
    shop = project("""
        -- definitions.py
        import dagx as dg
        from shared_by_link.text import clean
        @dg.asset
        def made(): return clean(3)
    """)
    (shop.root / "shared_by_link").symlink_to(elsewhere)
    shop.run()
    assert shop.run() == {}
    (elsewhere / "text.py").write_text("def clean(x): return -x\n", encoding="utf-8")
    (reason,) = shop.run()["made"]
    assert reason.startswith("package shared_by_link local ")


def test_10_an_editable_install_beside_the_project_counts_by_content(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "library" / "src" / "library_beside"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("def clean(x): return x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(source.parent))  # what the .pth file of an editable install does
    shop = project("""
        -- definitions.py
        import dagx as dg
        from library_beside import clean
        @dg.asset
        def made(): return clean(3)
    """)
    shop.run()
    assert shop.run() == {}
    (source / "__init__.py").write_text("def clean(x): return -x\n", encoding="utf-8")
    (reason,) = shop.run()["made"]
    assert reason.startswith("package library_beside local ")


def test_10_a_namespace_package_beside_the_project_counts_by_content(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "library" / "space_beside"
    source.mkdir(parents=True)
    (source / "text.py").write_text("def clean(x): return x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(source.parent))
    shop = project("""
        -- definitions.py
        import dagx as dg
        from space_beside.text import clean
        @dg.asset
        def made(): return clean(3)
    """)
    shop.run()
    assert shop.run() == {}
    (source / "text.py").write_text("def clean(x): return -x\n", encoding="utf-8")
    (reason,) = shop.run()["made"]
    assert reason.startswith("package space_beside local ")


def test_10_an_editable_install_with_a_finder_of_its_own_is_the_projects_code(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # setuptools writes such a finder for layouts that a path cannot express; the code lies in the project.
    shop = project("""
        -- definitions.py
        import dagx as dg
        from mapped_elsewhere import clean
        @dg.asset
        def made(): return clean(3)
        -- sources/mapped.py
        def clean(x): return x
    """)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, _Mapping(shop.root / "sources" / "mapped.py")])
    shop.run()
    assert "mapped_elsewhere:clean" in shop.reach("made")
    shop.edit("sources/mapped.py", "return x", "return -x")
    assert shop.run() == {"made": ["code of clean changed (sources/mapped.py:1)"]}


class _Mapping:
    def __init__(self, file: Path) -> None:
        self._file = file

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name != "mapped_elsewhere":
            return None
        return importlib.util.spec_from_file_location(name, self._file)


def test_10_code_in_an_archive_counts_by_its_bytes(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "library.zip"

    def pack(body: str) -> None:
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("library_in_zip.py", f"def clean(x): return {body}\n")

    pack("x")
    monkeypatch.syspath_prepend(str(archive))
    shop = project("""
        -- definitions.py
        import dagx as dg
        from library_in_zip import clean
        @dg.asset
        def made(): return clean(3)
    """)
    shop.run()
    assert shop.run() == {}
    pack("-x")
    (reason,) = shop.run()["made"]
    assert reason.startswith("package library_in_zip local ")


# 14. One function under two names.


def test_14_a_function_that_is_imported_two_ways_is_one(project: Make) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pkg.lib import clean
        @dg.asset
        def made(): return clean(3)
        -- pkg/__init__.py
        -- pkg/lib.py
        def clean(x): return x
        -- other.py
        OTHER = 1
    """)
    shop.run()
    shop.write(
        "definitions.py", shop.read("definitions.py") + "import sys; sys.path.append('pkg'); import lib\n"
    )
    # The path of imports is everybody's affair; the function and its name are what they were.
    assert shop.run() == {"made": ["what definitions does at import is new (definitions.py:5)"]}
    assert "pkg.lib:clean" in shop.reach("made")


def test_14_an_asset_file_that_is_loaded_twice_keeps_its_name(project: Make) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        from pkg.assets import made
        -- pkg/__init__.py
        -- pkg/assets.py
        import dagx as dg
        @dg.asset
        def made(): return 1
    """)
    shop.run()
    shop.edit("definitions.py", "from pkg", "import again\nfrom pkg")
    shop.write("again.py", "import importlib.util\nspec = importlib.util.find_spec('pkg.assets')\n")
    assert shop.run() == {}


# 20. Time stamps.


def test_20_a_file_that_is_touched_or_written_again_reruns_nothing(project: Make) -> None:
    shop = project(SHOP)
    shop.run()
    for name in ("definitions.py", "lib.py"):
        os.utime(shop.root / name, (1_000_000_000, 1_000_000_000))
        shop.write(name, shop.read(name))
    assert shop.run() == {}


def test_20_a_project_that_is_copied_elsewhere_with_its_state_is_fresh(project: Make, tmp_path: Path) -> None:
    shop = project(SHOP)
    shop.run()
    shutil.copytree(shop.root, tmp_path / "copy")
    assert Shop(tmp_path / "copy", "").run() == {}


# 23. The file now is not the code that was loaded.


def test_23_what_counts_is_what_was_executed_not_what_stands_in_the_file_now(project: Make) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        import pathlib
        @dg.asset
        def made():
            pathlib.Path("lib.py").write_text("def clean(): return 2")
            from lib import clean
            return clean()
        -- lib.py
        def clean(): return 1
    """)
    shop.run()
    assert shop.value("made") == "1"
    assert shop.read("lib.py").endswith("return 2")
    assert shop.run() == {"made": ["code of clean changed (lib.py:1)"]}
    assert shop.value("made") == "2"


def test_23_an_asset_that_is_edited_while_it_runs_is_stale_when_it_ends(project: Make) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        import inspect, shutil
        @dg.asset
        def made():
            shutil.copyfile("next.txt", "definitions.py")
            return ["one!", "two" + "!" in inspect.getsource(inspect.currentframe())]
    """)
    shop.write("next.txt", shop.read("definitions.py").replace("one!", "two!"))
    shop.run()
    assert shop.value("made") == '["one!", false]'
    assert shop.run() == {
        "made": [
            "code of made changed (definitions.py:3)",
            "the text of definitions changed, which its code can read",
        ]
    }
    assert shop.value("made") == '["two!", true]'


# 27. What cannot be encoded.


def test_27_what_cannot_be_a_plain_value_is_said_and_still_kept(project: Make) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        def factory(function):
            @dg.asset
            def made(): return list(function)
            return made
        made = factory(x for x in (1, 2))
    """)
    shop.run()
    assert shop.run() == {}, "no random key: it is not made again for nothing"
    shop.edit("definitions.py", "(1, 2)", "(1, 3)")
    assert shop.run() == {
        "made": [
            "module definitions changed (cell function of factory.<locals>.made has no plain value, "
            "so all of it counts)"
        ]
    }
