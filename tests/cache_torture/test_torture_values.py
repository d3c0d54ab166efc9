"""Values that look alike, and one value that looks different each time. Cases 15, 26, 27, 31 to 38, 40 to 42."""

from __future__ import annotations

from collections.abc import Callable

from mutation import Mutation, counts, does_not_count, each
from shops import Shop

Project = Callable[[str], Shop]


def holding(value: str, of: str = "value", prelude: str = "") -> str:
    """A project whose asset closes over a value."""
    return f"""
    -- definitions.py
    import dagx as dg
    {prelude}
    def factory(value):
        @dg.asset
        def made(): return {of}
        return made
    made = factory({value})
    """


CELL = "cell value of factory.<locals>.made changed"
WIDE = (
    "module definitions changed (cell value of factory.<locals>.made has no plain value, so all of it counts)"
)


@each(
    counts("15 an empty list and an empty tuple", CELL, holding("<<[] => ()>>", "repr(value)")),
    counts("15 the border in a list of texts", CELL, holding('<<["ab", "c"] => ["a", "bc"]>>')),
    counts("34 one and True", CELL, holding("[<<1 => True>>]")),
    counts("34 one and 1.0", CELL, holding("<<1 => 1.0>>", "repr(value)")),
    counts("34 zero and minus zero", CELL, holding("<<0.0 => -0.0>>", "repr(value)")),
    counts("34 text and bytes", CELL, holding("<<'a' => b'a'>>", "repr(value)")),
    counts(
        "34 decimals of another precision",
        CELL,
        holding('Decimal("1.<<0 => 00>>")', "str(value)", "from decimal import Decimal"),
    ),
    counts(
        "34 the two hours that one clock shows twice",
        CELL,
        holding(
            "datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo('Europe/Berlin'), fold=<<0 => 1>>)",
            "value.isoformat()",
            "from datetime import datetime; from zoneinfo import ZoneInfo",
        ),
    ),
    counts(
        "38 the order of a dict that is captured",
        CELL,
        holding("<<{'a': 1, 'b': 2} => {'b': 2, 'a': 1}>>", "list(value)"),
    ),
    does_not_count("37 the order in which a set is written", holding("<<{'a', 'b'} => {'b', 'a'}>>", "sorted(value)")),
    counts(
        "32 a list a hundred deep",
        WIDE,
        holding("nested(<<1 => 2>>)", "str(value)", "\n    ".join((
            "def nested(value):",
            "    for _ in range(150): value = [value]",
            "    return value",
        ))),
    ),
    counts(
        "33 a value whose state no attribute shows",
        WIDE,
        holding("Fraction(1, <<2 => 3>>)", "str(value)", "from fractions import Fraction"),
    ),
    counts("33 a pattern", WIDE, holding("re.compile('<<a => b>>')", "value.pattern", "import re")),
    counts(
        "33 a text of a class of its own",
        WIDE,
        holding("Text('<<a => b>>')", "str(value)", "class Text(str): pass"),
    ),
    counts(
        "33 a dataclass that is a list too",
        WIDE,
        holding("Rows([<<1 => 2>>])", "list(value)", "\n    ".join((
            "from dataclasses import dataclass",
            "@dataclass(init=False)",
            "class Rows(list): size: int = 1",
        ))),
    ),
    counts(
        "33 a dataclass with more than its fields",
        WIDE,
        holding("with_more(<<1 => 2>>)", "value.more", "\n    ".join((
            "from dataclasses import dataclass",
            "@dataclass",
            "class Order: size: int = 1",
            "def with_more(n):",
            "    order = Order(); order.more = n",
            "    return order",
        ))),
    ),
    counts(
        "33 a callable whose state lies in slots",
        "module definitions changed (value made made callable has no plain state, so all of it counts)",
        """
        -- definitions.py
        import dagx as dg
        class Open: pass
        class Times(Open):
            __slots__ = ("n",)
            def __init__(self, n): self.n = n
            def __call__(self): return self.n
        made = dg.asset(name="made")(Times(<<1 => 2>>))
        """,
    ),
    counts(
        "33 a callable, and what it holds",
        ["attribute n of made changed", "code of clean changed (definitions.py:2)"],
        """
        -- definitions.py
        import dagx as dg
        def clean(n): return n<< => + 1>>
        class Times:
            def __init__(self, n, then): self.n, self.then = n, then
            def __call__(self): return self.then(self.n)
        made = dg.asset(name="made")(Times(<<1 => 2>>, clean))
        """,
    ),
    counts(
        "33 the object of a method",
        "attribute n of made changed",
        """
        -- definitions.py
        import dagx as dg
        class Times:
            def __init__(self, n): self.n = n
            def made(self): return self.n
        made = dg.asset(Times(<<1 => 2>>).made)
        """,
    ),
    counts(
        "33 an object below given arguments",
        "attribute n of made changed",
        """
        -- definitions.py
        import dagx as dg
        from functools import partial
        class Times:
            def __init__(self, n): self.n = n
            def __call__(self, by): return self.n * by
        made = dg.asset(name="made")(partial(Times(<<1 => 2>>), by=3))
        """,
    ),
    does_not_count(
        "33 a function whose results are kept",
        """
        -- definitions.py
        import dagx as dg
        from functools import lru_cache
        OTHER = <<1 => 2>>
        @dg.asset
        @lru_cache
        def made(): return 1
        """,
    ),
    counts(
        "33 a time in a zone of the project's own",
        WIDE,
        holding("time(tzinfo=Zone(<<1 => 2>>))", "str(value.utcoffset())", "\n    ".join((
            "from datetime import time, timedelta, tzinfo",
            "class Zone(tzinfo):",
            "    def __init__(self, hours=0): self.hours = hours",
            "    def utcoffset(self, when): return timedelta(hours=self.hours)",
            "    def __repr__(self): return 'zone'",
        ))),
    ),
)  # fmt: skip
def test_an_edit_of_a_value_that_is_captured(project: Project, mutation: Mutation) -> None:
    mutation.check(project)


def test_the_order_of_a_dict_that_a_resource_or_a_config_holds_counts(project: Project) -> None:
    """Case 38."""
    shop = project("""
        -- definitions.py
        import dagx as dg

        class Plain(dg.ConfigurableResource):
            order: dict[str, int]
        class Given(dg.Config):
            order: dict[str, int]

        @dg.asset
        def made(config: Given, plain: Plain): return [list(config.order), list(plain.order)]
        defs = dg.Definitions(assets=[made], resources={"plain": Plain(order={"a": 1, "b": 2})})
        -- run.json
        {"ops": {"made": {"config": {"order": {"a": 1, "b": 2}}}}}
    """)
    shop.config = "run.json"
    shop.run()
    assert shop.run() == {}
    shop.edit("definitions.py", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}')
    assert shop.run() == {"made": ["resource plain changed"]}
    shop.edit("run.json", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}')
    assert shop.run() == {"made": ["config order changed"]}
    assert shop.value("made") == '[["b", "a"], ["b", "a"]]'


def test_another_way_to_pickle_the_same_stops_at_what_made_it(project: Project) -> None:
    """Cases 35 and 36: other bytes for the same value are no other data."""
    shop = project("""
        -- definitions.py
        import dagx as dg

        @dg.asset
        def made():
            text = "-".join(["north", "south"])
            return text, text

        @dg.asset
        def below(made): return len(made)
    """)
    shop.run()
    shop.edit("definitions.py", "return text, text", "return text, '-'.join(['north', 'south'])")
    assert shop.run() == {"made": ["code of made changed (definitions.py:3)"]}
    shop.edit("definitions.py", "return text, '-'", "return text, '+'")
    assert shop.run() == {
        "made": ["code of made changed (definitions.py:3)"],
        "below": ["new data in made"],
    }
