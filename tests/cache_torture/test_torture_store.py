"""Stored bytes that are gone, cut short or altered, outputs edited by hand, writers at the same time (cases 67, 68,
76 to 79, 84 to 87): what is not whole is made again, and never served.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shops import Shop

from dagx_engine import api
from dagx_engine.io.objects import Objects
from dagx_engine.pure.manifest import digest_bytes
from dagx_engine.views import Notice

Project = Callable[[str], Shop]

BIG = """
    -- definitions.py
    import dagx as dg

    @dg.asset
    def text(): return "orders " * 2000

    @dg.asset
    def length(text): return len(text)
"""

WRITER = """
    -- definitions.py
    import dagx as dg
    from pathlib import Path

    @dg.asset
    def files() -> None:
        Path("out").mkdir(exist_ok=True)
        Path("out/one.txt").write_text("one")
        Path("out/two.txt").write_text("two")
"""


def stored(shop: Shop) -> list[Path]:
    return sorted(shop.root.glob(".dagx/objects/*/*"))


def overwrite(path: Path, data: bytes) -> None:
    """Write to an object, and leave no trace in its time of change and its permissions."""
    before = path.stat()
    path.chmod(0o644)
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    path.chmod(stat.S_IMODE(before.st_mode))


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


# 67, 68: what users get is no door into the store.


def test_nothing_outside_is_a_link_to_stored_bytes(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    found = path.stat()
    assert (found.st_nlink, stat.S_IMODE(found.st_mode)) == (1, 0o444)


def test_a_step_that_alters_its_input_alters_no_stored_bytes(project: Project) -> None:
    shop = project(
        """
        -- definitions.py
        import dagx as dg

        @dg.asset
        def rows(): return list(range(2000))

        @dg.asset
        def altered(rows):
            rows.reverse()
            return rows[0]
        """
    )
    shop.run()
    (path,) = stored(shop)
    assert digest_bytes(path.read_bytes()) == path.parent.name + path.name
    assert shop.run(force=True, selection="altered") == {"altered": ["forced"]}
    assert shop.value("altered") == "1999"


def test_bytes_are_not_believed_because_they_are_read_only(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    sound = path.read_bytes()
    overwrite(path, flipped(sound))
    shop.edit("definitions.py", "len(text)", "len(text) + 1")
    assert shop.run() == {
        "text": ["its stored bytes are gone"],
        "length": ["code of length changed (definitions.py:6)"],
    }
    assert shop.value("length") == "14001"
    assert path.read_bytes() == sound


# 76, 77: a row is no result without its bytes.


def test_a_result_whose_bytes_are_gone_is_made_again(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    stored(shop)[0].unlink()
    assert shop.why("text").verdict.startswith("stale")
    assert shop.run() == {"text": ["its stored bytes are gone"]}
    assert shop.run() == {}


@pytest.mark.parametrize("data", [b"", b"orders orders"])
def test_a_result_that_was_cut_short_is_made_again(project: Project, data: bytes) -> None:
    shop = project(BIG)
    shop.run()
    overwrite(stored(shop)[0], data)
    assert shop.run() == {"text": ["its stored bytes are gone"]}
    assert shop.run() == {}


def test_an_earlier_result_whose_bytes_were_altered_is_not_put_back(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    shop.edit("definitions.py", "orders ", "returns ")
    shop.run()
    overwrite(path, flipped(path.read_bytes()))
    shop.edit("definitions.py", "returns ", "orders ")
    assert set(shop.run()) == {"text"}
    assert shop.value("text").startswith("orders orders")


def test_damaged_bytes_are_set_aside_for_whoever_wants_to_look(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    damaged = flipped(path.read_bytes())
    overwrite(path, damaged)
    shop.edit("definitions.py", "len(text)", "len(text) + 1")
    said: list[str] = []
    shop.execute(on_event=lambda event: said.append(event.text) if isinstance(event, Notice) else None)
    assert said == ["the stored value of text was damaged; it was set aside"]
    (aside,) = (shop.root / ".dagx/bad").iterdir()
    assert aside.read_bytes() == damaged


def test_a_damaged_value_that_may_not_be_made_again_is_told_with_the_way_out(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    overwrite(path, flipped(path.read_bytes()))
    (step,) = shop.execute("length", force=True).steps
    assert (step.state.value, "run it again: dagx run text" in (step.error or "")) == ("failed", True)
    assert shop.run() == {"text": ["its stored bytes are gone"]}
    assert shop.run() == {}


# 78, 79: what a step wrote itself is looked at, all of it.


def test_an_output_that_was_edited_by_hand_is_made_again(project: Project) -> None:
    shop = project(WRITER)
    shop.run()
    shop.write("out/one.txt", "by hand")
    assert shop.run() == {"files": ["out/one.txt, which it wrote, was changed"]}
    assert shop.read("out/one.txt") == "one"


def test_one_of_two_outputs_is_not_enough(project: Project) -> None:
    shop = project(WRITER)
    shop.run()
    (shop.root / "out/two.txt").unlink()
    assert shop.run() == {"files": ["out/two.txt, which it wrote, is gone"]}
    assert shop.run() == {}


# 84 to 87: half-written results, several writers, errors that are swallowed, two at once.


def test_a_half_written_result_of_a_dagx_that_was_killed_counts_for_nothing(project: Project) -> None:
    shop = project(BIG)
    shop.run()
    (path,) = stored(shop)
    name, data = path.parent.name + path.name, path.read_bytes()
    path.unlink()
    (shop.root / ".dagx/staging" / name).write_bytes(data[:100])
    assert shop.run() == {"text": ["its stored bytes are gone"]}
    assert list((shop.root / ".dagx/staging").iterdir()) == []


def test_several_that_publish_the_same_bytes_leave_them_whole(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    objects.prepare()
    data = os.urandom(1 << 20)

    def publish(number: int) -> str:
        staged = objects.staging / str(number)
        staged.write_bytes(data)
        return objects.publish(staged).digest

    with ThreadPoolExecutor(8) as pool:
        (digest,) = set(pool.map(publish, range(40)))
    assert objects.check(digest)
    assert list(objects.staging.iterdir()) == []


def test_a_result_that_cannot_be_stored_is_no_result_and_says_so(project: Project) -> None:
    shop = project(BIG)
    name = digest_bytes(("orders " * 2000).encode())
    folder = shop.root / ".dagx/objects" / name[:2]
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    found = {step.step: step for step in shop.execute().steps}
    assert (found["text"].state.value, found["length"].state.value) == ("failed", "skipped")
    assert "the result could not be stored" in (found["text"].error or "")
    folder.unlink()
    assert set(shop.run()) == {"text", "length"}


def test_a_second_dagx_does_not_write_beside_the_first(project: Project) -> None:
    shop = project(BIG)
    refused: list[str] = []

    def meanwhile(event: object) -> None:
        if type(event).__name__ == "StepStarted" and not refused:
            with pytest.raises(api.BusyError) as told:
                api.run(api.open_project(shop.root, python=sys.executable))
            refused.append(str(told.value))

    assert shop.execute(on_event=meanwhile).status.value == "succeeded"
    assert len(refused) == 1
    assert f"pid {os.getpid()}" in refused[0]
