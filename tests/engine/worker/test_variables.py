"""Which environment variables the project is heard to ask for, and which questions are not its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from watching import Watched

from dagx.worker.tracing import variables
from dagx.worker.tracing.variables import variable_digest, variable_parts


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One for all tests: an audit hook can never be taken back."""
    return Watched(Path(os.path.realpath(tmp_path_factory.mktemp("project"))))


@pytest.fixture
def watched(traced: Watched, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setenv("REGION", "north")
    monkeypatch.setenv("APP_A", "a")
    monkeypatch.delenv("GONE", raising=False)
    traced.listen()
    yield traced
    (traced.root / ".env").unlink(missing_ok=True)


def asked(watched: Watched, text: str) -> list[str]:
    """The variables that a function of the project with this body asks for."""
    body = "".join(f"\n    {line}" for line in text.split("\n"))
    module = watched.module(f"import os\ndef step():{body}\n")
    return list(watched.during(module.step).variables)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("os.environ['REGION']", ["REGION"]),
        ("os.environ.get('REGION')", ["REGION"]),
        ("os.getenv('GONE', 'x')", ["GONE"]),
        ("'GONE' in os.environ", ["GONE"]),
        ("os.environb[b'REGION'], os.getenvb(b'GONE')", ["REGION", "GONE"]),
        ("os.path.expandvars('$REGION/x')", ["REGION"]),
        ("import string; string.Template('$REGION').substitute(os.environ)", ["REGION"]),
        ("exec('import os; os.environ[\"REGION\"]', globals())", ["REGION"]),
        ("from os import environ, getenv\nenviron['REGION'], getenv('GONE')", ["REGION", "GONE"]),
        ("[os.environ.get(name) for name in ('REGION', 'GONE')]", ["REGION", "GONE"]),
    ],
)
def test_every_way_to_ask_for_a_variable_is_heard(watched: Watched, text: str, names: list[str]) -> None:
    assert asked(watched, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "os.environ.copy()",
        "dict(os.environ)",
        "{**os.environ, 'MORE': '1'}",
        "os.environ | {'MORE': '1'}",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], env=os.environ)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
        "os.path.expanduser('~/x')",
        "import tempfile, shutil; tempfile.gettempdir(), shutil.which('sh')",
        "len(os.environ), bool(os.environ)",
    ],
)
def test_a_copy_for_a_program_and_what_the_interpreter_asks_do_not_count(watched: Watched, text: str) -> None:
    assert asked(watched, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[name for name in os.environ if name.startswith('APP_')]",
        "{n: v for n, v in os.environ.items() if n.startswith('APP_')}",
        "list(os.environ.values())",
        "for name in os.environ.keys(): pass",
    ],
)
def test_to_go_through_all_of_them_makes_all_count(watched: Watched, text: str) -> None:
    assert "*" in asked(watched, text)


def test_what_a_library_asks_for_itself_is_not_the_projects_and_what_it_hands_over_is(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    text = "import os\ndef setting(name): return os.environ[name]\n"
    for name in ("a_library", "decouple"):
        (site / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(site))
    assert asked(watched, "import a_library; a_library.setting('REGION')") == []
    assert asked(watched, "import decouple; decouple.setting('REGION')") == ["REGION"]
    assert asked(watched, "import dagx as dg; dg.EnvVar('REGION').get_value()") == ["REGION"]


def test_a_library_that_copies_all_and_then_asks_for_one_asks_for_that(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    text = "import os\ndef config(name):\n    {}.update(os.environ)\n    return os.environ[name]\n"
    (site / "decouple.py").write_text(text)
    monkeypatch.delitem(sys.modules, "decouple", raising=False)
    monkeypatch.syspath_prepend(str(site))
    assert asked(watched, "import decouple; decouple.config('REGION')") == ["REGION"]


def test_settings_classes_are_known_by_their_fields(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pydantic-settings goes through all variables, in small letters.
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "pydantic_settings.py").write_text(
        dedent("""
        import os
        class Source:
            case_sensitive = False
            def _extract_field_info(self, name):
                return [(name, "app_" + name, False)]
        class EnvSettingsSource(Source):
            def value(self, name):
                found = {key.lower(): value for key, value in os.environ.items()}
                return [found.get(key) for _, key, _ in self._extract_field_info(name)]
        """)
    )
    monkeypatch.delitem(sys.modules, "pydantic_settings", raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    variables.install()
    monkeypatch.syspath_prepend(str(site))
    text = "from pydantic_settings import EnvSettingsSource as S\nreturn S().value('a'), S().value('gone')"
    assert asked(watched, text) == ["APP_A", "APP_GONE"]
    nested = text.replace("\n", "\nS.env_nested_delimiter = '__'\n")
    assert "*" in asked(watched, nested)


def test_what_the_process_set_itself_follows_from_its_code(watched: Watched) -> None:
    assert asked(watched, "os.environ['REGION'] = 'south'\nos.environ['REGION']") == []
    os.environ["REGION"] = "north"
    assert asked(watched, "os.environ.setdefault('GONE', 'x')\nos.environ['GONE']") == ["GONE"]
    del os.environ["GONE"]


def test_the_environment_still_does_what_it_did(watched: Watched) -> None:
    environment = os.environ
    environment["SET_HERE"] = "1"
    told = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ['SET_HERE'])"], capture_output=True
    )
    assert told.stdout == b"1\n"
    del environment["SET_HERE"]
    assert "SET_HERE" not in environment
    with pytest.raises(KeyError, match="SET_HERE"):
        environment["SET_HERE"]
    assert isinstance(environment, os._Environ)
    assert dict(environment) == {**environment} == environment.copy() == dict(environment.items())


def _load_dotenv(watched: Watched, text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What is read when a library called dotenv puts the file into the environment."""
    watched.write(".env", text)
    dotenv = ModuleType("dotenv.main")
    code = """
        import os
        def dotenv_values(path):
            with open(path) as stream:
                return dict(line.strip().split("=") for line in stream)
        def set_as_environment_variables(path):
            os.environ.update(dotenv_values(path))
    """
    exec(compile("if 1:" + code, "dotenv/main.py", "exec"), vars(dotenv))
    monkeypatch.setitem(sys.modules, "dotenv.main", dotenv)
    module = watched.module("""
        import os
        from sys import modules
        def step(): modules["dotenv.main"].set_as_environment_variables(".env")
        def values(): modules["dotenv.main"].dotenv_values(".env")
        def both(): step(), values()
    """)
    monkeypatch.chdir(watched.root)
    return vars(module)


def test_a_file_of_variables_that_dagx_has_read_counts_variable_by_variable(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _load_dotenv(watched, "REGION=north\n", monkeypatch)
    assert watched.inside(watched.during(found["step"]).read) == []  # type: ignore[arg-type]
    assert watched.inside(watched.during(found["values"]).read) == [".env"]  # type: ignore[arg-type]
    assert watched.inside(watched.during(found["both"]).read) == [".env"]  # type: ignore[arg-type]


def test_a_file_of_variables_that_overrides_what_dagx_gave_counts_as_a_file(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _load_dotenv(watched, "REGION=south\n", monkeypatch)
    assert watched.inside(watched.during(found["step"]).read) == [".env"]  # type: ignore[arg-type]


def test_digests_of_variables_say_nothing_and_tell_absent_from_empty() -> None:
    given = {"A": "secret", "EMPTY": ""}
    digests = {variable_digest(name, given, b"key") for name in ("A", "EMPTY", "ABSENT")}
    assert len(digests) == 3
    assert variable_digest("A", given, b"key") != variable_digest("A", given, b"another key")
    assert list(variable_parts(["A"], b"key")) == ["variable:A"]


def test_what_a_step_did_to_the_environment_is_undone_for_it_and_for_the_programs_of_the_next(
    watched: Watched,
) -> None:
    before = variables.all_now()

    def meddle() -> None:
        os.environ["REGION"] = "süd"
        os.environ["NEW"] = "1"
        del os.environ["APP_A"]

    def undo() -> None:
        variables.put_all_back(before)

    watched.during(meddle)
    assert variables.all_now() != before
    assert list(watched.during(undo).variables) == []  # nobody asked for them
    assert variables.all_now() == before
    says = "import os; print(os.environ['REGION'], os.environ['APP_A'], os.environ.get('NEW'))"
    seen = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    assert seen.stdout.split() == ["north", "a", "None"]
