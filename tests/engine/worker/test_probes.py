"""Which questions about files the project is heard to ask without opening them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import Watched

from dagx.worker.tracing.stamps import ABSENT


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One for all tests: an audit hook can never be taken back."""
    return Watched(Path(os.path.realpath(tmp_path_factory.mktemp("project"))))


@pytest.fixture
def watched(traced: Watched, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    traced.write("data/a.csv")
    (traced.root / "link.csv").symlink_to("data/a.csv")
    monkeypatch.chdir(traced.root)
    traced.listen()
    yield traced
    for path in traced.root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def asked(watched: Watched, text: str) -> dict[str, str]:
    """What a function of the project with this body probes, with the answers; what it reads is `read`."""
    body = "".join(f"\n    {line}" for line in text.split("\n"))
    module = watched.module(f"import os, shutil\nfrom pathlib import Path\ndef step():{body}\n")
    seen = watched.during(module.step)
    found = dict(zip(watched.inside(seen.probed), seen.probed.values(), strict=True))
    found.update(zip(watched.inside(seen.links), seen.links.values(), strict=True))
    found.update(dict.fromkeys(watched.inside(seen.read), "read"))
    found.pop("definitions.py", None)
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("os.path.exists('gone.csv')", {"gone.csv": ABSENT}),
        ("os.path.exists('data/a.csv')", {"data/a.csv": "file"}),
        ("os.path.isfile('data/a.csv')", {"data/a.csv": "file"}),
        ("os.path.isdir('data')", {"data": "folder"}),
        ("Path('gone.csv').exists()", {"gone.csv": ABSENT}),
        ("Path('data/a.csv').is_file(), Path('data').is_dir()", {"data/a.csv": "file", "data": "folder"}),
        ("os.access('data/a.csv', os.R_OK)", {"data/a.csv": "file"}),
        ("os.path.exists('link.csv')", {"link.csv": "file", "data/a.csv": "file"}),
        ("from os.path import exists\nexists('gone.csv')", {"gone.csv": ABSENT}),
        ("try: os.stat('gone.csv')\nexcept OSError: pass", {"gone.csv": ABSENT}),
        ("os.path.getsize('data/a.csv')", {"data/a.csv": "read"}),
        ("Path('data/a.csv').stat().st_size", {"data/a.csv": "read"}),
        ("os.stat('data/a.csv')", {"data/a.csv": "read"}),
        ("os.path.getmtime('data')", {"data": "folder"}),
        ("os.path.exists('data/a.csv') and open('data/a.csv').close()", {"data/a.csv": "read"}),
        ("os.readlink('link.csv')", {"link.csv": "to data/a.csv"}),
        ("Path('link.csv').resolve()", {"link.csv": "to data/a.csv"}),
        ("os.path.realpath('data/a.csv')", {}),
        ("os.path.abspath('x'), Path('x').absolute(), Path.cwd()", {}),
        ("os.path.exists('/usr/bin'), os.path.exists('/tmp'), os.path.exists('.dagx/x')", {}),
        ("os.path.exists(0), os.path.exists('a\\0b')", {}),
    ],
)
def test_what_is_asked_about_a_path_is_heard(watched: Watched, text: str, found: dict[str, str]) -> None:
    assert asked(watched, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "os.makedirs('out', exist_ok=True)\nos.path.exists('out')",
        "if not Path('out').exists(): Path('out').mkdir()",
        "if os.path.exists('out.csv'): os.remove('out.csv')\nopen('out.csv', 'w').close()",
    ],
)
def test_what_a_step_makes_itself_it_does_not_depend_on(watched: Watched, text: str) -> None:
    assert asked(watched, text) == {}


def test_the_answer_is_that_of_the_first_time(watched: Watched) -> None:
    text = "os.path.exists('late.csv')\nos.system('touch late.csv')\nos.path.exists('late.csv')"
    assert asked(watched, text) == {"late.csv": ABSENT}


def test_what_a_library_asks_is_not_the_projects(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "asks_for_itself.py").write_text("import os\ndef there(name): return os.path.exists(name)\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "asks_for_itself", raising=False)
    assert asked(watched, "import asks_for_itself\nasks_for_itself.there('data/a.csv')") == {}


def test_the_wrapped_functions_are_known_to_be_what_they_were() -> None:
    assert os.stat in os.supports_dir_fd
    assert os.stat in os.supports_fd
    assert os.access in os.supports_dir_fd
    assert os.stat.__name__ == "stat"
    with pytest.raises(TypeError):
        os.stat()  # type: ignore[call-arg]
