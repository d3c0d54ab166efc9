"""What a step costs its process: measured from the moment the meter is made, whatever was before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagx.worker.cost import Meter

MEGABYTE = 1_000_000


def told(meter: Meter, what: str) -> float:
    found = meter.read()[what]
    assert found is not None
    return found


def test_processor_time_of_this_process_and_of_children_that_ended_counts() -> None:
    meter = Meter()
    sum(range(1_000_000))
    own = told(meter, "cpu_seconds")
    assert own > 0
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"], check=True)
    assert told(meter, "cpu_seconds") > own + 0.01


def test_the_most_memory_is_that_of_the_time_since_and_not_of_before() -> None:
    first = Meter()
    large = bytearray(os.urandom(64)) * (3 * MEGABYTE)
    held = told(first, "memory_bytes")
    assert held > len(large)
    del large
    second = Meter()
    assert told(second, "memory_bytes") < held - 150 * MEGABYTE


LARGER_CHILD = """
import subprocess, sys
from dagx.worker.cost import Meter

meter = Meter()
size = int(meter.read()["memory_bytes"]) + 100_000_000
subprocess.run([sys.executable, "-c", f"x = bytearray(b'1') * {size}"], check=True)
assert meter.read()["memory_bytes"] > size
"""


def test_a_child_that_has_more_memory_than_this_process_counts() -> None:
    """In a process of its own: what earlier children had cannot be forgotten."""
    path = os.pathsep.join(filter(None, sys.path))
    subprocess.run([sys.executable, "-c", LARGER_CHILD], check=True, env={**os.environ, "PYTHONPATH": path})


def test_bytes_read_and_written_are_counted_to_the_byte_and_looking_costs_none(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"x" * 12_345)
    assert Meter().read()["read_bytes"] == 0
    meter = Meter()
    with open(tmp_path / "in", "rb", buffering=0) as stream:
        stream.read(12_345)
    with open(tmp_path / "out", "wb", buffering=0) as stream:
        stream.write(b"y" * 777)
    cost = meter.read()
    assert (cost["read_bytes"], cost["written_bytes"]) == (12_345, 777)


def test_where_the_system_tells_nothing_bytes_are_unknown_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError(path)

    monkeypatch.setattr(os, "open", refuse)
    cost = Meter().read()
    assert cost["read_bytes"] is cost["written_bytes"] is None
    assert cost["cpu_seconds"] is not None
    assert cost["memory_bytes"]
