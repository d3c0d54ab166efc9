"""Cuts a module's source into top-level units and says what each one uses and does.

A unit is what is defined by one top-level name (function, class, assignment, import) or the module's effects (bare
calls and other statements that run at import). Parses, never imports.
"""

from __future__ import annotations

import ast
import importlib.util
import symtable
from collections.abc import Sequence
from dataclasses import dataclass, field

from dagx.worker.code.model import EFFECTS, Imported, ModuleUnits, Unit, digest_text
from dagx.worker.code.quiet import makes_a_constant
from dagx.worker.code.reading import Reader
from dagx.worker.code.statements import COMPOUND, executed, names_bound
from dagx.worker.code.syntax import bindings, chain_of, docstring_of, is_for_checkers, root_of

__all__ = ["cut"]

_IS_MAIN = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)
_IMMUTABLE = (
    ast.Constant,
    ast.UnaryOp,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.JoinedStr,
    ast.FormattedValue,
)


@dataclass
class _Found:
    """A module's statements by the names that they bind, each with its place in the module."""

    statements: dict[str, list[tuple[int, ast.stmt]]] = field(
        default_factory=dict[str, "list[tuple[int, ast.stmt]]"]
    )
    imports: dict[str, list[Imported]] = field(default_factory=dict[str, "list[Imported]"])
    starred: list[str] = field(default_factory=list[str])


def cut(data: bytes) -> ModuleUnits:
    """The units of a module's source. Raises SyntaxError as `compile` does."""
    tree = ast.parse(data)
    scopes = _global_names(importlib.util.decode_source(data))
    doc = docstring_of(tree)
    found = _Found()
    aliases = _aliases(tree)
    for number, statement in enumerate(tree.body):
        if number or doc is None:
            _sort_in(number, statement, found, aliases)
    dagx_names = {name for name, known in found.imports.items() if any(_is_of_dagx(what) for what in known)}
    order = _Order(found)
    units = {
        name: _unit(name, statements, Reader(scopes, dagx_names, aliases), order)
        for name, statements in found.statements.items()
    }
    imports = {name: tuple(dict.fromkeys(what)) for name, what in found.imports.items()}
    return ModuleUnits(units, imports, tuple(dict.fromkeys(found.starred)), digest_text(doc) if doc else "")


def _aliases(tree: ast.Module) -> dict[str, str]:
    """What names that the module imports were called where they come from, of those that were given another one."""
    imports = (statement for statement in tree.body if isinstance(statement, ast.ImportFrom))
    return {alias.asname: alias.name for one in imports for alias in one.names if alias.asname}


def _sort_in(number: int, statement: ast.stmt, found: _Found, aliases: dict[str, str]) -> None:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        _sort_in_import(statement, found)
        return
    if _is_for_scripts(statement):
        return
    if isinstance(statement, ast.If) and is_for_checkers(statement, aliases) and not statement.orelse:
        return
    for inner in executed(statement, aliases):
        if isinstance(inner, (ast.Import, ast.ImportFrom)):
            _sort_in_import(inner, found)
    for name in names_bound(statement, aliases):
        found.statements.setdefault(name, []).append((number, statement))


def _sort_in_import(statement: ast.Import | ast.ImportFrom, found: _Found) -> None:
    for name, what in bindings(statement):
        if name == "*":
            found.starred.append(what.module)
        else:
            found.imports.setdefault(name, []).append(what)


def _is_for_scripts(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, which never runs here."""
    return isinstance(statement, ast.If) and not statement.orelse and ast.dump(statement.test) == _IS_MAIN


def _is_of_dagx(what: Imported) -> bool:
    return what.module.partition(".")[0] == "dagx"


# Scopes


def _global_names(text: str) -> dict[str, set[str]]:
    """For each top-level function and class the names that are the module's, or that it imports."""
    table = symtable.symtable(text, "<module>", "exec")
    found: dict[str, set[str]] = {}
    for child in table.get_children():
        found.setdefault(child.get_name(), set()).update(_taken(child))
    return found


def _taken(table: symtable.SymbolTable) -> set[str]:
    in_class = table.get_type() in ("class", getattr(symtable.SymbolTable, "CLASS", "class"))
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_global() or symbol.is_imported() or (in_class and symbol.is_referenced())
    }
    for child in table.get_children():
        names |= _taken(child)
    return names


# Units


class _Order:
    """What stands before what, where that can matter: a name that is bound more than once, or changed by an effect."""

    def __init__(self, found: _Found) -> None:
        self._events: dict[str, list[int]] = {}
        for name, statements in found.statements.items():
            if name != EFFECTS:
                self._events.setdefault(name, []).extend(number for number, _ in statements)
        for number, statement in found.statements.get(EFFECTS, ()):
            for name in {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}:
                if name in self._events:
                    self._events[name].append(number)
        self._events = {name: sorted(set(numbers)) for name, numbers in self._events.items()}

    def before(self, number: int, statement: ast.stmt, own: str) -> str:
        """How many times each name that the statement uses was bound or changed before it, if not just once."""
        names = _named_at_import(statement)
        said: list[str] = []
        for name in sorted(names):
            events = self._events.get(name, ())
            count = sum(1 for event in events if event < number)
            if name != own and (len(events) > 1 or count < len(events)) and count != 1:
                said.append(f"{name}:{count}")
        return " ".join(said)


def _named_at_import(statement: ast.stmt) -> set[str]:
    """The names in those parts of a statement that are executed with it."""
    found: set[str] = set()
    queue: list[ast.AST] = [statement]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            queue.append(node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            queue += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, (ast.Lambda, ast.Constant)):
            queue += ast.iter_child_nodes(node)
    return found


def _unit(name: str, statements: Sequence[tuple[int, ast.stmt]], reader: Reader, order: _Order) -> Unit:
    for number, statement in statements:
        reader.tokens.append(f"after {order.before(number, statement, name)}")
        reader.read(statement)
    if reader.keeps_context():
        reader.context_to.add(())
    return Unit(
        name,
        "effects" if name == EFFECTS else _kind([statement for _, statement in statements], name, reader),
        digest_text("\n".join(reader.tokens)),
        digest_text(repr(reader.docs)) if reader.docs else "",
        tuple(
            (_first_line(statement), statement.end_lineno or statement.lineno) for _, statement in statements
        ),
        tuple(sorted(reader.uses)),
        {name: tuple(dict.fromkeys(what)) for name, what in sorted(reader.imports.items())},
        tuple(reader.bases),
        tuple(sorted(reader.called)),
        tuple(sorted(reader.changed)),
        tuple(sorted(reader.handled)),
        reader.patches,
        tuple(sorted(reader.given_away)),
        tuple(sorted(reader.handed)),
        tuple(sorted(reader.context_to)),
        tuple(reader.decorators),
        reader.is_asset,
        reader.hooks,
        tuple(reader.marks),
    )


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _kind(statements: Sequence[ast.stmt], name: str, reader: Reader) -> str:
    """What the name stands for; the one of which more can happen, where it is bound more than once."""
    kinds = {_kind_of(statement, name) for statement in statements}
    if "class" in kinds and any(chain[0] == name for chain, _ in reader.changed):
        kinds.add("stateful")
    return next(kind for kind in ("variable", "stateful", "class", "def", "constant") if kind in kinds)


def _kind_of(statement: ast.stmt, name: str) -> str:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "def"
    if isinstance(statement, ast.ClassDef):
        return "stateful" if any(_is_container(inner) for inner in statement.body) else "class"
    if isinstance(statement, COMPOUND):
        inner = [each for each in ast.walk(statement) if getattr(each, "name", None) == name]
        kinds = {_kind_of(each, name) for each in inner if isinstance(each, ast.stmt)}
        return kinds.pop() if len(kinds) == 1 else "variable"
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Lambda):
        return "def"
    return "constant" if value is None or _is_constant(value) else "variable"


def _is_container(statement: ast.stmt) -> bool:
    """Whether an attribute of a class is something that is filled later."""
    value = getattr(statement, "value", None) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    if isinstance(value, ast.Call):
        return root_of(value.func)[-1:] in (("dict",), ("list",), ("set",), ("defaultdict",), ("deque",))
    return isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp))


def _is_constant(value: ast.expr) -> bool:
    """Whether nothing can change the value in place."""
    if isinstance(value, ast.Call):
        chain = chain_of(value.func)
        return bool(chain) and makes_a_constant(chain[-1])
    if isinstance(value, ast.Tuple):
        return all(_is_constant(item) for item in value.elts)
    return isinstance(value, _IMMUTABLE)
