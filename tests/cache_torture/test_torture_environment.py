"""Environment variables, packages, probes and listings: what was asked counts, and nothing else.

Cases 17, 71 to 75 and 81.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop

Project = Callable[[str], Shop]

READS = """
    -- definitions.py
    import dagx as dg
    import os
    from pathlib import Path

    @dg.asset
    def made():
        return BODY

    @dg.asset
    def bystander():
        return 1
"""


def reading(project: Project, body: str) -> Shop:
    return project(READS.replace("BODY", body))


def test_a_variable_that_a_step_asks_for_is_an_input(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 71: also one that is not set, and one that comes and goes."""
    monkeypatch.delenv("REGION", raising=False)
    shop = reading(project, "os.environ.get('REGION', 'none')")
    shop.run()
    changed = {"made": ["environment variable REGION changed"]}
    for value in ("north", "south", ""):
        monkeypatch.setenv("REGION", value)
        assert shop.run() == changed
        assert shop.value("made") == (value or "''" if value else "")
        assert shop.run() == {}
    monkeypatch.delenv("REGION")
    assert shop.run() == {}
    assert shop.value("made") == "none"
    monkeypatch.setenv("OTHER", "x")
    assert shop.run() == {}


def test_each_of_several_variables_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 73."""
    names = [f"PART_{number}" for number in range(12)]
    for name in names:
        monkeypatch.setenv(name, "one")
    shop = reading(project, "[os.getenv(f'PART_{number}') for number in range(12)]")
    shop.run()
    for name in names:
        monkeypatch.setenv(name, "two")
        assert shop.run() == {"made": [f"environment variable {name} changed"]}


def test_a_variable_that_is_read_at_import_is_an_input_of_all(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 71."""
    monkeypatch.setenv("REGION", "north")
    shop = project(
        READS.replace("BODY", "REGION").replace(
            "from pathlib", "REGION = os.environ['REGION']\n    from pathlib"
        )
    )
    shop.run()
    monkeypatch.setenv("REGION", "south")
    words = ["environment variable REGION changed"]
    assert shop.run() == {"made": words, "bystander": words}
    assert shop.value("made") == "south"


def test_the_value_of_a_variable_is_nowhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "open-sesame-1")
    shop = reading(project, "len(os.environ['TOKEN'])")
    shop.run()
    monkeypatch.setenv("TOKEN", "open-sesame-22")
    assert "open-sesame" not in str(shop.why("made")) + str(shop.manifest("made"))
    shop.run()
    state = b"".join(path.read_bytes() for path in (shop.root / ".dagx").rglob("*") if path.is_file())
    assert b"open-sesame" not in state


def test_what_git_ignores_is_an_input_like_any_other(project: Project) -> None:
    """Case 72."""
    shop = reading(project, "Path('local/settings.ini').read_text()")
    shop.write(".gitignore", "local/\n*.ini\n")
    shop.write("local/settings.ini", "one")
    shop.run()
    shop.write("local/settings.ini", "two")
    assert shop.run() == {"made": ["local/settings.ini changed"]}


def test_a_file_of_variables_that_git_ignores_counts_variable_by_variable(project: Project) -> None:
    """Case 72."""
    shop = reading(project, "os.environ['REGION']")
    shop.write(".gitignore", ".env\n")
    shop.write(".env", "REGION=north\nOTHER=one\n")
    shop.run()
    shop.edit(".env", "one", "two")
    assert shop.run() == {}
    shop.edit(".env", "north", "south")
    assert shop.run() == {"made": ["environment variable REGION changed"]}
    assert shop.value("made") == "south"


def test_a_package_counts_by_its_version_for_those_who_use_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases 74 and 75: one that nothing uses makes nothing stale."""
    site = tmp_path / "site-packages"

    def install(name: str, version: str) -> None:
        for old in site.glob(f"{name}-*"):
            shutil.rmtree(old)
        told = site / f"{name}-{version}.dist-info"
        told.mkdir(parents=True)
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (site / f"{name}.py").write_text("def clean(x): return x\n")

    for name in ("used_here", "used_there", "used_nowhere"):
        install(name, "1.0")
    monkeypatch.syspath_prepend(str(site))
    shop = project("""
        -- definitions.py
        import dagx as dg
        import used_here, used_there, used_nowhere

        @dg.asset
        def made(): return used_here.clean(1)
        @dg.asset
        def bystander(): return used_there.clean(1)
    """)
    shop.run()
    install("used_nowhere", "2.0")
    assert shop.run() == {}
    install("used_here", "1.1")
    assert shop.run() == {"made": ["package used_here 1.0 → 1.1"]}
    install("used_there", "3.0")
    assert shop.run() == {"bystander": ["package used_there 1.0 → 3.0"]}


def test_a_file_that_is_looked_for_counts_when_it_comes_and_when_it_goes(project: Project) -> None:
    shop = reading(project, "os.path.exists('data/extra.csv')")
    shop.run()
    shop.write("data/other.csv", "")
    assert shop.run() == {}
    shop.write("data/extra.csv", "one")
    assert shop.run() == {"made": ["data/extra.csv is there now"]}
    shop.write("data/extra.csv", "two")
    assert shop.run() == {}
    (shop.root / "data/extra.csv").unlink()
    assert shop.why("made").reasons[0].text == "data/extra.csv is gone"


def test_the_size_of_a_file_is_known_by_its_content_and_its_time_never(project: Project) -> None:
    shop = reading(project, "Path('data/in.txt').stat().st_size")
    shop.write("data/in.txt", "one")
    shop.run()
    (shop.root / "data/in.txt").touch()
    assert shop.run() == {}
    shop.write("data/in.txt", "more")
    assert shop.run() == {"made": ["data/in.txt changed"]}


@pytest.mark.parametrize(
    "body", ["sorted(os.listdir('data'))", "sorted(map(str, Path('.').glob('data/*.csv')))"]
)
def test_a_file_that_matches_a_pattern_counts_when_it_is_new(project: Project, body: str) -> None:
    shop = reading(project, body)
    shop.write("data/a.csv", "one")
    shop.run()
    shop.write("data/b.csv", "one")
    assert shop.run() == {"made": ["files in data were added, removed or renamed"]}


def test_what_is_listed_looked_for_and_followed_at_import_counts_for_all(project: Project) -> None:
    """Case 17: what registers itself by lying in a folder."""
    shop = project(
        READS.replace("BODY", "NAMES").replace(
            "@dg.asset\n    def made",
            "NAMES = sorted(path.name for path in Path('data').iterdir())\n"
            "    MORE = os.path.exists('more.csv')\n    LINK = os.readlink('latest')\n\n    @dg.asset\n    def made",
            1,
        )
    )
    shop.write("data/a.csv", "one")
    (shop.root / "latest").symlink_to("v1")
    shop.run()
    shop.write("data/a.csv", "two")
    assert shop.run() == {}
    shop.write("data/b.csv", "one")
    words = ["files in data, listed when the project is imported, were added, removed or renamed"]
    assert shop.run() == {"made": words, "bystander": words}
    shop.write("more.csv", "one")
    words = ["when the project is imported, more.csv is there now"]
    assert shop.run() == {"made": words, "bystander": words}
    (shop.root / "latest").unlink()
    (shop.root / "latest").symlink_to("v2")
    words = ["latest, read when the project is imported, changed"]
    assert shop.run() == {"made": words, "bystander": words}


def test_a_failing_read_is_no_value(project: Project) -> None:
    """Case 81: what cannot be read is a state of its own, and its reader runs when it can be read again."""
    shop = reading(project, "Path('data/in.txt').read_text() if os.path.exists('data') else 'nothing'")
    shop.run()
    (shop.root / "data").mkdir()
    assert [step.state.value for step in shop.execute("made").steps] == ["failed"]
    assert shop.why("made").asset.state.value == "failed"
    shop.write("data/in.txt", "one")
    assert shop.run() == {"made": ["data is there now"]}
    assert shop.value("made") == "one"
