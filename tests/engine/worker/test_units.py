"""What a module is cut into, and which edits a unit's digest notices."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from dagx.worker.code.model import AT_IMPORT, EFFECTS, Imported, Mark, ModuleUnits, Unit
from dagx.worker.code.units import cut


def units(text: str) -> ModuleUnits:
    return cut(dedent(text).encode())


def digests(text: str) -> dict[str, str]:
    return {name: unit.digest for name, unit in units(text).units.items()}


def uses(text: str, name: str = "f") -> set[tuple[str, ...]]:
    return set(units(text).units[name].uses)


BEFORE = """
    import os
    import dagx as dg

    RATE = 1

    def f(x, y=2):
        '''What f does.'''
        # a comment
        return x + y

    class Shop(object):
        '''A shop.'''
        size = 3

        def total(self):
            '''All of it.'''
            return self.size

    @dg.asset(group_name="raw")
    @wrapped(1)
    def made(x):
        return x
"""


def edited(old: str, new: str) -> set[str]:
    """The units whose digests an edit changes."""
    assert old in BEFORE
    before, after = digests(BEFORE), digests(BEFORE.replace(old, new))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# another comment"),
        ("'''What f does.'''", "'''Something else.'''"),
        ("'''A shop.'''", ""),
        ("        '''All of it.'''\n", ""),
        ("    import os\n", "    import os\n\n\n\n"),
        ("return x + y", "return (x +\n                y)"),
        ('group_name="raw"', 'group_name="clean", owners=["a@b.c"]'),
        ("    def f(x, y=2):", "    \n\n    def f(x, y = 2) :"),
    ],
)
def test_an_edit_without_effect_keeps_every_digest(old: str, new: str) -> None:
    assert edited(old, new) == set()


@pytest.mark.parametrize(
    ("old", "new", "unit"),
    [
        ("return x + y", "return x - y", "f"),
        ("y=2", "y=3", "f"),
        ("y=2", "y=2.0", "f"),
        ("y=2", "y='2'", "f"),
        ("def f(x, y=2)", "def f(x, y: int = 2)", "f"),
        ("RATE = 1", "RATE = True", "RATE"),
        ("RATE = 1", "RATE: int = 1", "RATE"),
        ("size = 3", "size = 4", "Shop"),
        ("return self.size", "return self.size + 1", "Shop"),
        ("Shop(object)", "Shop(dict)", "Shop"),
        ("@wrapped(1)", "@wrapped(2)", "made"),
        ("    @wrapped(1)\n", "", "made"),
        ("        return x\n", "        return (x,)\n", "made"),
    ],
)
def test_an_edit_with_effect_changes_the_digest_of_its_unit_alone(old: str, new: str, unit: str) -> None:
    assert edited(old, new) == {unit}


def test_units_are_moved_without_changing_their_digest() -> None:
    one = digests("def f(): return 1\ndef g(): return 2\n")
    assert digests("\n\n# moved\ndef g():\n    return 2\n\ndef f(): return 1\n") == one


def test_a_decorator_of_the_same_name_from_elsewhere_counts() -> None:
    text = "from {} import asset\n\n@asset(key='a')\ndef f(): return 1\n"
    ours = digests(text.format("dagx")), digests(text.format("dagx").replace("'a'", "'b'"))
    theirs = digests(text.format("other")), digests(text.format("other").replace("'a'", "'b'"))
    assert ours[0] == ours[1]
    assert theirs[0] != theirs[1]


def test_what_a_module_does_at_import_is_a_unit_of_its_own() -> None:
    found = units("import lib\nprint(1)\nREGISTRY = {}\nREGISTRY['a'] = 1\nlib.x = 2\nfor n in (): pass\n")
    assert set(found.units) == {EFFECTS, "REGISTRY", "n"}
    assert ("lib", "x") in found.units[EFFECTS].uses


def test_a_name_that_is_bound_under_a_condition_is_its_unit_with_the_condition() -> None:
    text = "if {}:\n    def f(): return 1\nelse:\n    def f(): return 2\n"
    assert set(digests(text.format("True"))) == {"f"}
    assert digests(text.format("True")) != digests(text.format("False"))


def test_a_statement_that_binds_and_does_more_is_an_effect_too() -> None:
    found = units(
        "try:\n    import fast\n    SPEED = 2\n    fast.begin()\nexcept ImportError:\n    SPEED = 1\n"
    )
    assert set(found.units) == {"SPEED", EFFECTS}
    assert found.imports["fast"] == (Imported("fast", None),)


def test_a_name_that_is_bound_twice_is_one_unit() -> None:
    assert digests("total = 1\ntotal += 2\n").keys() == {"total"}
    assert digests("total = 1\ntotal += 2\n") != digests("total = 1\ntotal += 3\n")


def test_only_names_of_the_module_count_as_used() -> None:
    text = """
        def f(orders, n):
            total = helper(orders)
            count = [total for total in range(n)]
            def inner(local): return deep(local)
            return total
    """
    assert uses(text) == {("helper",), ("range",), ("deep",)}


def test_a_parameter_called_like_a_global_is_not_that_global() -> None:
    text = "def orders(): return 1\ndef f(orders): return orders\ndef g(): return orders()\n"
    assert ("orders",) not in uses(text)
    assert ("orders",) in uses(text, "g")


def test_an_attribute_is_used_as_a_whole_chain() -> None:
    assert uses("def f(): return lib.sub.clean(1)\n") == {("lib", "sub", "clean")}
    assert uses("def f(): return lib.clean(lib)\n") == {("lib", "clean"), ("lib",)}
    assert uses("def f(): return table['a'].b(key).c\n") == {("table",), ("key",)}


def test_defaults_decorators_annotations_and_bases_are_used_too() -> None:
    assert uses("@deco(option)\ndef f(x: Kind = DEFAULT) -> Result: return x\n") == {
        ("deco",),
        ("option",),
        ("Kind",),
        ("DEFAULT",),
        ("Result",),
    }
    assert ("base", "Model") in uses("class f(base.Model, metaclass=Meta):\n    x = CONSTANT\n")
    assert {("Meta",), ("CONSTANT",)} <= uses("class f(base.Model, metaclass=Meta):\n    x = CONSTANT\n")


def test_imports_are_known_by_the_name_that_they_bind() -> None:
    found = units("import a.b\nimport c as d\nfrom . import e\nfrom ..f import g as h\nfrom i import *\n")
    assert found.imports["a"] == (Imported("a", None),)
    assert found.imports["d"] == (Imported("c", None),)
    assert found.imports["e"] == (Imported(".", "e"),)
    assert found.imports["h"] == (Imported("..f", "g"),)
    assert found.starred == ("i",)


def test_imports_inside_a_function_are_its_own() -> None:
    found = units("def f():\n    from lib import clean\n    import other\n    return clean\n")
    assert found.units["f"].imports == {
        "clean": (Imported("lib", "clean"),),
        "other": (Imported("other", None),),
    }


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("eval(text)", ("code", "eval")),
        ("exec(text)", ("code", "exec")),
        ("map(eval, text)", ("code", "eval")),
        ("globals()['x']", ("module", "globals")),
        ("importlib.import_module(name)", ("code", "import_module of a computed name")),
        ("__import__(name)", ("code", "__import__")),
        ("Base.__subclasses__()", ("code", "__subclasses__")),
        ("sys.modules[name]", ("code", "sys.modules")),
        ("helper.__doc__", ("doc", "__doc__")),
        ("name.__doc__", ("doc", "__doc__")),
        ("inspect.getsource(name)", ("source", "getsource")),
        ("context.assets_def", ("spec", "assets_def")),
    ],
)
def test_what_makes_more_count_than_names_is_marked_with_its_line(body: str, what: tuple[str, str]) -> None:
    assert units(f"def f(name, text):\n    return {body}\n").units["f"].marks == (Mark(*what, 2),)


@pytest.mark.parametrize(
    "body",
    [
        "getattr(lib, name)",
        "getattr(lib, 'clean')",
        "importlib.import_module('lib.clean')",
        "eval('helper(1)')",
        "model.eval()",
        "name.globals",
        "locals()",
    ],
)
def test_what_can_be_read_from_the_text_is_not_marked(body: str) -> None:
    assert units(f"def f(name, text):\n    return {body}\n").units["f"].marks == ()


def test_a_computed_getattr_uses_the_whole_and_a_literal_one_that_name() -> None:
    assert uses("def f(name): return getattr(lib, name)\n") == {("getattr",), ("lib",)}
    assert uses("def f(): return getattr(lib, 'clean')\n") == {("lib", "clean")}
    assert uses("def f(): return eval('helper(RATE)')\n") == {("helper",), ("RATE",)}


def test_names_in_text_that_is_an_annotation_are_used() -> None:
    assert {("Order",), ("list",)} <= uses("class f:\n    orders: 'list[Order]'\n")
    assert ("Order",) in uses("def f(x: 'Order'): return x\n")


# What is done to things when the module is imported.


def unit(text: str, name: str = "f") -> Unit:
    return units(text).units[name]


def test_what_is_called_at_import_is_told_with_how_often() -> None:
    assert unit("@deco\ndef f(): g()\n").called == ((("deco",), 0),)
    assert ((("deco",), 1)) in unit("@deco(1)\ndef f(): g()\n").called
    assert {("h",), ("g",)} == {chain for chain, _ in unit("f = g(1)(h())\n").called}
    assert (("g",), 1) in unit("f = g(1)(2)\n").called


def test_what_is_assigned_into_is_told_with_its_depth() -> None:
    text = "def f(name):\n    TABLE[name] = 1\n    def inner(): lib.x = 2\n    return inner\n"
    assert unit(text).changed == ((("TABLE",), 0), (("lib", "x"), 1))
    assert unit("lib.f = 1\n", EFFECTS).changed == ((("lib", "f"), AT_IMPORT),)
    assert unit("class f:\n    def note(cls): cls.all[1] = 2\n").changed == ((("f",), 0),)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def f(): ...", "def"),
        ("f = lambda: 1", "def"),
        ("class f: x = 1", "class"),
        ("class f: x = []", "stateful"),
        ("f = 1", "constant"),
        ("f = (1, 'a', -2)", "constant"),
        ("f = re.compile('a')", "constant"),
        ("f = []", "variable"),
        ("f = Client()", "variable"),
        ("f = other", "variable"),
        ("if x:\n    def f(): ...", "def"),
    ],
)
def test_units_are_told_apart_by_what_can_be_put_into_them(text: str, kind: str) -> None:
    assert unit(text).kind == kind


# The order of statements.


def test_the_order_of_definitions_does_not_count() -> None:
    one = digests("A = 1\nB = len('x')\ndef f(): return A\n")
    assert digests("def f(): return A\nB = len('x')\nA = 1\n") == one


def test_where_a_value_is_read_counts_when_its_name_is_bound_or_changed_again() -> None:
    assert digests("A = [1]\nB = len(A)\nA = [1, 2]\n") != digests("A = [1]\nA = [1, 2]\nB = len(A)\n")
    assert digests("A = [1]\nB = len(A)\nA.append(2)\n") != digests("A = [1]\nA.append(2)\nB = len(A)\n")


def test_a_module_that_does_not_parse_raises_as_compile_does() -> None:
    with pytest.raises(SyntaxError):
        cut(b"def f(:\n")


def test_the_coding_of_the_source_is_respected() -> None:
    latin = "# -*- coding: latin-1 -*-\nNAME = 'é'\n".encode("latin-1")
    assert digests("NAME = 'é'\n")["NAME"] == cut(latin).units["NAME"].digest


# What newer Pythons can write.


@pytest.mark.skipif(sys.version_info < (3, 12), reason="came with 3.12")
def test_a_type_alias_is_a_unit_that_uses_what_it_names() -> None:
    text = "class Order: ...\ntype Orders = list[Order]\ndef f(x: Orders): ..."
    found = units(text)
    assert set(found.units) == {"Order", "Orders", "f"}
    assert ("Order",) in uses(text, "Orders")
    assert ("Orders",) in uses(text, "f")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="came with 3.12")
def test_a_parameter_for_a_type_is_not_the_global_of_its_name() -> None:
    text = "class T: ...\nclass Item: ...\ndef f[T](x: list[T]) -> T: return Item(T)\nclass g[T](Item): x: T"
    assert ("Item",) in uses(text, "f")
    assert ("Item",) in uses(text, "g")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="came with 3.14")
def test_what_stands_in_a_template_is_used() -> None:
    assert ("RATE",) in uses("RATE = 1\ndef f(): return t'{RATE} a day'")
    assert ("Order",) in uses("class Order: ...\nclass f:\n    first: Order")
