"""Section 10: Config classes, made directly and read from what run config says."""

import enum
from typing import Any, Literal

import pydantic
import pytest

import dagx as dg


class Color(enum.Enum):
    RED = "#f00"
    BLUE = "#00f"


class Inner(dg.Config):
    depth: int
    color: Color = Color.RED


class Cat(dg.Config):
    kind: Literal["cat"] = "cat"
    meows: int


class Dog(dg.Config):
    kind: Literal["dog"] = "dog"
    barks: float


class Opaque:
    pass


PLACE = "ops.reads.config."


def read(kind: type[dg.Config], raw: object) -> Any:
    """What the parameter `config` of this class gets for raw config."""

    def reads(config: Any) -> Any:
        return config

    reads.__annotations__["config"] = kind
    run_config = {"ops": {"reads": {"config": raw}}}
    return dg.materialize_to_memory([dg.asset(reads)], run_config=run_config).output_for_node("reads")


def test_fields_are_attributes_and_defaults_hold() -> None:
    class Mine(dg.Config):
        count: int
        name: str = "x"

    mine = Mine(count=3)
    assert (mine.count, mine.name) == (3, "x")
    assert mine == Mine(count=3, name="x")
    assert hash(mine) == hash(Mine(count=3))


def test_a_field_cannot_be_set() -> None:
    config = Inner(depth=1)
    with pytest.raises(dg.DagsterInvalidInvocationError, match=r"Inner\.depth cannot be set"):
        config.depth = 2
    assert config.depth == 1


def test_making_one_directly_drops_unknown_entries_and_misses_required_ones() -> None:
    assert Inner(depth=1, unknown=2) == Inner(depth=1)  # type: ignore[call-arg]
    with pytest.raises(pydantic.ValidationError):
        Inner()  # type: ignore[call-arg]


def test_run_config_rejects_unknown_entries_and_lists_every_error() -> None:
    with pytest.raises(dg.DagsterInvalidConfigError) as caught:
        read(Inner, {"unknown": 2, "color": 7})
    names = ("depth", "color", "unknown")
    assert [error.split()[0] for error in caught.value.errors] == [f"{PLACE}{name}" for name in names]


@pytest.mark.parametrize("raw", ["1", 1.0, True, None, [1]])
def test_an_int_is_an_int_and_nothing_else(raw: object) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=r"depth is .* not an int"):
        read(Inner, {"depth": raw})


def test_an_enum_is_named_by_its_member() -> None:
    assert read(Inner, {"depth": 1, "color": "BLUE"}).color is Color.BLUE
    with pytest.raises(dg.DagsterInvalidConfigError, match='color is "#00f", not one of "RED", "BLUE"'):
        read(Inner, {"depth": 1, "color": "#00f"})


class Everything(dg.Config):
    scalar: float = 0
    optional: int | None = None
    many: list[str] = []  # noqa: RUF012  # pydantic copies it
    by_name: dict[str, int] = {}  # noqa: RUF012  # pydantic copies it
    inner: Inner = Inner(depth=0)
    inners: list[Inner] = []  # noqa: RUF012  # pydantic copies it
    chosen: Literal["a", "b"] = "a"
    pet: Cat | Dog = pydantic.Field(default=Cat(meows=0), discriminator="kind")
    either: int | str = 0
    free: dict[str, Any] = {}  # noqa: RUF012  # pydantic copies it


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"scalar": 1}, Everything(scalar=1.0)),
        ({"optional": None}, Everything()),
        ({"optional": 3}, Everything(optional=3)),
        ({"many": ["x", "y"]}, Everything(many=["x", "y"])),
        ({"by_name": {"x": 1}}, Everything(by_name={"x": 1})),
        ({"inner": {"depth": 2}}, Everything(inner=Inner(depth=2))),
        ({"inners": [{"depth": 2}]}, Everything(inners=[Inner(depth=2)])),
        ({"chosen": "b"}, Everything(chosen="b")),
        ({"pet": {"dog": {"barks": 2.5}}}, Everything(pet=Dog(barks=2.5))),
        ({"either": "x"}, Everything(either="x")),
        ({"free": {"x": {"y": [1]}}}, Everything(free={"x": {"y": [1]}})),
    ],
)
def test_kinds_of_fields(raw: dict[str, object], expected: Everything) -> None:
    assert read(Everything, raw) == expected


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"scalar": "1"}, "scalar"),
        ({"many": "x"}, "many"),
        ({"many": ["x", 1]}, "many[1]"),
        ({"by_name": {"x": "1"}}, "by_name.x"),
        ({"inner": {}}, "inner.depth"),
        ({"inners": [{"depth": 1}, {"depth": 1, "z": 1}]}, "inners[1].z"),
        ({"chosen": "c"}, "chosen"),
        ({"pet": {"kind": "dog", "barks": 1}}, "pet"),
        ({"pet": {"dog": {"meows": 1}}}, "pet.dog.barks"),
        ({"either": 1.5}, "either"),
    ],
)
def test_what_does_not_fit_is_said_with_its_path(raw: dict[str, object], path: str) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError) as caught:
        read(Everything, raw)
    assert caught.value.errors[0].startswith(f"{PLACE}{path} ")


def test_a_field_of_pydantic_has_its_say() -> None:
    class Mine(dg.Config):
        count: int = pydantic.Field(default=3, gt=2, description="how many")
        old: str = pydantic.Field(default="x", alias="oldName")

    assert read(Mine, {"oldName": "y"}).old == "y"
    with pytest.raises(dg.DagsterInvalidConfigError, match="count does not fit"):
        read(Mine, {"count": 1})
    with pytest.raises(dg.DagsterInvalidConfigError, match="old is unknown"):
        read(Mine, {"old": "y"})


def test_permissive_config_takes_other_entries() -> None:
    class Mine(dg.PermissiveConfig):
        count: int

    mine = read(Mine, {"count": 1, "more": [2]})
    assert mine.count == 1
    assert mine.more == [2]
    with pytest.raises(dg.DagsterInvalidConfigError, match="count is missing"):
        read(Mine, {"more": 1})


def test_arbitrary_types_are_allowed() -> None:
    class Mine(dg.Config):
        thing: Opaque

    thing = Opaque()
    assert Mine(thing=thing).thing is thing
    with pytest.raises(pydantic.ValidationError):
        Mine(thing=1)  # type: ignore[arg-type]


def test_an_optional_field_without_a_default_is_none() -> None:
    class Mine(dg.Config):
        name: str | None

    assert Mine().name is None  # type: ignore[call-arg]
    assert read(Mine, {}).name is None


def test_validators_of_the_class_hold_in_run_config_too() -> None:
    class Mine(dg.Config):
        name: str

        @pydantic.field_validator("name")
        @classmethod
        def _short(cls, name: str) -> str:
            if len(name) > 3:
                raise ValueError("too long")
            return name.upper()

    assert read(Mine, {"name": "abc"}).name == "ABC"
    with pytest.raises(dg.DagsterInvalidConfigError, match=r"name does not fit: .*too long"):
        read(Mine, {"name": "abcd"})
