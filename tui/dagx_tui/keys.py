"""Every key, stated once: bindings, footer and help are made from this table. A test finds clashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import Binding, BindingType

__all__ = ["KEYS", "Key", "bindings", "footer_keys", "where_titles"]


@dataclass(frozen=True)
class Key:
    id: str
    """Also the name of the action."""
    keys: tuple[str, ...]
    """As Textual names them."""
    shown: str
    """As people read them."""
    help: str
    where: str
    """`home` (the main screen, whatever pane has the focus), `rows`, `lines` or `sheet`."""
    label: str = ""
    """In the footer; empty: only in the help."""
    rank: int = 0
    """Which labels give way first where the footer is narrow: the highest."""


where_titles = {
    "home": "Actions",
    "rows": "In the list",
    "lines": "In the log, the detail and other texts",
    "sheet": "In a sheet like this one",
}

_UP_DOWN = (
    ("up", ("k", "up"), "k ↑", "one up"),
    ("down", ("j", "down"), "j ↓", "one down"),
    ("half_up", ("ctrl+u",), "ctrl+u", "half a page up"),
    ("half_down", ("ctrl+d",), "ctrl+d", "half a page down"),
    ("page_up", ("pageup",), "pgup", "a page up"),
    ("page_down", ("pagedown",), "pgdn", "a page down"),
    ("top", ("g", "home"), "g", "to the top"),
    ("bottom", ("G", "end"), "G", "to the end; a log follows again"),
)

KEYS: tuple[Key, ...] = (
    Key("run_one", ("r",), "r", "run this asset or group, if it is stale or missing", "home", "run", 1),
    Key(
        "run_all",
        ("R",),
        "R",
        "run all that is stale or missing; says first what it will cost",
        "home",
        "run all",
        3,
    ),
    Key("force", ("f",), "f", "run this asset even if it is fresh", "home", "force", 9),
    Key("stop", ("x",), "x", "stop the run; of several, that of this asset", "home", "stop", 2),
    Key("stop_all", ("X",), "X", "stop all runs", "home", "stop all", 3),
    Key("auto", ("a",), "a", "run by itself after a save: on or off", "home", "auto", 8),
    Key("why", ("w",), "w", "why this asset is stale, back to the root cause", "home", "why", 4),
    Key(
        "costs", ("c",), "c", "what runs cost: time, processor, memory, the slowest steps", "home", "costs", 9
    ),
    Key("filter", ("slash",), "/", "show only names that contain some letters", "home", "filter", 5),
    Key("problems", ("exclamation_mark",), "!", "show only problems, or all", "home", "problems", 7),
    Key("detail", ("i",), "i", "detail of this asset, on or off", "home", "detail", 6),
    Key("drawer", ("L",), "L", "log: small, half, off", "home", "log", 10),
    Key("log_down", ("J",), "J", "scroll the log down from anywhere", "home"),
    Key("log_up", ("K",), "K", "scroll the log up from anywhere", "home"),
    Key("next_pane", ("tab",), "tab", "next pane", "home"),
    Key("previous_pane", ("shift+tab",), "shift+tab", "previous pane", "home"),
    Key("back", ("escape",), "esc", "one step back: clear the filter, close what is open", "home"),
    Key("help", ("question_mark",), "?", "this help", "home", "help", 0),
    Key("quit", ("q",), "q", "quit; asks if a run is active", "home", "quit", 2),
    *(Key(f"cursor_{id}", keys, shown, text, "rows") for id, keys, shown, text in _UP_DOWN),
    Key("open", ("enter",), "enter", "fold or unfold a group; detail of an asset", "rows"),
    Key("fold", ("left", "h"), "h ←", "fold, or go to the group", "rows"),
    Key("unfold", ("right", "l"), "l →", "unfold", "rows"),
    Key("fold_all", ("minus",), "-", "fold all groups", "rows"),
    Key("unfold_all", ("equals_sign", "plus"), "=", "unfold all groups", "rows"),
    *(Key(f"go_{id}", keys, shown, text, "lines") for id, keys, shown, text in _UP_DOWN),
    Key("close", ("escape", "q", "question_mark", "w", "c"), "esc", "close", "sheet"),
    Key("accept", ("enter", "R", "y"), "enter", "do it, where a sheet asks", "sheet"),
)


def bindings(where: str) -> list[BindingType]:
    """What a screen or widget of this place binds."""
    return [
        Binding(",".join(key.keys), key.id, key.help, show=False, id=key.id)
        for key in KEYS
        if key.where == where
    ]


def footer_keys(valid: Iterable[str]) -> Sequence[Key]:
    """The keys that can do something now, in the order of the table."""
    able = set(valid)
    return [key for key in KEYS if key.label and key.id in able]
