"""The file `state.db` and a connection to it: opened, checked, brought up to date, written to in transactions.

It knows the version of the tables and not what stands in them. Nothing else may open these files: closing such a
descriptor drops SQLite's locks.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from dagx.errors import DagxError

__all__ = ["Database"]

_APPLICATION = 0x64616758  # "dagX"
_VERSION = 9
_WORTH_PACKING = 8 << 20
_NO_ROOM = 64 << 10
"""With less than this free on its disk, the database cannot be opened: that takes two files beside it."""


class Database:
    """A connection to the project's state. `write=True` is for the holder of the project lock alone.

    `is_empty`: nothing had been written when it was opened, not even tables.
    """

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Raises DagxError when the file is not ours, is newer than this dagx, or cannot be opened."""
        self.path = folder / "state.db"
        self._db = self._connect(write)
        self._is_joint = False
        self._is_undone = False
        self._part = _Part(self)
        found = os.stat(self.path)
        self._identity = (found.st_dev, found.st_ino)

    def _connect(self, write: bool) -> sqlite3.Connection:
        # To read, SQLite writes beside the file who reads; on a read-only disk nobody can change it meanwhile.
        kind = "mode=ro&immutable=1" if self._is_final() else "mode=ro"
        where = str(self.path) if write else f"{self.path.as_uri()}?{kind}"
        try:
            db = sqlite3.connect(where, uri=not write, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self.unusable(str(error)) from error
        try:
            self._open(db, write)
        except sqlite3.Error as error:
            db.close()
            raise self.unusable(str(error)) from error
        except BaseException:
            db.close()
            raise
        return db

    def _is_final(self) -> bool:
        """Whether the file stands on a read-only disk, and all that was committed is in it."""
        log = self.path.with_name(f"{self.path.name}-wal")
        try:
            return bool(os.statvfs(self.path).f_flag & os.ST_RDONLY) and not (
                log.exists() and log.stat().st_size
            )
        except OSError:
            return False

    def _open(self, db: sqlite3.Connection, write: bool) -> None:
        db.execute("PRAGMA busy_timeout = 10000")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (application,) = db.execute("PRAGMA application_id").fetchone()
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != _APPLICATION:
            raise self.unusable("it is not a dagx database")
        if version > _VERSION:
            raise DagxError(
                f"{self.path} was written by a newer dagx (version {version} of the tables; this one knows {_VERSION})",
                hint="upgrade dagx, or move the .dagx folder aside to start over",
            )
        self.is_empty = not tables
        if write:
            self._prepare(db, version)
        elif tables and version < _VERSION:
            raise DagxError(
                f"{self.path} was written by an older dagx (version {version} of the tables; this one has {_VERSION})",
                hint="`dagx run` or `dagx dev` brings it up to date",
            )

    def _prepare(self, db: sqlite3.Connection, version: int) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "journal_size_limit = 16777216",
        ):
            db.execute(f"PRAGMA {pragma}").fetchall()
        if version < _VERSION:
            from dagx_engine.io import schema  # noqa: PLC0415 - sqlite-utils costs 90 ms, needed once a project

            # The name first: killed on the way to the tables, the next start must know that they are its own.
            db.execute(f"PRAGMA application_id = {_APPLICATION}")
            schema.migrate(db)
            db.execute(f"PRAGMA user_version = {_VERSION}")

    def unusable(self, reason: str) -> DagxError:
        with suppress(OSError):
            disk = os.statvfs(self.path.parent)
            if disk.f_bavail * disk.f_frsize < _NO_ROOM:
                return DagxError(
                    f"{self.path} cannot be used: the disk is full ({reason})",
                    hint="nothing was lost; free some space and run again: `dagx gc` frees what dagx does not need",
                )
            if disk.f_flag & os.ST_RDONLY:
                return DagxError(
                    f"{self.path} cannot be used: its disk is read-only ({reason})",
                    hint="copy the project to where it can be written, or make the disk writable",
                )
        return DagxError(
            f"{self.path} cannot be used: {reason}",
            hint="move the .dagx folder aside to start over; everything in it can be made again",
        )

    def close(self) -> None:
        self._db.close()

    @property
    def is_in_place(self) -> bool:
        """Whether the file that was opened is still the one in the project."""
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def commits_of_others(self) -> int:
        """A number that is another after another connection has written."""
        (found,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(found)

    @property
    def changes(self) -> int:
        """How many rows were written by this connection."""
        return self._db.total_changes

    def pack(self) -> int:
        """Give the room of rows that are gone back to the disk, if that is worth while; returns the bytes."""
        size, free, pages = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "freelist_count", "page_count")
        )
        if free * size < _WORTH_PACKING or free * 4 < pages:
            return 0
        try:
            self._db.execute("VACUUM")
        except sqlite3.Error as error:
            raise DagxError(f"{self.path} cannot be packed: {error}", hint="nothing was lost") from error
        return int(free * size)

    def transaction(self, *, durable: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        """All of it is written, or nothing. `durable`: on return it also outlasts a power cut.

        Without, the last transactions may be forgotten by one, never a part of one.
        """
        return self._part if self._is_joint else self._alone(durable)

    @contextmanager
    def _alone(self, durable: bool) -> Iterator[sqlite3.Connection]:
        try:
            if durable:
                self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                if durable:
                    self._db.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error as error:
            raise self._unwritable(str(error)) from error

    @contextmanager
    def together(self) -> Iterator[None]:
        """The transactions in it become one, written when it is left: all that happened at once, or nothing of it."""
        if self._is_joint:
            yield
            return
        self._is_joint, self._is_undone = True, False
        try:
            yield
            if self._is_undone:
                raise self._unwritable("a part of what was to be written with it could not be")
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unwritable(str(error)) from error
        finally:
            self._is_joint = False
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def begin_part(self) -> sqlite3.Connection:
        """Something is to be written with the rest."""
        try:
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self.undone(error) from error
        return self._db

    def undone(self, error: BaseException) -> DagxError:
        """A part of what is written together failed: all of that is taken back."""
        self._is_undone = True
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        return self._unwritable(str(error))

    def _unwritable(self, reason: str) -> DagxError:
        return DagxError(
            f"{self.path} cannot be written: {reason}",
            hint="nothing was lost; free some space and run again",
        )

    def rows(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[sqlite3.Row]:
        """All rows that a question has."""
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        try:
            return cursor.execute(sql, values if isinstance(values, Mapping) else tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise self.unusable(str(error)) from error
        finally:
            cursor.close()


class _Part(AbstractContextManager[sqlite3.Connection]):
    """Of what is written together. One serves all: there are several for each step."""

    def __init__(self, whole: Database) -> None:
        self._whole = whole

    def __enter__(self) -> sqlite3.Connection:
        return self._whole.begin_part()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            problem = self._whole.undone(error)
            if isinstance(error, sqlite3.Error):
                raise problem from error
