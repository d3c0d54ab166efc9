"""Writes `core/dagx/__init__.py` from what the modules of the SDK offer: the names in their `__all__`.

A module that has `__all__` gives those names to `import dagx as dg`; one that has none is internal. What is there now
is taken out of `unbuilt_names.py`. `--check` writes nothing and exits with 1 when a file is not up to date. Run by
`make names`.
"""

import ast
import sys
import textwrap
from pathlib import Path

SDK = Path(__file__).resolve().parent.parent / "core" / "dagx"
INTERNAL = ("__init__.py", "__main__.py")

HEAD = '''\
"""dagx, a local data-asset orchestrator. Every name of `import dagx as dg` is loaded when first asked for.

Written by packaging/public_names.py from the `__all__` of the modules; `make names` renews it.
"""

from importlib import import_module as _import_module
from sys import _getframe  # pyright: ignore[reportPrivateUsage]

TYPE_CHECKING = False
if TYPE_CHECKING:
'''

TAIL = """\
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


if not TYPE_CHECKING:  # checkers would take it to mean that every name exists

    def __getattr__(name: str) -> object:
        module = _MODULE_OF.get(name)
        if module is not None:
            value: object = getattr(_import_module(f"dagx.{module}"), name)
            globals()[name] = value
            return value
        if name.startswith("__"):
            raise AttributeError(name)
        error: AttributeError = _import_module("dagx.unbuilt").name_error(name, __all__)
        # `from dagx import x` hides the text of an AttributeError; only that of an ImportError comes through.
        asked_by = _getframe(1).f_globals.get("__name__", "")
        if asked_by == "importlib._bootstrap" and isinstance(
            error, _import_module("dagx.errors").NotBuiltYetError
        ):
            raise ImportError(str(error), name="dagx")
        raise error


def __dir__() -> list[str]:
    return [*__all__, "__name__", "__doc__", "__file__", "__path__"]
"""


def public_names() -> dict[str, list[str]]:
    """Each module that has `__all__`, by its dotted name below `dagx`, and the names in it."""
    found: dict[str, list[str]] = {}
    for path in sorted(SDK.rglob("*.py")):
        parts = path.relative_to(SDK).with_suffix("").parts
        if path.name in INTERNAL or parts[0] == "worker":
            continue
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.Assign) and [ast.unparse(t) for t in statement.targets] == [
                "__all__"
            ]:
                found[".".join(parts)] = sorted(ast.literal_eval(statement.value))
    return found


def written(modules: dict[str, list[str]]) -> str:
    """The text of `__init__.py`."""
    lines = [HEAD]
    for module, names in sorted(modules.items()):
        for name in names:
            line = f"    from dagx.{module} import {name} as {name}\n"
            if len(line) > 111:
                line = f"    from dagx.{module} import (\n        {name} as {name},\n    )\n"
            lines.append(line)
    everything = sorted(name for names in modules.values() for name in names)
    lines.append(
        "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in everything) + "]\n\n_MODULES = {\n"
    )
    for module, names in sorted(modules.items()):
        if len(names) == 1:
            lines.append(f'    "{module}": ("{names[0]}",),\n')
        else:
            lines.append(
                f'    "{module}": (\n' + "".join(f'        "{name}",\n' for name in names) + "    ),\n"
            )
    return "".join([*lines, "}\n", TAIL])


def still_unbuilt(modules: dict[str, list[str]]) -> str:
    """The text of `unbuilt_names.py`, without the names that are there."""
    text = (SDK / "unbuilt_names.py").read_text(encoding="utf-8")
    head, names, tail = text.split('"""', 4)[:3], text.split('"""', 4)[3], text.split('"""', 4)[4]
    offered = {name for names in modules.values() for name in names}
    left = " ".join(sorted(set(names.split()) - offered))
    lines = textwrap.wrap(left, 110, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return '"""'.join([*head, "\n" + "\n".join(lines) + "\n    ", tail])


def doubled(modules: dict[str, list[str]]) -> list[str]:
    """Names that two modules offer."""
    everything = [name for names in modules.values() for name in names]
    return sorted({name for name in everything if everything.count(name) > 1})


def main() -> int:
    """Write or check the file."""
    modules = public_names()
    if doubled(modules):
        print(f"offered by two modules: {', '.join(doubled(modules))}")
        return 1
    for name, text in (("__init__.py", written(modules)), ("unbuilt_names.py", still_unbuilt(modules))):
        target = SDK / name
        if target.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv:
            print(f"core/dagx/{name} is not what the modules offer: run `make names`")
            return 1
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
