"""Notes which functions of the project a step executes: what the static reach of its code is held against.

The interpreter tells of each function once a step, from Python 3.12 on; code that is not of the project is never
touched, and neither is any before the first step. Knows nothing of units and reach.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Generator, Iterator
from types import CodeType
from typing import Any, NamedTuple

__all__ = ["Executed", "Proof", "proof_json"]

_NEEDED = (3, 12)
_OWN = "dagx"
_monitoring: Any = vars(sys).get("monitoring")
_TOOLS = (4, 3)
"""The ids that no kind of tool has by name; debuggers, coverage and profilers keep theirs."""
_IN_FUNCTION = 0x1
"""CO_OPTIMIZED: what is executed by a call, and not as the body of a module or class."""


class Executed(NamedTuple):
    """What ran during a step: functions with the modules that they stand in, and modules that were imported."""

    functions: list[tuple[str, CodeType]]
    imported: list[str]


class Proof:
    """Of one importer's modules; it is told of each when its source is compiled."""

    def __init__(self) -> None:
        self._tool: int | None = None
        self._unwatched: list[tuple[str, CodeType]] = []
        self._homes: dict[int, tuple[str, CodeType]] = {}
        """By the id of a code object, which stays its own because the object is kept: equal code can stand twice."""
        self._hits: list[CodeType] = []
        self._imported: list[str] = []
        self._is_on = False
        self._here = threading.local()

    def compiled(self, module: str, code: CodeType) -> None:
        """This is the code of a module."""
        self._unwatched.append((module, code))
        if self._is_on and self._is_ours():
            self._watch()

    @contextlib.contextmanager
    def importing(self, module: str) -> Generator[None, None, None]:
        """While it is open, this thread executes the module's own statements: what they call is their doing."""
        if self._is_on:
            self._imported.append(module)
        with self.unheeded():
            yield

    @contextlib.contextmanager
    def unheeded(self) -> Generator[None, None, None]:
        """While it is open, nothing that this thread executes counts."""
        here = self._here
        here.depth = getattr(here, "depth", 0) + 1
        try:
            yield
        finally:
            here.depth -= 1

    def begin(self) -> bool:
        """A step begins. False when nothing can be noted: every id that might be ours is somebody else's."""
        if self._tool is None and not self._homes:
            self._tool = _free_tool(self._note)
        if not self._is_ours():
            return False
        for code in self._hits:
            self._set(code, 0)
            self._set(code, _monitoring.events.PY_START)
        self._hits.clear()
        self._imported.clear()
        self._watch()
        self._is_on = True
        return True

    def end(self) -> Executed | None:
        """The step is over. What ran in it, in all threads; None when not all of it was noted."""
        was_on, self._is_on = self._is_on, False
        if not was_on or not self._is_ours():
            return None
        return Executed([self._homes[id(code)] for code in self._hits], list(self._imported))

    def close(self) -> None:
        """Give the id back: nothing is noted any more."""
        if self._tool is not None:
            _monitoring.free_tool_id(self._tool)
            self._tool = None

    def _is_ours(self) -> bool:
        """Whether the id is still our own: whoever executes code here could give it back."""
        return self._tool is not None and bool(_monitoring.get_tool(self._tool) == _OWN)

    def _note(self, code: CodeType, offset: int) -> Any:
        del offset
        if getattr(self._here, "depth", 0):
            return None
        self._hits.append(code)
        return _monitoring.DISABLE

    def _watch(self) -> None:
        """Ask to be told of all functions in modules that were compiled since."""
        while self._unwatched:
            module, whole = self._unwatched.pop()
            for code in _functions(whole):
                self._homes[id(code)] = (module, code)
                self._set(code, _monitoring.events.PY_START)

    def _set(self, code: CodeType, events: int) -> None:
        _monitoring.set_local_events(self._tool, code, events)


def proof_json() -> dict[str, Any]:
    """Whether it can be noted here what steps execute, and in words, with why it cannot."""
    if _monitoring is None:
        why = f"needs Python {'.'.join(map(str, _NEEDED))}"
    else:
        taken = [name for number in _TOOLS if (name := _monitoring.get_tool(number)) not in (None, _OWN)]
        why = f"{' and '.join(taken)} watch the interpreter" if len(taken) == len(_TOOLS) else ""
    here = "Python {}.{}".format(*sys.version_info)
    return {"is_on": not why, "words": f"off: {why}" if why else f"on ({here})"}


def _free_tool(note: Any) -> int | None:
    if _monitoring is None:
        return None
    for number in _TOOLS:
        if _monitoring.get_tool(number) is None:
            _monitoring.use_tool_id(number, _OWN)
            _monitoring.register_callback(number, _monitoring.events.PY_START, note)
            return number
    return None


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & _IN_FUNCTION:
                yield constant
            yield from _functions(constant)
