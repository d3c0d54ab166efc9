"""What an asset rests on, in a few lines: the parts of its manifest, put together by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dagx_engine.pure.amounts import some
from dagx_engine.pure.declared import DECLARED, Pattern, matches
from dagx_engine.pure.definitions import Place
from dagx_engine.pure.manifest import ABSENT

__all__ = ["grouped"]

_GROUPS = {
    "code": "code",
    "code_version": "code",
    "module": "code",
    "value": "values",
    "parameter": "values",
    "input": "inputs",
    "file": "files",
    "dir": "files",
    "import": "files",
    "package": "packages",
    "python": "packages",
    "config": "settings",
    "resource": "settings",
    "io_manager": "settings",
    "variable": "settings",
    "env": "settings",
    "type": "settings",
    "stored": "settings",
    "loaded": "settings",
    "optional": "settings",
    "may miss": "settings",
    "blocking": "settings",
    "spec": "settings",
    "doc": "code",
    "source": "code",
    "learned": "code",
    "unpickled": "code",
    "exists": "files",
    "link": "files",
    "program": "programs",
    "mode": "files",
    "kept": "files",
    "import-dir": "files",
    "import-exists": "files",
    "import-link": "files",
    "made": "history",
    "seen": "history",
    "checked": "history",
    "until": "history",
    "network": "network",
}
_IN_ORDER = (
    "code",
    "values",
    "inputs",
    "files",
    "programs",
    "packages",
    "settings",
    "history",
    "network",
    "others",
)
_SHOWN = 6
_OUR_OWN = ("codec", "opened")
"""What is the same for all assets of a version of dagx; and what says no more than another part."""


def grouped(
    parts: Iterable[tuple[str, str]],
    places: Mapping[str, Place],
    widened: str = "",
    declared: Iterable[Pattern] = (),
) -> tuple[tuple[str, str], ...]:
    """(kind, which of them) for each kind of thing among these parts.

    `widened` says why all of the project counts as code, if it does; `declared` are the patterns of files that were
    declared, which are named in place of what they match.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    named = list(parts)
    for pattern in declared:
        groups.setdefault("files", []).append((DECLARED + pattern, _matched(pattern, named)))
    for part, digest in named:
        kind, _, rest = part.partition(":")
        if kind == "file" and any(matches(pattern, rest) for pattern in declared):
            continue
        if kind not in _OUR_OWN:
            groups.setdefault(_GROUPS.get(kind, "others"), []).append((part, digest))
    found = []
    for name in _IN_ORDER:
        members = groups.get(name)
        if not members:
            continue
        words = _code(members, places, widened) if name == "code" else _listed(_names(name, members))
        if words:
            found.append((name, words))
    return tuple(found)


def _matched(pattern: Pattern, parts: Iterable[tuple[str, str]]) -> str:
    """What is there of a pattern, in words."""
    found = [
        digest
        for part, digest in parts
        if part.startswith("file:") and matches(pattern, part[len("file:") :])
    ]
    count = sum(digest != ABSENT for digest in found)
    if not count:
        return ", absent"
    return "" if f"file:{pattern}" in dict(parts) else f", {some(count, 'file')}"


def _code(members: Iterable[tuple[str, str]], places: Mapping[str, Place], widened: str) -> str:
    said = []
    files: dict[str, int] = {}
    for part, digest in members:
        kind, _, rest = part.partition(":")
        if kind == "code_version":
            said.append(f"code version {digest} of {rest}")
        elif kind == "code":
            place = places.get(part)
            file = place.file if place is not None else rest.partition(":")[0]
            files[file] = files.get(file, 0) + 1
    if files:
        names = [f"{file} ({count:,})" for file, count in sorted(files.items(), key=lambda pair: -pair[1])]
        units = some(sum(files.values()), "unit")
        said.append(f"{units} in {some(len(files), 'file')}: {_listed(names)}")
    if widened:
        said.append(f"and all of the project, for {widened}")
    return "; ".join(said)


def _names(group: str, members: Iterable[tuple[str, str]]) -> list[str]:
    found = []
    for part, digest in members:
        kind, _, rest = part.partition(":")
        if kind == "python":
            found.append(f"python {digest}")
        elif kind == "package":
            found.append(f"{rest} {digest}")
        elif kind == "parameter":
            found += [f"{rest} from {digest}"] if rest != digest else []
        elif kind == "value":
            found.append(
                f"{rest.rpartition(':')[2]} of {rest.split(':')[1]}" if rest.count(":") > 1 else rest
            )
        elif kind in ("input", "file"):
            found.append(f"{rest} ({digest})" if digest in ("absent", "missing", "external") else rest)
        elif kind == "partition":
            found.append(f"partition {digest}")
        elif kind == "declared":
            found.append(f"{rest} (declared{digest})")
        elif kind == "mode":
            found.append(f"the mode of {rest}")
        elif kind == "kept":
            found.append(f"that {rest} is there")
        elif kind == "dir":
            found.append(f"the names in {rest}")
        elif kind in ("config", "resource", "variable", "io_manager"):
            word = {"variable": "environment variable", "io_manager": "IO manager"}.get(kind, kind)
            found.append(f"{word} {rest}")
        elif kind == "env":
            found.append(f"environment variable {rest}")
        else:
            found.append(f"{kind} {rest}".rstrip() if group == "others" else rest)
    return found


def _listed(names: list[str]) -> str:
    if len(names) <= _SHOWN + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN:,} more"
