"""What a decorator or a spec says beside the code counts where it changes what is made, or where the code reads it."""

from __future__ import annotations

from collections.abc import Callable

from mutation import Mutation, counts, does_not_count, each, reruns_for_nothing
from shops import Shop

Make = Callable[[str], Shop]

OWN = "what is declared of it, which its code can read, changed"


@each(
    counts(
        "a tag that the function reads of its own definition",
        OWN,
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(tags={"level": "<<low => high>>"})
        def made(context: dg.AssetExecutionContext):
            return context.assets_def.tags_by_key[context.asset_key]["level"]
        """,
    ),
    does_not_count(
        "a tag that another function reads of its own",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(tags={"level": "low"})
        def made(context: dg.AssetExecutionContext):
            return context.assets_def.tags_by_key[context.asset_key]["level"]
        @dg.asset(tags={"level": "<<low => high>>"}, group_name="<<raw => clean>>", owners=["<<a => b>>@c.d"])
        def apart(context: dg.AssetExecutionContext):
            return context.run_id and 1
        """,
    ),
    counts(
        "a group that a helper reads, to which the context is passed",
        OWN,
        """
        -- definitions.py
        import dagx as dg
        def group_of(context): return context.assets_def.group_names_by_key[context.asset_key]
        @dg.asset(group_name="<<raw => clean>>")
        def made(context: dg.AssetExecutionContext): return group_of(context)
        """,
    ),
    counts(
        "metadata with a class of dagx in it",
        OWN,
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(metadata={"rows": dg.MetadataValue.int(<<1 => 2>>)})
        def made(context: dg.AssetExecutionContext):
            return context.assets_def.metadata_by_key[context.asset_key]["rows"].value
        """,
    ),
    counts(
        "tags of the op",
        OWN,
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(op_tags={"size": "<<s => m>>"})
        def made(context: dg.AssetExecutionContext): return context.op_def.tags["size"]
        """,
    ),
    counts(
        "the declaration of another asset, which the function names",
        "what is declared of other, which its code can read, changed",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(owners=["<<a => b>>@c.d"])
        def other(): return 1
        @dg.asset
        def made(): return other.get_asset_spec().owners
        """,
    ),
    counts(
        "metadata that an IO manager reads of what it loads",
        {
            "base": [OWN],
            "made": ["new data in base", "what is declared of base, which its code can read, changed"],
        },
        """
        -- definitions.py
        import dagx as dg
        class Manager(dg.IOManager):
            def handle_output(self, context, obj): pass
            def load_input(self, context): return context.upstream_output.definition_metadata["factor"]
        @dg.asset(metadata={"factor": <<1 => 2>>}, io_manager_key="own")
        def base(): return 5
        @dg.asset
        def made(base): return base
        defs = dg.Definitions([base, made], resources={"own": Manager()})
        """,
    ),
    counts(
        "what any asset says, for code that runs a text",
        "what is declared of any asset, which its code can read, changed",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(description="<<a => b>>")
        def other(): return 1
        TEXT = "other.get_asset_spec().description"
        @dg.asset
        def made(): return eval(TEXT)
        """,
    ),
    counts(
        "who loads which input",
        ["a is loaded by two, before by one", "b is loaded by one, before by two"],
        """
        -- definitions.py
        import dagx as dg
        class Manager(dg.IOManager):
            def __init__(self, value): self.value = value
            def handle_output(self, context, obj): pass
            def load_input(self, context): return self.value
        @dg.asset
        def up(): return 1
        @dg.asset
        def above(): return 1
        @dg.asset(ins={"a": dg.AssetIn("up", input_manager_key="<<one => two>>"),
                       "b": dg.AssetIn("above", input_manager_key="<<two => one>>")})
        def made(a, b): return a - b
        defs = dg.Definitions([up, above, made], resources={"one": Manager(1), "two": Manager(2)})
        """,
    ),
    reruns_for_nothing(
        "a type that is checked, given to the decorator",
        ["now uses Positive (definitions.py:2)", "the type of result is new"],
        """
        -- definitions.py
        import dagx as dg
        Positive = dg.DagsterType(name="Positive", type_check_fn=lambda value: value > 0)
        @dg.asset(<< => dagster_type=Positive>>)
        def made(): return 1
        """,
    ),
    reruns_for_nothing(
        "the function that checks the type",
        "code of is_positive changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        def is_positive(value): return value > <<0 => -1>>
        @dg.asset(dagster_type=dg.DagsterType(name="Positive", type_check_fn=is_positive))
        def made(): return 1
        """,
    ),
    reruns_for_nothing(
        "whether it may be left out",
        "made may be left out now",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(output_required=<<True => False>>)
        def made(): yield dg.Output(1)
        """,
    ),
)
def test_what_is_said_beside_the_code(mutation: Mutation, project: Make) -> None:
    mutation.check(project)


@each(
    counts(
        "a docstring that is read",
        "the docstring of clean changed, which its code can read",
        """
        -- definitions.py
        import dagx as dg
        def clean(x):
            "<<Cleans. => Tidies.>>"
            return x
        @dg.asset
        def made(): return clean.__doc__
        """,
    ),
    counts(
        "the docstring of a module",
        "the docstring of lib changed, which its code can read",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.__doc__
        -- lib.py
        "<<Cleans. => Tidies.>>"
        """,
    ),
    does_not_count(
        "a docstring that another function reads",
        """
        -- definitions.py
        import dagx as dg
        def clean(x):
            "<<Cleans. => Tidies.>>"
            return x
        def told(x):
            "Tells."
            return x
        @dg.asset
        def made(): return told.__doc__
        @dg.asset
        def apart(): return clean(1)
        """,
    ),
    counts(
        "a comment in a text that is read",
        "the text of lib changed, which its code can read",
        """
        -- definitions.py
        import inspect
        import dagx as dg
        import lib
        @dg.asset
        def made(): return inspect.getsource(lib.clean)
        -- lib.py
        def clean(x):
            return x  # <<cleans => tidies>>
        """,
    ),
    counts(
        "the number of a line that is read",
        "the text of lib changed, which its code can read",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.clean.__code__.co_firstlineno
        -- lib.py
        <<# One line. => # One line.
        # Two.>>
        def clean(x): return x
        """,
    ),
)
def test_docstrings_and_texts_that_are_read(mutation: Mutation, project: Make) -> None:
    mutation.check(project)
