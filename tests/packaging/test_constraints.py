"""The pins are plain, and allow what the build file asks for."""

import re
from pathlib import Path

import tomllib
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = [
    line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")
]


def test_every_pin_is_a_name_and_a_version() -> None:
    assert [line for line in PINS if not re.fullmatch(r"[\w.-]+==[0-9][\w.]*", line)] == []


def test_what_the_build_file_names_is_pinned_in_its_range() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = build["dependency-groups"]
    named = [
        *build["project"]["dependencies"],
        *build["build-system"]["requires"],
        *groups["dev"],
        *groups["binary"],
    ]
    pins = {canonicalize_name(name): version for name, version in (line.split("==") for line in PINS)}
    for requirement in map(Requirement, named):
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"constraints.txt has no {requirement.name}: `make constraints`"
        assert version in requirement.specifier, f"{requirement} and {version}: `make constraints`"
