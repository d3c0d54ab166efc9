"""Children of a process are ended even if the kernel's list lacks them when it is read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from dagx.worker import containment

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="there is no such list elsewhere"
)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def test_a_child_that_the_list_lacked_at_first_is_ended(
    child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    others = containment.children() - {child.pid}
    real, asked = containment._children_of, list[str]()

    def lacking(pid: str) -> Iterator[int]:
        asked.append(pid)
        if asked.count("self") > 1:
            yield from real(pid)

    monkeypatch.setattr(containment, "_children_of", lacking)
    assert containment.end_children(keep=others) == ["sleep 600"]


def test_what_is_to_be_kept_goes_on(child: subprocess.Popen[bytes]) -> None:
    assert containment.end_children(keep=containment.children()) == []
    assert child.poll() is None


def test_a_child_that_has_just_begun_is_ended() -> None:
    """The kernel lets the parent go on a moment before the command line of the new program can be read."""
    for _ in range(50):
        with subprocess.Popen(["sleep", "600"]) as process:
            ended = containment.end_children(keep=containment.children() - {process.pid})
            code = process.poll()
            process.kill()
        assert (ended, code) == (["sleep 600"], 0)
