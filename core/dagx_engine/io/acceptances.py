"""What `state.db` says of differences that somebody accepted: each of one result, of an asset or of a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dagx_engine.io.database import Database
from dagx_engine.io.events import append_event
from dagx_engine.pure.manifest import Accepted, Change

__all__ = ["AcceptanceRows"]

_Accepted = Mapping[int, tuple[Accepted, ...]]


class AcceptanceRows:
    """`file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def read(self) -> tuple[_Accepted, _Accepted]:
        """Those of materializations, and those of results of checks: by their numbers, in the order of acceptance."""
        of_made: dict[int, tuple[Accepted, ...]] = {}
        of_checks: dict[int, tuple[Accepted, ...]] = {}
        rows = self._file.rows(
            "SELECT materialization, evaluation, part, before, after, words, made_at FROM acceptances ORDER BY id"
        )
        for made, check, part, before, after, words, at in rows:
            found, number = (of_made, made) if made is not None else (of_checks, check)
            found[number] = (*found.get(number, ()), Accepted(Change(part, before, after), words, at))
        return of_made, of_checks

    def accept(self, at: float, step: str, of_made: _Accepted, of_checks: _Accepted) -> None:
        """Write down what was accepted of the results of a step."""
        rows: list[tuple[int | None, int | None, Accepted]]
        rows = [(number, None, each) for number, some in of_made.items() for each in some]
        rows += [(None, number, each) for number, some in of_checks.items() for each in some]
        with self._file.transaction() as db:
            for made, check, each in rows:
                part, before, after = each.change.part, each.change.before, each.change.after
                db.execute(
                    "INSERT INTO acceptances(materialization, evaluation, part, before, after, words, made_at) "
                    "VALUES (?,?,?,?,?,?,?)",
                    (made, check, part, before, after, each.words, each.at),
                )
            said = [
                [e.change.part, e.change.before, e.change.after] for e in dict.fromkeys(r[2] for r in rows)
            ]
            append_event(db, at, "accepted", None, step, results=list(of_made), parts=said)

    def revoke(self, at: float, step: str, made: Sequence[int], checks: Sequence[int]) -> None:
        """What was accepted of these results of a step counts again."""
        with self._file.transaction() as db:
            db.executemany(
                "DELETE FROM acceptances WHERE materialization = ?", [(number,) for number in made]
            )
            db.executemany("DELETE FROM acceptances WHERE evaluation = ?", [(number,) for number in checks])
            append_event(db, at, "acceptance_revoked", None, step, results=list(made))
