"""The reference names what the program has, all of it and nothing else; the site fetches nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import typer
from markdown_blocks import PAGES, ROOT, blocks_of

from dagx.not_offered import INSTEAD
from dagx.unbuilt_names import NAMES
from dagx_cli.app import whole_app
from dagx_engine.io.project import _MEASURES, _SETTINGS
from dagx_tui.keys import KEYS

sys.path.append(str(ROOT / "docs" / "hooks"))
from api_names import PAGES as API_PAGES
from api_names import asked_for, entries, is_in, public_names
from not_offered import ASKED, table

REFERENCE = ROOT / "docs" / "reference"
COMMANDS = typer.main.get_command(whole_app()).commands  # type: ignore[attr-defined]
SHARED = {"-C", "--project", "--python", "--json", "--ascii", "-h", "--help"}


def sections(page: Path) -> dict[str, str]:
    """The text below each heading of the second level."""
    pieces = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def first_cells(text: str) -> list[str]:
    """What stands in backticks in the first column of tables."""
    rows = re.findall(r"^\| (`.+?`) \|", text, flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def options(command: str) -> set[str]:
    found = {name for p in COMMANDS[command].params for name in p.opts if name.startswith("-")}
    return found | {"-h", "--help"}


def test_every_command_has_its_section_and_no_section_is_of_no_command() -> None:
    described = {
        title.removeprefix("dagx ") for title in sections(REFERENCE / "cli.md") if title.startswith("dagx ")
    }
    assert described == set(COMMANDS)


def test_the_options_that_all_commands_share_are_described_once() -> None:
    assert set(first_cells(sections(REFERENCE / "cli.md")["Options of every command"])) == SHARED
    without = {"init": {"--python"}, "version": {"--python", "-C", "--project"}}
    for command in COMMANDS:
        assert SHARED - options(command) == without.get(command, set()), command


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_is_described_with_its_options(command: str) -> None:
    described = first_cells(sections(REFERENCE / "cli.md")[f"dagx {command}"])
    assert set(described) == options(command) - SHARED


def test_every_setting_is_described() -> None:
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8").partition("## ")[0]
    assert set(first_cells(text)) == {*_SETTINGS, *_MEASURES}
    (example,) = [block.code for block in blocks_of(REFERENCE / "settings.md") if block.language == "toml"]
    assert set(re.findall(r"^(\w+) =", example, flags=re.MULTILINE)) == {*_SETTINGS, *_MEASURES}


def test_every_key_of_the_screen_is_described_as_its_help_says_it() -> None:
    rows = re.findall(
        r"^\| `(.+?)` \| (.+) \|$", (REFERENCE / "screen.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(rows) == {(key.shown, key.help) for key in KEYS if key.where in ("home", "rows")}


def test_every_public_name_has_its_entry_on_one_page_of_the_api() -> None:
    asked = re.compile(r"^\{\{ names (.+) \}\}$", re.MULTILINE)
    texts = [page.read_text(encoding="utf-8") for page in API_PAGES.glob("*.md")]
    entered = [
        line for text in texts for found in asked.findall(text) for line in entries(found.split()).split()
    ]
    names = [f"dagx.{module}.{name}" for module, offered in public_names().items() for name in offered]
    assert sorted(line for line in entered if line != ":::") == sorted(names)


def test_every_name_that_is_not_offered_stands_in_the_page_for_those_who_know_it() -> None:
    page = (ROOT / "docs" / "coming-from-dagster.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)`", table())) >= set(INSTEAD)
    assert ASKED in page.splitlines()
    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_a_module_that_a_page_names_and_that_offers_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no_such_module"):
        entries(["no_such_module"])
    assert is_in("ops.graph", "ops")
    assert not is_in("ops_more", "ops")
    assert asked_for() == list(dict.fromkeys(asked_for())), "one module on two pages"


def test_no_page_needs_something_from_elsewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"!\[[^\]]*\]\(https?:|<(script|img|link|iframe)\b", text), page
        assert not any(block.language == "mermaid" for block in blocks_of(page)), (
            f"{page}: fetched to be drawn"
        )
