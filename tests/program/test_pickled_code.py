"""The code of an object counts for who loads it, though only the pickle names its class."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

MODELS = """
    class Model:
        def predict(self, value):
            return scaled(value)

    def scaled(value):
        return value * 2

    def unused():
        return 0
"""

PROJECT = """
    import pickle

    import dagx as dg
    from lib.models import Model

    @dg.asset
    def model():
        return Model()

    @dg.asset
    def prediction(model):
        return model.predict(21)

    @dg.asset(deps=[model])
    def from_a_file():
        with open("model.pkl", "rb") as stream:
            return pickle.load(stream).predict(4)

    @dg.asset(deps=[model])
    def bystander():
        return 1

    @dg.asset_check(asset=model)
    def predicts(model):
        return dg.AssetCheckResult(passed=model.predict(1) > 0)
"""


def test_an_edit_of_a_method_reruns_whoever_loads_an_object_that_has_it(world: World) -> None:
    world.write("lib/__init__.py", "")
    world.write("lib/models.py", MODELS)
    world.write("definitions.py", PROJECT)
    (world.root / "model.pkl").write_bytes(b"clib.models\nModel\n(tR.")
    world.run()
    assert world.made() == []
    world.change("lib/models.py", "return 0", "return 1")
    assert world.made() == []
    world.change("lib/models.py", "value * 2", "value * 3")
    assert world.made() == ["from_a_file", "model", "model_predicts", "prediction"]
    assert world.made() == []
    assert "named by a pickle that it loaded" in world.dagx("why", "prediction", "--all").out
    assert "no name leads" not in world.dagx("doctor").out
