"""What steps were seen to execute though no name leads there from their functions: learned edges, and their reach.

Each is a hole in the analysis of code. It counts from the very attempt that was seen to take it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from dagx.worker.code.codebase import Codebase
from dagx.worker.code.fingerprint import LEARNED, UNPICKLED, Fingerprinter
from dagx.worker.code.model import EFFECTS
from dagx.worker.loader import Source
from dagx.worker.proof import Executed

__all__ = ["Learning", "reach_of"]


def reach_of(fingerprinter: Fingerprinter, names: Iterable[str]) -> dict[str, Any]:
    """For each learned edge the parts of what it leads to; None where that is gone."""
    found: dict[str, Any] = {}
    for name in names:
        fingerprint = fingerprinter.of_learned(name)
        found[name] = None if fingerprint is None else sorted(fingerprint.parts.items())
    return found


class Learning:
    """`settled` are the modules that the static reach stands on. `silent` are functions whose work is no input of any
    step, such as those of loggers.
    """

    def __init__(self, settled: Mapping[str, Source], root: str, silent: Iterable[FunctionType] = ()) -> None:
        self._settled = settled
        self._root = root
        self._silent = list(silent)
        self._code = Codebase(dict(settled), root)
        self._fingerprinter: Fingerprinter | None = None
        self._unheeded: frozenset[str] | None = None

    def names(self, executed: Executed, covered: Collection[str]) -> list[str]:
        """The edges from a step to what it executed; `covered` has the parts of its static reach."""
        found = dict.fromkeys([*self._by_calls(executed, covered), *self._by_imports(executed, covered)])
        if found and self._silent:
            return [name for name in found if f"code:{name[len(LEARNED) :]}" not in self._of_silent()]
        return list(found)

    def unpickled(self, named: Iterable[tuple[str, str]], covered: Collection[str]) -> list[str]:
        """The edges from a step to what pickled data names, modules of the project with names in them."""
        found: dict[str, None] = {}
        for module, name in named:
            top = name.partition(".")[0]
            if f"code:{module}:{top}" not in covered and f"module:{module}" not in covered:
                is_unit = module in self._settled and top in self._code.cut(module).units
                found[f"{UNPICKLED}{module}:{top if is_unit else ''}"] = None
        return list(found)

    def reach(self, names: Iterable[str], sources: Mapping[str, Source]) -> dict[str, Any]:
        """What these edges lead to; `sources` have the modules that were executed, with those found while it ran."""
        fingerprinter = self._analysed()
        for source in sources.values():
            fingerprinter.add(source)
        return reach_of(fingerprinter, names)

    def modules(self, names: Iterable[str]) -> list[str]:
        """Those of which all counts: what was read of them is in their parts."""
        return [name.split(":")[1] for name in names if name.endswith(":")]

    def _by_calls(self, executed: Executed, covered: Collection[str]) -> Iterator[str]:
        for module, code in executed.functions:
            top = str(getattr(code, "co_qualname", "")).partition(".")[0]  # there from Python 3.11 on
            if f"code:{module}:{top}" not in covered and f"module:{module}" not in covered:
                yield from self._exactly(module, code, top, covered)

    def _exactly(self, module: str, code: CodeType, top: str, covered: Collection[str]) -> Iterator[str]:
        """By the lines of units: a lambda has no name, and a statement can bind several."""
        if module not in self._settled:
            yield f"{LEARNED}{module}:"
            return
        units = [name for _, name in self._code.units_at(module, code.co_firstlineno)]
        if not any(f"code:{module}:{unit}" in covered for unit in units):
            yield f"{LEARNED}{module}:{top if top in units else next(iter(units), '')}"

    def _by_imports(self, executed: Executed, covered: Collection[str]) -> Iterator[str]:
        for module in executed.imported:
            if f"module:{module}" in covered:
                continue
            if module not in self._settled:
                yield f"{LEARNED}{module}:"
            elif EFFECTS in self._code.cut(module).units and f"code:{module}:{EFFECTS}" not in covered:
                yield f"{LEARNED}{module}:{EFFECTS}"

    def _analysed(self) -> Fingerprinter:
        if self._fingerprinter is None:
            self._fingerprinter = Fingerprinter(dict(self._settled), self._root)
        return self._fingerprinter

    def _of_silent(self) -> frozenset[str]:
        if self._unheeded is None:
            found = [self._analysed().of_function(function).parts for function in self._silent]
            self._unheeded = frozenset(part for parts in found for part in parts)
        return self._unheeded
