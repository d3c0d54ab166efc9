"""What loading a project does with its assets, done beforehand with a few of dagx's own.

A process that was forked shares all memory with the one that it came from: a page is copied when somebody first touches
it, which takes longer than what is then done with it; and Python specialises code that ran some times. Who waits for a
load should not wait for that. Nothing of the project is touched, and nothing stays but what became quick.
"""

from __future__ import annotations

import json
import sys
import traceback
import types
from typing import Any, cast

from dagx.project.defs import Definitions
from dagx.project.resolve import collect, resolve
from dagx.worker.loader import ProjectImporter, Source
from dagx.worker.project import LoadedProject
from dagx.worker.tracing.places import Places

__all__ = ["rehearse"]

_NOWHERE = "/no project of dagx"
_MODULES = 3
_TEXT = '''"""Not of the project."""
import os
import dagx as dg
from dataclasses import dataclass

FACTOR = {number}

@dataclass
class Pair:
    left: int
    right: int = 2

def doubled(value):
    """Twice it."""
    return [FACTOR * 2 for _ in range(value)]

@dg.asset(group_name="rehearsal", owners=["team:nobody"], tags={{"a": "b"}}, metadata={{"c": 1}}, kinds={{"python"}})
def first{number}() -> int:
    """One."""
    return len(doubled(1)) + Pair(1).left

@dg.asset(deps=[first{number}])
def second{number}(context: dg.AssetExecutionContext):
    context.log.info("two")
    with open(os.devnull) as stream:
        return stream.read()

@dg.asset
def third{number}(first{number}, second{number}: str):
    return {{"of": [first{number}, second{number}]}}

@dg.asset_check(asset=third{number})
def is_there{number}(third{number}):
    return dg.AssetCheckResult(passed=bool(third{number}))
'''


def rehearse() -> None:
    """Define, resolve and describe some assets, and forget them. A fault of it is printed: it is only a head start."""
    try:
        _load_nothing()
    except Exception:  # noqa: BLE001 - the load itself will tell
        traceback.print_exc(file=sys.stderr)


def _load_nothing() -> None:
    importer = ProjectImporter(_NOWHERE)
    modules: list[types.ModuleType] = []
    for number in range(_MODULES):
        name, text = f"rehearsal{number}", _TEXT.format(number=number)
        module = types.ModuleType(name)
        module.__file__ = f"{_NOWHERE}/{name}.py"
        importer.sources[name] = Source(name, module.__file__, text.encode())
        exec(compile(text, module.__file__, "exec", dont_inherit=True), vars(module))
        modules.append(module)
    definitions: Definitions = collect(modules)
    Places(_NOWHERE, f"{_NOWHERE}/.dagx").find(f"{_NOWHERE}/data.csv")
    project = LoadedProject(
        _NOWHERE, definitions, resolve(definitions), importer, cast(Any, None), seconds=0.0
    )
    json.loads(json.dumps({**project.to_json(), "definitions": project.describe(b"rehearsal")}))
