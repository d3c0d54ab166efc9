"""Cuts a module's source into top-level units and names what each one uses.

A unit is what is defined by one top-level name (function, class, assignment, import) or the module's effects (bare
calls and other statements that run at import). Parses, never imports.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

__all__ = ["EFFECTS", "Imported", "ModuleUnits", "Unit", "cut", "digest_text"]

EFFECTS = "<effects>"
"""The unit of what a module does when it is imported, beyond defining names."""

_DYNAMIC = {"eval", "exec", "globals", "vars", "locals", "__import__", "setattr", "delattr"}
_IS_MAIN = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)
_type_alias: tuple[type[ast.stmt], ...] = ()
_DAGX_DECORATORS = {"asset", "multi_asset", "asset_check", "op", "graph_asset", "observable_source_asset"}

if sys.version_info >= (3, 12):
    _type_alias = (ast.TypeAlias,)


@dataclass
class Unit:
    """A piece of a module: its digest without positions, comments and docstrings, and the names that it loads."""

    name: str
    digest: str
    spans: list[tuple[int, int]] = field(default_factory=list["tuple[int, int]"])
    """First and last line of each statement that binds the name."""
    uses: set[tuple[str, ...]] = field(default_factory=set["tuple[str, ...]"])
    """Attribute chains that start with a global name: `("lib", "clean")` for `lib.clean(...)`."""
    imports: Imports = field(default_factory=dict[str, "list[Imported]"])
    """Names that the unit itself imports, at any depth."""
    dynamic: str = ""
    """What makes its reach unknown, with the line: `getattr at line 12`; empty when nothing does."""
    decorators: set[tuple[str, ...]] = field(default_factory=set["tuple[str, ...]"])
    """What was applied to a function or class that is no asset: it may have noted it elsewhere."""

    @property
    def line(self) -> int:
        return min(first for first, _ in self.spans)


@dataclass(frozen=True)
class Imported:
    """What a name stands for after an import statement."""

    module: str
    """The module in the statement, dots in front for a relative one."""
    name: str | None
    """The name taken from it; None for `import module`; `*` for all."""


Imports = dict[str, "list[Imported]"]
"""By name what it can stand for: a fallback imports the same name from elsewhere."""


@dataclass
class ModuleUnits:
    """A module's units by name; `imports` are the names bound by top-level imports."""

    units: dict[str, Unit]
    imports: Imports
    starred: list[str]


def digest_text(text: str) -> str:
    """A short digest of text, the same in every process."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def cut(data: bytes) -> ModuleUnits:
    """The units of a module's source. Raises SyntaxError as `compile` does."""
    tree = ast.parse(data)
    scopes = _global_names(importlib.util.decode_source(data))
    found: dict[str, list[ast.stmt]] = {}
    imports: Imports = {}
    starred: list[str] = []
    _strip_docstring(tree)
    for statement in tree.body:
        _sort_in(statement, found, imports, starred)
    dagx_names = {name for name, found in imports.items() for what in found if _is_of_dagx(what)}
    units = {name: _unit(name, statements, dagx_names, scopes) for name, statements in found.items()}
    return ModuleUnits(units, imports, starred)


def _sort_in(
    statement: ast.stmt, found: dict[str, list[ast.stmt]], imports: Imports, starred: list[str]
) -> None:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for name, what in _bindings(statement):
            if name == "*":
                starred.append(what.module)
            else:
                imports.setdefault(name, []).append(what)
        return
    if _is_for_scripts(statement):
        return
    for name in _names_defined(statement) or [EFFECTS]:
        found.setdefault(name, []).append(statement)
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        for inner in ast.walk(statement):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                _sort_in(inner, found, imports, starred)


def _is_for_scripts(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, which never runs here."""
    return isinstance(statement, ast.If) and not statement.orelse and ast.dump(statement.test) == _IS_MAIN


def _is_of_dagx(what: Imported) -> bool:
    return what.module.partition(".")[0] == "dagx"


def _bindings(statement: ast.Import | ast.ImportFrom) -> list[tuple[str, Imported]]:
    """What the statement binds to which names; `import a.b` binds `a`, and means `a.b` by a name that nobody writes."""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        return [(alias.asname or alias.name, Imported(module, alias.name)) for alias in statement.names]
    found: list[tuple[str, Imported]] = []
    for alias in statement.names:
        top = alias.name.partition(".")[0]
        found.append(
            (alias.asname, Imported(alias.name, None)) if alias.asname else (top, Imported(top, None))
        )
        if top != alias.name:
            found.append((f"\0{alias.name}", Imported(alias.name, None)))
    return found


def _names_defined(statement: ast.stmt) -> list[str]:
    """The global names that a statement binds; empty for an effect."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    elif isinstance(statement, _type_alias):
        targets = [cast("ast.expr", getattr(statement, "name"))]  # noqa: B009
    elif isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
        bound = [
            name
            for inner in ast.iter_child_nodes(statement)
            if isinstance(inner, ast.stmt)
            for name in _names_defined(inner)
        ]
        return [*dict.fromkeys(bound), EFFECTS] if bound else []
    names: list[str] = []
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                return []
            if isinstance(node, ast.Name):
                names.append(node.id)
    return names


def _global_names(text: str) -> dict[str, set[str]]:
    """For each top-level function and class the names that it, or anything in it, takes from the module's scope."""
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
        if symbol.is_global() or (in_class and symbol.is_referenced())
    }
    for child in table.get_children():
        names |= _taken(child)
    return names


def _unit(name: str, statements: list[ast.stmt], dagx_names: set[str], scopes: dict[str, set[str]]) -> Unit:
    spans = [(_first_line(statement), statement.end_lineno or statement.lineno) for statement in statements]
    decorators = {chain for statement in statements for chain in _registering(statement, dagx_names)}
    kept = [_normal(statement, dagx_names) for statement in statements]
    text = "\n".join(ast.dump(statement, annotate_fields=False) for statement in kept)
    unit = Unit(name, digest_text(text), spans, decorators=decorators)
    for statement in kept:
        _note_uses(statement, unit, scopes)
    return unit


def _registering(statement: ast.stmt, dagx_names: set[str]) -> set[tuple[str, ...]]:
    """The decorators of a statement, unless it defines an asset."""
    written: list[ast.expr] = getattr(statement, "decorator_list", [])
    if any(_is_dagx(decorator, dagx_names) for decorator in written):
        return set()
    return {_chain(d.func if isinstance(d, ast.Call) else d) for d in written} - {()}


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _normal(statement: ast.stmt, dagx_names: set[str]) -> ast.stmt:
    """The statement without docstrings and without dagx's own decorators, whose options are parts of their own."""
    for node in _statements(statement):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            _strip_docstring(node)
            node.decorator_list = [d for d in node.decorator_list if not _is_dagx(d, dagx_names)]
    return statement


def _statements(top: ast.stmt) -> Iterator[ast.AST]:
    """A statement and all statements in it."""
    queue: list[ast.AST] = [top]
    while queue:
        node = queue.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            queue += getattr(node, name, ())


def _strip_docstring(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    body = node.body
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        node.body = body[1:] or [ast.copy_location(ast.Pass(), body[0])]


def _is_dagx(decorator: ast.expr, dagx_names: set[str]) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    chain = _chain(target)
    return bool(chain) and chain[0] in dagx_names and chain[-1] in _DAGX_DECORATORS


def _chain(node: ast.expr) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def _note_uses(statement: ast.stmt, unit: Unit, scopes: dict[str, set[str]]) -> None:
    """Only names of the module's scope count: a parameter called like an asset is not that asset's function."""
    taken: set[str] = set()
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        taken = scopes.get(statement.name, set())
    for node, is_inside in _outside_in(statement):
        if isinstance(node, (ast.Attribute, ast.Name)) and (chain := _chain(node)):
            if not is_inside or chain[0] in taken:
                unit.uses.add(chain)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, what in _bindings(node):
                unit.imports.setdefault(name, []).append(what)
        if not unit.dynamic:
            unit.dynamic = _dynamic(node, unit)


def _outside_in(statement: ast.stmt) -> Iterator[tuple[ast.AST, bool]]:
    """The nodes of a statement, and whether each stands in the body of a function or class, thus in its scope.

    Of `a.b.c` only the whole comes, not the `a.b` and the `a` in it.
    """
    opens_scope = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    queue: list[tuple[ast.AST, bool]] = [(statement, False)]
    while queue:
        node, is_inside = queue.pop()
        yield node, is_inside
        if isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _chain(node)):
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            deeper = is_inside or (opens_scope and node is statement and name == "body")
            if isinstance(value, ast.AST):
                queue.append((value, deeper))
            elif isinstance(value, list):
                queue += [(item, deeper) for item in cast("list[object]", value) if isinstance(item, ast.AST)]


def _dynamic(node: ast.AST, unit: Unit) -> str:
    """Why this makes the unit's reach unknown; empty when it does not."""
    if isinstance(node, ast.Attribute) and node.attr == "__subclasses__":
        return f"__subclasses__ at line {node.lineno}"
    if isinstance(node, ast.Subscript) and _chain(node.value) == ("sys", "modules"):
        return f"sys.modules at line {node.lineno}"
    return _dynamic_call(node, unit) if isinstance(node, ast.Call) else ""


def _dynamic_call(call: ast.Call, unit: Unit) -> str:
    """Why this call makes the unit's reach unknown; empty when it does not."""
    chain = _chain(call.func)
    if not chain:
        return ""
    name = chain[-1]
    first = call.args[0] if call.args else None
    if name in ("import_module", "find_spec"):
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            unit.imports.setdefault(f"\0{first.value}", []).append(Imported(first.value, None))
            return ""
        return f"{name} of a computed name at line {call.lineno}"
    if chain == ("getattr",):
        second = call.args[1] if len(call.args) > 1 else None
        if isinstance(second, ast.Constant):
            return ""
        return f"getattr of a computed name at line {call.lineno}"
    if len(chain) == 1 and name in _DYNAMIC:
        return f"{name} at line {call.lineno}"
    return ""
