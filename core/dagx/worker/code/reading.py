"""Reads the statements of one unit: its canonical form for the digest, the names it uses, and what it does with them.

One walk for both, so that nothing that counts in one is unseen by the other. Knows nothing of other modules.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from dagx.worker.code.model import AT_IMPORT, Chain, Imported, Mark
from dagx.worker.code.quiet import DEFINING, is_loud, marks_of_attribute, marks_of_call, marks_of_name
from dagx.worker.code.syntax import (
    bindings,
    chain_of,
    docstring_of,
    is_for_checkers,
    passed,
    repeats,
    root_of,
)

__all__ = ["Reader"]

_BUILT_IN_CHANGE = ("setattr", "delattr")


class Reader:
    """What was found in the statements read so far.

    `scopes` has, for each top-level function and class, the names that it takes from the module; `dagx_names` are the
    names that stand for dagx or for something of it; `aliases` what a name was called where it was imported from.
    """

    def __init__(self, scopes: dict[str, set[str]], dagx_names: set[str], aliases: dict[str, str]) -> None:
        self.tokens: list[str] = []
        self.docs: list[str] = []
        self.uses: set[Chain] = set()
        self.imports: dict[str, list[Imported]] = {}
        self.called: set[tuple[Chain, int]] = set()
        self.changed: set[tuple[Chain, int]] = set()
        self.handled: set[tuple[Chain, int, bool]] = set()
        self.given_away: set[tuple[Chain, int]] = set()
        self.handed: set[tuple[Chain, Chain]] = set()
        self.context_to: set[Chain] = set()
        self.bases: dict[Chain, None] = {}
        self.decorators: dict[Chain, None] = {}
        self.marks: dict[Mark, None] = {}
        self.is_asset = False
        self.hooks = False
        self.patches = False
        self._scopes = scopes
        self._dagx = dagx_names
        self._aliases = aliases
        self._class = ""
        self._taken: set[str] | None = None
        self._params: set[str] = set()
        self._contexts = {"context", "_context", "ctx"}
        self._bare = 0
        self._in_annotation = False

    def keeps_context(self) -> bool:
        """Whether a context is used otherwise than by its attributes and as an argument."""
        return self._bare > 0

    def read(self, node: ast.AST, depth: int = AT_IMPORT) -> None:
        """Take a statement, or a part of one, in. `depth` is how many functions it stands in, less one."""
        visit = self._VISITS.get(type(node), Reader._fields)
        visit(self, node, depth)

    def _fields(self, node: ast.AST, depth: int) -> None:
        tokens = self.tokens
        tokens.append(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                self.read(value, depth)
            elif isinstance(value, list):
                self._all(cast("list[object]", value), depth)
            else:
                tokens.append(_spelled(value))
        tokens.append(")")

    def _all(self, nodes: Sequence[object], depth: int) -> None:
        self.tokens.append("[")
        for node in nodes:
            if isinstance(node, ast.AST):
                self.read(node, depth)
            else:
                self.tokens.append(_spelled(node))
        self.tokens.append("]")

    def _is_global(self, name: str) -> bool:
        return self._taken is None or name in self._taken

    # Names

    def _chain(self, node: ast.Name | ast.Attribute, depth: int) -> None:
        chain = chain_of(node)
        self.tokens.append(f"{'.'.join(chain)} {type(node.ctx).__name__}")
        is_bound = len(chain) == 1 and not isinstance(node.ctx, ast.Load)
        if self._is_global(chain[0]):
            if not is_bound:
                self.uses.add(chain)
            for what, words in marks_of_name(self._aliases.get(chain[0], chain[0])):
                self._mark(what, words, node.lineno)
            if chain[:2] == ("sys", "modules"):
                self._mark("code", "sys.modules", node.lineno)
        elif len(chain) == 1 and chain[0] in self._contexts:
            self._bare += 1
        if not isinstance(node.ctx, ast.Load):
            self._change(node, depth)

    def _attribute(self, node: ast.Attribute, depth: int) -> None:
        for what, words in marks_of_attribute(node.attr):
            self._mark(what, words, node.lineno)
        inner = node.value
        while isinstance(inner, ast.Attribute):
            for what, words in marks_of_attribute(inner.attr):
                self._mark(what, words, inner.lineno)
            inner = inner.value
        if isinstance(inner, ast.Name):
            self._chain(node, depth)
            return
        if not isinstance(node.ctx, ast.Load):
            self._change(node, depth)
        self._fields(node, depth)

    def _subscript(self, node: ast.Subscript, depth: int) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node, depth)
        self._fields(node, depth)

    def _constant(self, node: ast.Constant, depth: int) -> None:
        value = node.value
        self.tokens.append(f"{type(value).__name__}:{_spelled(value)}")
        if self._in_annotation and isinstance(value, str):
            try:
                said = ast.parse(value, mode="eval")
            except (SyntaxError, ValueError):
                return
            self.uses |= {chain for each in ast.walk(said) if (chain := chain_of(each))}

    def _change(self, target: ast.AST, depth: int) -> None:
        """A name of the module, or something that hangs on it, is assigned into or deleted."""
        if not isinstance(target, ast.Name):
            self._change_in(root_of(target), depth)
        elif depth > AT_IMPORT and self._taken is not None and target.id in self._taken:
            self.changed.add(((target.id,), depth))  # `global name` in a function

    def _change_in(self, root: Chain, depth: int) -> None:
        if not root:
            return
        if self._class and (root[0] == "cls" or root == ("type",) or root[1:2] == ("__class__",)):
            self.changed.add(((self._class,), depth))
        elif self._is_global(root[0]):
            self.changed.add((root, depth))
        elif root[0] != "self":
            self.patches = True

    def _mark(self, what: str, words: str, line: int) -> None:
        self.marks[Mark(what, words, line)] = None

    # Calls

    def _call(self, node: ast.Call, depth: int) -> None:
        chain = chain_of(node.func)
        root = chain or root_of(node.func)
        if root and root[0] not in self._dagx:
            self._note_call(node, chain, root, depth)
            self._note_given(node, root, depth)
        elif root:
            self._bare -= sum(isinstance(arg, ast.Name) and arg.id in self._contexts for arg in node.args)
        if chain and self._is_literal(node, chain, depth):
            return
        if len(chain) == 1:
            at_import = depth == AT_IMPORT and not self._taken
            for what, words in marks_of_call(chain[0], has_arguments=bool(node.args), at_import=at_import):
                self._mark(what, words, node.lineno)
            if chain[0] in _BUILT_IN_CHANGE and node.args:
                self._change_in(root_of(node.args[0]), depth)
        self._fields(node, depth)

    def _note_call(self, node: ast.Call, chain: Chain, root: Chain, depth: int) -> None:
        if not self._is_global(root[0]):
            if self._class and root[0] == "cls":
                self.handled.add(((self._class,), depth, False))
            return
        if depth == AT_IMPORT:
            self.called.add((root, repeats(node)))
        if not chain:
            self.handled.add((root, depth, False))
        elif len(chain) > 1:
            self.handled.add((chain[:-1], depth, False))
            if is_loud(chain[-1]):
                self.changed.add((chain[:-1], depth))

    def _note_given(self, node: ast.Call, root: Chain, depth: int) -> None:
        """What is passed: names of the module may be changed, called or kept by what they are passed to."""
        is_global = self._is_global(root[0])
        for item in passed(node):
            chain = chain_of(item)
            if not chain:
                continue
            if not self._is_global(chain[0]):
                if is_global and chain[0] in self._params:
                    self.given_away.add((root, depth))
                if len(chain) == 1 and chain[0] in self._contexts:
                    self._bare -= 1
                    self.context_to.add(root if is_global else ())
                continue
            self.handled.add((chain, depth, True))
            if depth == AT_IMPORT:
                self.called.add((chain, 1))
            if is_global:
                self.handed.add((root, chain))

    def _expression(self, node: ast.Expr, depth: int) -> None:
        if isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                self.docs.append(node.value.value)  # of an attribute
            return
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call):
            root = root_of(value.func)
            if root and self._is_global(root[0]) and root[0] not in self._dagx:
                self.given_away.add((root, depth))
        self._fields(node, depth)

    def _is_literal(self, node: ast.Call, chain: Chain, depth: int) -> bool:
        """Whether the call says in a text which names it means: then it was read to its end here."""
        first = node.args[0] if node.args else None
        if chain in (("getattr",), ("hasattr",)) and first is not None:
            return self._getattr(node, first, depth)
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            return False
        name = self._aliases.get(chain[0], chain[0]) if len(chain) == 1 else chain[-1]
        if name in ("import_module", "find_spec", "__import__", "resolve_name", "run_module"):
            module = first.value.partition(":")[0]
            self.imports.setdefault(f"\0{module}", []).append(Imported(module, None))
        elif chain not in (("eval",), ("exec",)) or not self._source(first.value, depth):
            return False
        self.tokens += ["Call", ".".join(chain)]
        self._all(node.args, depth)
        self._all(node.keywords, depth)
        return True

    def _getattr(self, node: ast.Call, first: ast.expr, depth: int) -> bool:
        """`getattr(a, "b")` is `a.b`; of a computed name, `a` is used as a whole, as it is by being named."""
        second = node.args[1] if len(node.args) > 1 else None
        chain = chain_of(first)
        if not chain or not isinstance(second, ast.Constant) or not isinstance(second.value, str):
            return False
        if self._is_global(chain[0]):
            self.uses.add((*chain, second.value))
        for what, words in marks_of_attribute(second.value):
            self._mark(what, words, node.lineno)
        self.tokens += ["Call", ".".join(chain_of(node.func)), ".".join(chain)]
        self._all(node.args[1:], depth)
        self._all(node.keywords, depth)
        return True

    def _source(self, text: str, depth: int) -> bool:
        """Source in a string: its names are used. False when it cannot be read."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return False
        count, outer = len(self.tokens), self._taken
        self._taken = None
        self._all(tree.body, depth)
        self._taken = outer
        del self.tokens[count:]  # the string itself stands in the digest
        return True

    # Scopes

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, depth: int) -> None:
        """Decorators, defaults and annotations belong to where the function stands; its body to itself."""
        self.tokens += [type(node).__name__, node.name]
        self._decorators(node, depth)
        self._arguments(node.args, depth)
        if node.returns is not None:
            self._annotation(node.returns, depth)
        self._all(getattr(node, "type_params", ()), depth)
        if node.name == "__init_subclass__" and self._class:
            self.hooks = True
        outer = self._enter(node.name)
        self._body(node, depth + 1)
        self._taken = outer

    def _arguments(self, arguments: ast.arguments, depth: int) -> None:
        for group in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg", "defaults", "kw_defaults"):
            found = getattr(arguments, group)
            self._all([found] if isinstance(found, ast.arg) else found or [], depth)

    def _arg(self, node: ast.arg, depth: int) -> None:
        self.tokens.append(node.arg)
        self._params.add(node.arg)
        if node.annotation is not None:
            self._annotation(node.annotation, depth)
            if root_of(node.annotation)[-1:] and root_of(node.annotation)[-1].endswith("Context"):
                self._contexts.add(node.arg)

    def _lambda(self, node: ast.Lambda, depth: int) -> None:
        self.tokens.append("Lambda")
        self._arguments(node.args, depth)
        self.read(node.body, depth + 1)
        self.tokens.append(")")

    def _class_statement(self, node: ast.ClassDef, depth: int) -> None:
        self.tokens += [type(node).__name__, node.name]
        self._decorators(node, depth)
        if not self._class:
            for base in [*node.bases, *(each.value for each in node.keywords if each.arg == "metaclass")]:
                root = root_of(base)
                if root:
                    self.bases[root] = None
                    self.hooks = self.hooks or root[-1] == "type" or root[-1].endswith("Meta")
        self._all(node.bases, depth)
        self._all(node.keywords, depth)
        self._all(getattr(node, "type_params", ()), depth)
        outer, around = self._enter(node.name), self._class
        self._class = around or node.name
        self._body(node, depth)
        self._taken, self._class = outer, around

    def _enter(self, name: str) -> set[str] | None:
        """From here on only names that the top-level function or class takes from the module count."""
        before = self._taken
        if before is None:
            self._taken = self._scopes.get(name, set())
        return before

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, depth: int) -> None:
        doc = docstring_of(node)
        body = node.body
        if doc is not None:
            self.docs.append(doc)
            body = body[1:] or [ast.Pass()]
        self._all(body, depth)

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, depth: int) -> None:
        """dagx's own are left out: what they are told has parts of its own."""
        for decorator in node.decorator_list:
            chain = root_of(decorator)
            if chain and chain[0] in self._dagx and chain[-1] in DEFINING:
                self.is_asset = self.is_asset or (depth == AT_IMPORT and not self._class)
                continue
            if chain and self._is_global(chain[0]) and depth == AT_IMPORT and chain[0] not in self._dagx:
                if not self._class:
                    self.decorators[chain] = None
                self.called.add((chain, repeats(decorator) + 1 if isinstance(decorator, ast.Call) else 0))
                if len(chain) > 1:
                    self.handled.add((chain[:-1], depth, False))
                    if is_loud(chain[-1]):
                        self.changed.add((chain[:-1], depth))
            self.read(decorator, depth)

    # Annotations and statements

    def _annotation(self, node: ast.expr, depth: int) -> None:
        """Also what is written as text: `list["Order"]` is read by dataclasses and pydantic as if it were not."""
        outer, self._in_annotation = self._in_annotation, True
        self.read(node, depth)
        self._in_annotation = outer

    def _annotated(self, node: ast.AnnAssign, depth: int) -> None:
        self.tokens.append("AnnAssign")
        self.read(node.target, depth)
        self._annotation(node.annotation, depth)
        if node.value is not None:
            self.read(node.value, depth)
        self.tokens.append(")")

    def _if(self, node: ast.If, depth: int) -> None:
        """What only type checkers see is never executed."""
        if is_for_checkers(node, self._aliases):
            self._all(node.orelse, depth)
        else:
            self._fields(node, depth)

    def _import(self, node: ast.Import | ast.ImportFrom, depth: int) -> None:
        for name, what in bindings(node):
            self.imports.setdefault(name, []).append(what)
            if what.name is not None and what.name != name:
                self._aliases = {**self._aliases, name: what.name}
        self._fields(node, depth)

    _VISITS: ClassVar[dict[type[ast.AST], Callable[[Reader, Any, int], None]]] = {
        ast.Name: _chain,
        ast.Attribute: _attribute,
        ast.Constant: _constant,
        ast.Call: _call,
        ast.Expr: _expression,
        ast.Subscript: _subscript,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class_statement,
        ast.Lambda: _lambda,
        ast.arg: _arg,
        ast.AnnAssign: _annotated,
        ast.If: _if,
        ast.Import: _import,
        ast.ImportFrom: _import,
    }


def _spelled(value: object) -> str:
    """A constant or an identifier; two that differ are spelled differently."""
    if isinstance(value, frozenset):  # its own order follows the hash seed
        return f"frozenset{sorted(_spelled(item) for item in cast('frozenset[object]', value))}"
    return repr(value)
