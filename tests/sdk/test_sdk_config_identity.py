"""What a resource is, as JSON."""

import datetime
import enum
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest

import dagx as dg
from dagx.resource_defs.identity import identity_of


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Inner(dg.ConfigurableResource):
    depth: int = 0


class Service(dg.ConfigurableResource):
    url: str = "u"
    inner: Inner = Inner()
    token: pydantic.SecretStr = pydantic.SecretStr("hidden")
    thing: Any = None


class Plain:
    def __init__(self, size: object) -> None:
        self.size = size


@dg.resource(config_schema={"x": int})
def made(context: dg.InitResourceContext) -> int:
    return 1


DIFFERENT: list[object] = [
    Service(),
    Service(url="v"),
    Service(url=dg.EnvVar("U")),
    Service(url=dg.EnvVar("V")),
    Service(inner=Inner(depth=1)),
    Service(token=pydantic.SecretStr("other")),
    Service(thing=1),
    Service(thing=1.0),
    Service(thing=True),
    Service(thing="1"),
    Service(thing=b"1"),
    Service(thing=[1]),
    Service(thing=(1,)),
    Service(thing={1}),
    Service(thing={"a": 1}),
    Service(thing={"a": "1"}),
    Service(thing=Color.RED),
    Service(thing=Color.BLUE),
    Service(thing=len),
    Service(thing=functools.partial(print, 1)),
    Service(thing=functools.partial(print, 2)),
    Service(thing=int),
    Service(thing=Path("a")),
    Service(thing=datetime.date(2024, 1, 1)),
    Service(thing=Plain(1)),
    Service(thing=Plain(2)),
    Service(thing={"a": 1, "b": 2}),
    Service(thing={"b": 2, "a": 1}),  # a loop over it comes out different
    Inner(),
    made,
    made.configured({"x": 1}),
    made.configured({"x": 2}),
    dg.FilesystemIOManager("a"),
    dg.FilesystemIOManager("b"),
    7,
]


def test_different_settings_have_different_identities() -> None:
    shown = [json.dumps(identity_of(thing).value, sort_keys=True) for thing in DIFFERENT]
    assert len(set(shown)) == len(DIFFERENT)
    assert not any(identity_of(thing).opaque for thing in DIFFERENT)


def test_equal_settings_have_equal_identities() -> None:
    assert identity_of(Service(thing={"a", "b"})) == identity_of(Service(thing={"b", "a"}))
    assert identity_of(Service()) == identity_of(Service(url="u"))


def test_no_secret_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U", "sesame")
    text = json.dumps(identity_of(Service(url=dg.EnvVar("U"))).value)
    assert "sesame" not in text
    assert "hidden" not in text
    assert '{"env": "U"}' in text
    assert identity_of(Service(), secret_key=b"a").value != identity_of(Service(), secret_key=b"b").value


def test_what_has_no_form_is_named_by_its_place() -> None:
    found = identity_of(Service(thing=[1, object()]))
    assert found.opaque == ("thing[1]",)
    itself: list[object] = []
    itself.append(itself)
    assert identity_of(Service(thing=itself)).opaque == ("thing[0]",)
    with open(os.devnull) as file:
        assert identity_of(file).opaque == ("it",)


def test_the_code_that_counts_is_listed() -> None:
    found = identity_of(Service(thing=[made, Color.RED]))
    assert made.resource_fn in found.callables
    assert {Service, Inner, Color} <= set(found.classes)


def test_it_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from dagx.resource_defs.identity import identity_of;"
        "print(identity_of({'x': {'a', 'b', 'c', 1, 2.5}, 'y': frozenset('qwertz')}).value)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
