"""What pickled data names of the project counts for the step that loads it, with all that it uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from code_project import CodeProject

from dagx.worker.code.fingerprint import Fingerprinter
from dagx.worker.learning import Learning, reach_of

PROJECT = """
    -- defs.py
    from lib import Model, Named
    class Near:
        pass
    def made():
        return Near
    -- lib.py
    from other import Elsewhere
    RATE = 2
    class Model:
        class Inner:
            pass
        def predict(self):
            return RATE
    class Named:
        pass
    -- other.py
    class Elsewhere:
        pass
"""


@pytest.mark.parametrize(
    ("named", "edge"),
    [
        (("lib", "Model"), "unpickled:lib:Model"),
        (("lib", "Model.Inner"), "unpickled:lib:Model"),
        (("defs", "Near"), None),
        (("lib", "Elsewhere"), "unpickled:lib:"),
        (("found", "Later"), "unpickled:found:"),
    ],
)
def test_a_name_in_a_pickle_is_an_edge_where_no_name_in_the_code_leads(
    project: Callable[[str], CodeProject], named: tuple[str, str], edge: str | None
) -> None:
    made = project(PROJECT)
    with made.loaded() as (defs, importer):
        fingerprinter = Fingerprinter(importer.sources, str(made.root))
        settled = {name: importer.sources[name] for name in fingerprinter.settled}
        learning = Learning(settled, str(made.root))
        covered = fingerprinter.of_function(defs.made).parts
        assert learning.unpickled([named, named], covered) == ([edge] if edge is not None else [])


def test_the_edge_leads_to_the_class_and_to_all_that_it_uses(project: Callable[[str], CodeProject]) -> None:
    made = project(PROJECT)
    with made.loaded() as (_, importer):
        fingerprinter = Fingerprinter(importer.sources, str(made.root))
        found = reach_of(fingerprinter, ["unpickled:lib:Model", "unpickled:lib:", "unpickled:lib:Gone"])
    assert [name for name, _ in found["unpickled:lib:Model"]] == ["code:lib:Model", "code:lib:RATE"]
    assert {"code:lib:Named", "code:other:Elsewhere"} < {name for name, _ in found["unpickled:lib:"]}
    assert found["unpickled:lib:Gone"] is None
