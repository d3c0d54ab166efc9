"""What a running step asks of the project's history, answered; and on what each answer rests.

An answer rests on what happened last to the assets and checks that it was asked about: that becomes a part of the
manifest, as a file does that is read. `newest` says what such a part is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from dagx.errors import DagxError
from dagx_engine.io.history import Happening, HistoryRows, RunTimes, Wanted
from dagx_engine.pure.definitions import CheckKey, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.staleness import NEVER
from dagx_engine.pure.value import dataclass

__all__ = ["Answer", "Own", "answer", "newest"]

_MOST_PARTITIONS = 20
"""Of an answer about more partitions, what happened to any partition of the asset counts."""

_CODE = ("code:", "module:", "value:", "wiring:")


@dataclass(frozen=True)
class Own:
    """What a step makes and checks, of whatever partitions: what it asks of these is its own past."""

    assets: frozenset[str]
    checks: frozenset[CheckKey]

    @staticmethod
    def of(generation: Generation, step: StepName) -> Own:
        found = generation.steps[step]
        whole = generation.steps[found.of] if found.of is not None else found
        checks = (generation.part(check)[0] for check in whole.checks)
        assets = (generation.part(asset)[0] for asset in (*whole.assets, *whole.observes))
        return Own(
            frozenset(str(asset) for asset in assets),
            frozenset(check for check in checks if isinstance(check, CheckKey)),
        )

    def has_check(self, asset: str, name: str | None) -> bool:
        """Whether this check, or without a name some check of the asset, is one of them."""
        return any(check.asset == asset and name in (None, check.name) for check in self.checks)


@dataclass(frozen=True)
class Answer:
    """`body` goes to the worker; `parts` are what the answer rests on, as it is now."""

    body: Mapping[str, Any]
    parts: Mapping[str, str] = field(default_factory=dict)


def answer(events: HistoryRows, question: Mapping[str, Any], own: Own) -> Answer:
    """The answer to one question of a step. Raises DagxError for a question that is none."""
    match question:
        case {"about": "events", "wanted": wanted}:
            asked = _wanted(wanted)
            found, more = events.page(asked)
            rows = [_happening_json(events, item) for item in found]
            return Answer({"events": rows, "more": more}, _parts(events, asked, own))
        case {"about": "partitions", "wanted": wanted}:
            asked = _wanted(wanted)
            numbers = events.newest_of_partitions(asked)
            return Answer({"partitions": numbers}, _parts(events, asked, own))
        case {"about": "assets"}:
            return Answer({"assets": events.assets()})
        case {"about": "runs", "run": run}:
            return Answer({"runs": [_run_json(found) for found in events.runs(run)]})
        case _:
            raise DagxError(f"the engine does not know the question {question.get('about')!r}")


def newest(events: HistoryRows | None, part: str) -> str:
    """What a part that an answer rests on (`made:`, `seen:`, `checked:`) is now."""
    kind, _, rest = part.partition(":")
    if events is None:
        return NEVER
    if kind == "checked":
        asset, _, name = rest.rpartition(":")
        return _shown([events.newest(kind, asset, name=name or None)])
    numbers = [events.newest(kind, rest)]
    if rest.endswith("]"):  # a partition; or an asset with a bracket in its name, which is looked for as well
        asset, _, partition = rest[:-1].partition("[")
        numbers.append(events.newest(kind, asset, partition))
    return _shown(numbers)


def _shown(numbers: Iterable[int | None]) -> str:
    found = [number for number in numbers if number is not None]
    return str(max(found)) if found else NEVER


def _parts(events: HistoryRows, wanted: Wanted, own: Own) -> dict[str, str]:
    """What an answer about one asset rests on. Of what is asked of no asset in particular nothing is known: as with the
    clock, that does not make a result stale.
    """
    asset = wanted.asset
    if asset is None:
        return {}
    names: list[str] = []
    for kind in wanted.kinds:
        if kind in ("made", "seen") and asset not in own.assets:
            some = wanted.partitions
            if some is None or len(some) > _MOST_PARTITIONS:
                names.append(f"{kind}:{asset}")
            else:
                names += [f"{kind}:{asset}[{key}]" for key in some]
        elif kind == "checked" and not own.has_check(asset, wanted.name):
            names.append(f"checked:{asset}:{wanted.name or ''}")
    return {name: newest(events, name) for name in names}


def _wanted(given: Mapping[str, Any]) -> Wanted:
    return Wanted(**given)


# As JSON


def _happening_json(events: HistoryRows, item: Happening) -> dict[str, Any]:
    """An event; of what a step made also what it was made from."""
    found: dict[str, Any] = {
        "number": item.number,
        "at": item.at,
        "run": item.run,
        "step": item.step.partition("[")[0],
        "kind": item.kind,
        "asset": item.asset,
        "partition": item.partition,
    }
    if item.asset is None:
        return {**found, "body": item.body}
    found |= {"metadata": item.metadata, "tags": item.tags, "description": item.description}
    if item.kind == "checked":
        found |= {
            "name": item.name,
            "passed": item.passed,
            "severity": item.severity,
            "blocking": item.blocking,
            "target": item.target,
        }
    elif not item.is_recorded:
        found["data_version"] = item.data_version
        if item.kind == "made" and item.parts:
            found["code_version"] = _code_version(item)
            found["inputs"] = _inputs(events, item)
    return found


def _code_version(item: Happening) -> str:
    """The one that the asset was given; else a digest of the code that it can reach."""
    parts = dict(item.parts)
    given = parts.get(f"code_version:{item.asset}")
    if given is None:
        versions = [version for name, version in item.parts if name.startswith("code_version:")]
        given = versions[0] if len(versions) == 1 else None
    if given is not None:
        return given
    return Manifest.of(part for part in item.parts if part[0].startswith(_CODE)).key


def _inputs(events: HistoryRows, item: Happening) -> dict[str, tuple[str, int | None]]:
    """For each asset that it was made from the data version, of several partitions together, and its newest event."""
    versions: dict[str, list[tuple[str, str]]] = {}
    for part, version in item.parts:
        if part.startswith("input:"):
            asset, partition = _asset_and_partition(part.partition(":")[2])
            versions.setdefault(asset, []).append((partition, version))
    return {
        asset: (_together(found), _pointer(events, asset, [key for key, _ in found], item.number))
        for asset, found in versions.items()
    }


def _asset_and_partition(key: str) -> tuple[str, str]:
    if not key.endswith("]"):
        return key, ""
    asset, _, partition = key[:-1].partition("[")
    return asset, partition


def _together(versions: Sequence[tuple[str, str]]) -> str:
    return versions[0][1] if len(versions) == 1 else Manifest.of(versions).key


def _pointer(events: HistoryRows, asset: str, partitions: Sequence[str], before: int) -> int | None:
    def found() -> Iterator[int]:
        for kind in ("made", "seen"):
            for partition in partitions[:_MOST_PARTITIONS]:
                number = events.newest(kind, asset, partition, before)
                if number is not None:
                    yield number

    return max(found(), default=None)


def _run_json(found: RunTimes) -> dict[str, Any]:
    return {
        "number": found.number,
        "id": found.id,
        "status": found.status,
        "assets": found.assets,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
    }
