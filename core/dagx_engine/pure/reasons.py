"""Says in words why something is not fresh: one text for each part of a manifest that differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone

from dagx_engine.pure.definitions import Key, Place, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import ABSENT, OPENED, Change, Manifest
from dagx_engine.pure.staleness import (
    LEFT_OUT,
    NEVER,
    Fresh,
    Held,
    InPartitions,
    InParts,
    Missing,
    Restorable,
    Stale,
    Standing,
    Unkept,
    Verdict,
)

__all__ = ["absence", "came_and_went", "part_in_words", "reason_of", "reasons_of"]

_ORDER = (
    "code",
    "code_version",
    "module",
    "learned",
    "unpickled",
    "value",
    "parameter",
    "type",
    "stored",
    "loaded",
    "optional",
    "may miss",
    "blocking",
    "spec",
    "config",
    "resource",
    "variable",
    "env",
    "input",
    "file",
    "dir",
    "exists",
    "link",
    "program",
    "mode",
    "kept",
    "import",
    "import-dir",
    "import-exists",
    "import-link",
    "made",
    "seen",
    "checked",
    "until",
    "package",
    "python",
    "partitions",
    "incomplete",
)


_CAN_READ = "which its code can read"
_MOST_NAMES = 5
_WORDS = (LEFT_OUT, "missing", "external")
_HAPPENED = {"made": "made", "seen": "observed"}


def reasons_of(generation: Generation, step: StepName, found: Verdict) -> tuple[tuple[str, str], ...]:
    """(part, words) for each reason that the verdict carries, the nearest to the person first."""
    match found:
        case Fresh():
            return ()
        case Missing(_, lost):
            return (("", lost or "never made"),)
        case Stale(_, changes) | Restorable(_, _, changes):
            widened = generation.steps[step].widened
            said = [(change.part, reason_of(change, generation.places, widened)) for change in changes]
            said = [(part, words + _how_it_was_seen(part, found.manifest)) for part, words in said]
            if isinstance(found, Restorable):
                said.append(("", "an earlier result fits and is put back"))
            return tuple(sorted(said, key=lambda pair: (_rank(pair[0]), pair[0])))
        case Held(_, absent):
            return tuple(("", f"{key} is not there") for key in absent)
        case Unkept():
            return (("", "asked for"),)
        case InParts(_, verdicts, todo):
            pairs = [pair for product in todo for pair in reasons_of(generation, step, verdicts[product])]
            pairs += (
                [] if todo else [p for one in verdicts.values() for p in reasons_of(generation, step, one)]
            )
            return tuple(dict.fromkeys(pairs))
        case InPartitions(_, standings):
            pairs = [
                pair for standing in standings.values() for pair in _of_partitions(generation, step, standing)
            ]
            return tuple(dict.fromkeys(pairs))


def _of_partitions(generation: Generation, step: StepName, standing: Standing) -> list[tuple[str, str]]:
    """How many partitions are not as they should be, and why the first stale one is not."""
    total, made = standing.everything.size, standing.made.size
    said: list[tuple[str, str]] = []
    if standing.stale:
        said.append(("", f"{standing.stale.size:,} of {made:,} partitions made are stale"))
        said += reasons_of(generation, step, Stale(Manifest(()), standing.changes))
        if standing.lost:
            said.append(("", standing.lost))
        elif not standing.changes:
            said.append(("", "something upstream is not fresh"))
    if made < total:
        said.append(("", f"{made:,} of {total:,} partitions made"))
    return said


def absence(generation: Generation, key: Key, root: Key, *, had_one: bool = False) -> str:
    """Why an asset is not there: its own step left it out, or it needs `root`, which a step left out.

    `had_one`: an earlier run had made `root`.
    """
    words = f"{root} was not made by {generation.maker(root)}"
    words += ", and an earlier value of it does not count" if had_one else ""
    return words if key == root else f"{key} is not there: {words}"


def came_and_went(before: Iterable[str], after: Iterable[str]) -> str:
    """The names in a folder that are new, and those that are gone; some of them, if there are many."""
    old = set(before)
    new = {name.encode("utf-8", "backslashreplace").decode("utf-8") for name in after}
    said = [("new", sorted(new - old)), ("gone", sorted(old - new))]
    return "; ".join(f"{word}: {_some_of(names)}" for word, names in said if names)


def _some_of(names: list[str]) -> str:
    if len(names) <= _MOST_NAMES + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES:,} more"


def _rank(part: str) -> int:
    kind = part.partition(":")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def reason_of(change: Change, places: Mapping[str, Place], widened: str = "") -> str:
    """One changed part in words, with `file:line` for code."""
    kind, _, rest = change.part.partition(":")
    before, after = change.before, change.after
    match kind:
        case "code":
            return _code(change, places)
        case "code_version":
            return f"code version {_shown(before)} → {_shown(after)}"
        case "module":
            because = f" ({widened}, so all of it counts)" if widened else ""
            return f"module {rest} {_verb(before, after)}{because}"
        case "value":
            return f"{rest.rpartition(':')[2]} of {rest.split(':')[1]} {_verb(before, after)}"
        case "input":
            return _input(rest, before, after)
        case "file":
            return _file(rest, before, after)
        case "dir":
            was_and_is = not {before, after} & {None, ABSENT}
            return (
                f"files in {rest} were added, removed or renamed"
                if was_and_is
                else _file(rest, before, after)
            )
        case "exists":
            return _existence(rest, before, after)
        case "kept":
            return f"{rest}, which came while it ran, is gone"
        case "program":
            return _program(rest, before, after)
        case "mode":
            return f"{rest} is {after if after != ABSENT else 'gone'} now"
        case "link":
            return f"the link {rest} {_verb(_there(before), _there(after))}"
        case "import" | "import-link":
            verb = _verb(_there(before), _there(after))
            return f"{rest}, read when the project is imported, {verb}"
        case "import-dir":
            return f"files in {rest}, listed when the project is imported, were added, removed or renamed"
        case "import-exists":
            return f"when the project is imported, {_existence(rest, before, after)}"
        case "learned" | "unpickled":
            return _learned(kind, rest, after)
        case "made" | "seen":
            again = "" if before == NEVER else "again "
            return f"{rest} was {_HAPPENED[kind]} {again}since its history was read"
        case "checked":
            what = f"a check of {rest[:-1]}" if rest.endswith(":") else f"the check {rest}"
            return f"{what} was executed since its history was read"
        case "until":
            return f"it held until {_moment(rest)}"
        case "parameter":
            return f"parameter {rest} is filled from {_shown(after)}, before from {_shown(before)}"
        case "blocking":
            return f"the check {rest} {'holds back now' if after else 'no longer holds back'} what needs its asset"
        case "package":
            return f"package {rest} {_shown(before)} → {_shown(after)}"
        case "python":
            return f"python {_shown(before)} → {_shown(after)}"
        case "config":
            return f"config {rest} {_verb(before, after)}"
        case "variable" | "env":
            return _variable(rest, before, after)
        case "resource":
            return f"resource {rest} {_verb(before, after)}"
        case "io_manager":
            return f"IO manager {rest} {_verb(before, after)}"
        case "partitions":
            return "how it is partitioned changed"
        case "doc" | "source":
            what = (rest.rpartition(":")[2] or rest.rstrip(":")) if kind == "doc" else rest
            return f"the {'docstring' if kind == 'doc' else 'text'} of {what} {_verb(before, after)}, {_CAN_READ}"
        case "type":
            return f"the type of {rest} {_verb(before, after)}"
        case "optional":
            return f"{rest} {'may' if after else 'may not'} be left out now"
        case "may miss":
            return f"partitions of {rest} {'may' if after else 'may not'} be missing now"
        case "stored" | "loaded":
            return f"{rest} is {kind} by {_shown(after or 'io_manager')}, before by {_shown(before or 'io_manager')}"
        case "spec":
            whose = {"": "it", "*": "any asset"}.get(rest, rest)
            return f"what is declared of {whose}, {_CAN_READ}, {_verb(before, after)}"
        case "incomplete":
            return f"not all that it reads can be seen: {rest.partition('; ')[0]}"
        case "codec":
            return "how values are stored changed"
        case _:
            return f"{change.part} {_verb(before, after)}"


def _learned(kind: str, edge: str, after: str | None) -> str:
    """Of what was executed though no name leads there, or named by data that was loaded."""
    module, _, unit = edge.partition(":")
    what = f"{unit} of {module}" if unit else f"module {module}"
    did = "executed" if kind == "learned" else "loaded from a pickle"
    return f"{what}, which it {did}, is gone" if after == ABSENT else f"what {what} leads to is not known"


def _code(change: Change, places: Mapping[str, Place]) -> str:
    module, unit = _unit(change.part)
    place = places.get(change.part)
    if not module:
        return f"code of {unit} {_verb(change.before, change.after)}"
    where = f" ({place})" if place else f" (in {module})"
    if unit == "<effects>":
        return f"what {module} does at import {_verb(change.before, change.after)}{where if change.after else ''}"
    if change.before is None:
        return f"now uses {unit}{where}"
    if change.after is None:
        return f"no longer uses {unit} of {module}"
    return f"code of {unit} changed{where}"


def _unit(part: str) -> tuple[str, str]:
    """The module and the unit of a `code:` part; no module when the function is not of one."""
    module, colon, unit = part.partition(":")[2].partition(":")
    return (module, unit) if colon else ("", module)


def _input(key: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{key} is new" if key.endswith("]") else f"new dependency on {key}"
    if after is None:
        return f"no longer depends on {key}"
    if after == LEFT_OUT:
        return f"{key} is left out now"
    if before in ("missing", LEFT_OUT):
        return f"{key} was made since"
    if before == "external":
        return f"{key} was observed since"
    if after == "missing":
        return f"{key} is missing"
    return f"new data in {key}"


def _file(path: str, before: str | None, after: str | None) -> str:
    if after == ABSENT:
        return f"{path} is gone"
    if before in (ABSENT, None):
        return f"{path} is new"
    if after is None:
        return f"no longer reads {path}"
    return f"{path} changed"


def _how_it_was_seen(part: str, manifest: Manifest) -> str:
    """Of a file that counts only because somebody opened it."""
    kind, _, path = part.partition(":")
    if kind != "file" or f"{OPENED}{path}" not in manifest.as_dict():
        return ""
    return ", which was opened while a program that it started ran"


def _program(name: str, before: str | None, after: str | None) -> str:
    if after == ABSENT:
        return f"the program {name} is gone"
    if before in (None, ABSENT) or after is None:
        verb = "is there now" if before == ABSENT else "is new" if before is None else "is not used any more"
        return f"the program {name} {verb}"
    was, now = before.rpartition(" ")[0], after.rpartition(" ")[0]
    if was == now:
        return f"the program {name} changed" + (f" ({now})" if now != name else "")
    return f"the program {name} is {now} now, and was {was}"


def _existence(path: str, before: str | None, after: str | None) -> str:
    """Of a path of which it was asked whether there is something."""
    if after in (ABSENT, None):
        return f"{path} is gone" if after == ABSENT else f"no longer looks for {path}"
    if before in (ABSENT, None):
        return f"{path} is there now" if before == ABSENT else f"now looks for {path}"
    return f"{path} is a {after} now, and was a {before}"


def _variable(name: str, before: str | None, after: str | None) -> str:
    if name == "*":
        return "environment variables changed, of which all are read"
    if before is None:
        return f"now reads the environment variable {name}"
    return (
        f"environment variable {name} changed"
        if after
        else f"no longer reads the environment variable {name}"
    )


def _there(digest: str | None) -> str | None:
    return None if digest == ABSENT else digest


def _verb(before: str | None, after: str | None) -> str:
    if before is None:
        return "is new"
    return "is gone" if after is None else "changed"


def _shown(value: str | None) -> str:
    return value if value is not None else "none"


def _moment(seconds: str) -> str:
    return datetime.fromtimestamp(float(seconds), timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def part_in_words(part: str, digest: str, places: Mapping[str, Place]) -> str:
    """What a part of a fresh asset's manifest stands for."""
    match part.partition(":")[0]:
        case "code":
            place = places.get(part)
            return f"{_unit(part)[1]}{f' ({place})' if place else ''}"
        case "package" | "python" | "code_version" | "parameter" | "blocking":
            return digest
        case "input":
            return f"data version {digest[:12]}" if digest not in _WORDS else digest
        case "exists" | "import-exists" if digest != ABSENT:
            return f"a {digest}"
        case "link" | "import-link" if digest != ABSENT:
            return digest
        case "file" | "dir" | "exists" | "link" | "import" | "import-dir" | "import-exists" | "import-link":
            return "not there" if digest == ABSENT else f"content {digest[:12]}"
        case "unpickled":
            return "named by a pickle that it loaded"
        case "learned":
            return "executed though no name leads there"
        case "program" if digest != ABSENT:
            path, _, content = digest.rpartition(" ")
            return f"{path}, content {content[:12]}"
        case "program":
            return "not there"
        case "mode" | "kept":
            return digest
        case "made" | "seen" | "checked":
            return digest if digest == NEVER else f"as of event {digest}"
        case "network":
            return "what is there now is not looked at"
        case "until":
            return _moment(part.partition(":")[2])
        case _:
            return digest[:12]
