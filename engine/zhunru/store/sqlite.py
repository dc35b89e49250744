"""The store in an SQLite file: the default, with nothing to install or run."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import orjson

from zhunru.errors import StoreError
from zhunru.store.backup import back_up
from zhunru.store.claims import FileClaims
from zhunru.store.committed import Query, Session
from zhunru.store.database import DatabaseStore, WritingSession
from zhunru.store.failures import failure
from zhunru.store.migrations import bring_up_to_date
from zhunru.store.schema import SQLITE, VERSION
from zhunru.store.tables import Record, Table
from zhunru.store.writing import Plan

Statement = Callable[[Table, int], str]
BUSY_SECONDS = 30
MARK = 0x5A52554E  # "ZRUN": what `file` and other programs tell the file by
_LARGEST = 128  # rows in one statement
_NOTHING = [None] * (_LARGEST * 16)
_PRAGMAS = (
    # What is acknowledged is on the disk: NORMAL would lose the last seconds in a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -65536",
    # Each checkpoint flushes the file; a longer log writes a page that changed often only once.
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA journal_size_limit = 134217728",
    # As in PostgreSQL: the fields of a case may be called as its parts are, in capitals.
    "PRAGMA case_sensitive_like = ON",
)


def open_sqlite(
    path: str | Path, algorithm: str | None = None, *, untouched: bool = False
) -> DatabaseStore:
    """Open or create the store in a file.

    `untouched`: nothing in it is changed; of one of an earlier program a copy is read.
    """
    path = Path(path)
    if not untouched:
        return DatabaseStore(SqliteDatabase(path, algorithm))
    if not _is_older(path):
        return DatabaseStore(SqliteDatabase(path, algorithm, looked_at=path))
    folder = TemporaryDirectory(prefix="zhunru-", ignore_cleanup_errors=True)
    copy = Path(folder.name) / "copy.db"
    with translated(str(path)), closing(_looking(path)) as live:
        back_up(live, copy)
    return DatabaseStore(SqliteDatabase(copy, algorithm, looked_at=path, folder=folder))


class SqliteDatabase:
    """One connection that writes, and as many as are needed that read."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(
        self,
        path: Path,
        algorithm: str | None,
        *,
        looked_at: Path | None = None,
        folder: TemporaryDirectory[str] | None = None,
    ) -> None:
        self._path = path
        self._looked_at = looked_at  # the store that stays as it is: this one, or what it copies
        self._folder = folder  # that goes away with this database
        self._lock = Lock()
        self._readers: deque[sqlite3.Connection] = deque()
        self._claims = FileClaims(path)
        self._closed = False
        with translated(str(path)):
            self._writer = self._connect()
            self._turn = _Turn(self, _WritingSession(self._writer))
            try:
                self.algorithm = self._prepare(algorithm)
            except BaseException:
                self._writer.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        if self._path == self._looked_at:
            return _looking(self._path)
        connection = sqlite3.connect(
            self._path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            timeout=BUSY_SECONDS,
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection

    def _prepare(self, algorithm: str | None) -> str:
        connection = self._writer
        session = _Session(connection)
        # Before anything else: a file that is not ours is not even switched to another journal.
        tables = _tables_of(connection)
        if tables and "zhunru_store" not in tables:
            raise failure("ZR856")
        if self._path == self._looked_at:
            # There is no step to take: one of an earlier program is copied first.
            return bring_up_to_date(session.query, SQLITE, tables, algorithm)
        _switch_journal(connection)
        # All steps in one transaction: a store is of one version or of the other.
        connection.execute("BEGIN IMMEDIATE")
        try:
            made = bring_up_to_date(session.query, SQLITE, _tables_of(connection), algorithm)
            # Whoever opens it only to read finds it on a full disk too.
            if session.query("PRAGMA application_id") != [(MARK,)]:
                connection.execute(f"PRAGMA application_id = {MARK}")
            connection.execute("COMMIT")
        finally:
            _roll_back(connection)
        return made

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session on one consistent state."""
        if self._closed:
            raise failure("ZR860")
        # Readers have connections of their own: they see the last commit and never wait.
        try:
            connection = self._readers.pop()
        except IndexError:
            with translated(str(self._path)):
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
        try:
            with translated(str(self._path)):
                connection.execute("BEGIN")
                yield _Session(connection)
        finally:
            _roll_back(connection)
            self._readers.append(connection)

    def writing(self) -> AbstractContextManager[WritingSession]:
        """Open the session that writes."""
        return self._turn

    def claim(self, duty: str) -> int:
        """Tell whether a duty is ours."""
        return self._claims.claim(duty)

    def back_up(self, target: Path) -> None:
        """Write a copy of the store into a new file."""
        source = self._looked_at
        with (
            translated(str(target)),
            closing(_looking(source) if source else self._connect()) as live,
        ):
            back_up(live, target)

    def close(self) -> None:
        """Let go of every connection, and leave our duties to others."""
        self._claims.close()
        with self._lock:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            self._writer.close()
        if self._folder is not None:
            self._folder.cleanup()


class _Turn:
    """The turn at writing, taken again and again.

    Not a generator like `reading`: what stands around its write is what a lone caller pays for.
    """

    def __init__(self, database: SqliteDatabase, session: WritingSession) -> None:
        self._database = database
        self._session = session
        self._lock = database._lock
        self._writer = database._writer

    def __enter__(self) -> WritingSession:
        self._lock.acquire()
        try:
            if self._database._closed:
                raise failure("ZR860")
            # Waits for other processes now; a lock taken at the first write could not.
            self._writer.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self.__exit__(None, error, None)
            raise
        return self._session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        try:
            _roll_back(self._writer)
        finally:
            self._lock.release()
        if isinstance(error, _THEIRS):
            raise _told(error, str(self._database._path)) from error


def _switch_journal(connection: sqlite3.Connection) -> None:
    """Let the file be read while it is written.

    Two who switch a new file at the same moment are both refused at once, whatever the time-out:
    then it is tried again.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            ((mode,),) = connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(random.uniform(0.001, 0.02))
            continue
        if mode != "wal":
            raise failure("ZR853")
        return


def _tables_of(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found]


def _looking(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves a file as it is, and nothing beside it."""
    path = path.resolve()
    ahead = path.with_name(f"{path.name}-wal")
    if ahead.is_file() and ahead.stat().st_size:
        mode = "mode=ro"  # whoever may write takes what stands in there into the file
    elif os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        mode = "mode=rw"  # whoever may write takes away at the end what lay beside it meanwhile
    else:
        mode = "immutable=1"  # there is no room for locks, and nobody who may write
    connection = sqlite3.connect(
        f"{path.as_uri()}?{mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )
    for pragma in ("PRAGMA query_only = ON", *_PRAGMAS):
        connection.execute(pragma)
    return connection


def _is_older(path: Path) -> bool:
    """Tell whether a file is a store of an earlier program, or one that nothing is in yet; what it
    is else, opening it tells."""
    with suppress(sqlite3.Error, ValueError), closing(_looking(path)) as connection:
        if not _tables_of(connection):
            return True
        query = "SELECT value FROM zhunru_store WHERE name = 'version'"
        return any(int(value) < VERSION for (value,) in connection.execute(query))
    return False


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        # What cannot be rolled back now is when the file is opened next.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


class _Session:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def query(self, text: str, values: Sequence[object] = ()) -> list[Record]:
        return self._connection.execute(text, values).fetchall()

    def query_all(self, queries: Sequence[Query]) -> list[list[Record]]:
        return [self.query(text, values) for text, values in queries]

    def among(self, values: Sequence[str]) -> tuple[str, object]:
        if len(values) == 1:
            return "= ?", values[0]
        try:
            return "IN (SELECT value FROM json_each(?))", orjson.dumps(values).decode()
        except TypeError as error:  # a lone surrogate: it must fail its own work alone
            raise failure("ZR862", reason=str(error)) from None


class _WritingSession(_Session):
    ahead = 0  # nobody else would carry it out meanwhile

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._version: Record = ()

    def alone(self) -> bool:
        # SQLite counts for each connection what others have committed.
        before = self._version
        (self._version,) = self.query("PRAGMA data_version")
        return before == self._version

    def send_ahead(self, made: Plan) -> None:
        execute = self._connection.execute
        # A lone caller writes one row a table: said straight away.
        for table, rows in made.gone:
            if len(rows) == 1:
                execute(_removal(table, 1), rows[0])
            else:
                self._in_chunks(_removal, table, rows)
        for table, rows in made.put:
            if len(rows) == 1:
                execute(_insertion(table, 1), rows[0])
            else:
                self._in_chunks(_insertion, table, rows)

    def carry_out(self, made: Plan) -> None:
        self.send_ahead(made)
        if made.sent:
            self._sent(made.sent)
        self._connection.execute("COMMIT")

    def _in_chunks(self, statement: Statement, table: Table, rows: list[Record]) -> None:
        # One statement for many rows: each lets go of the interpreter, and with many callers
        # waiting for it, getting it back costs more than writing the row.
        execute = self._connection.execute
        for at in range(0, len(rows), _LARGEST):
            part = rows[at : at + _LARGEST] if len(rows) > _LARGEST else rows
            # The next size up, or there would be a statement of its own for every number of rows.
            size = 1 << (len(part) - 1).bit_length()
            values = list(chain.from_iterable(part))
            # Of one row that is left over the number is no value.
            if statement is _insertion and size > 1:
                values += _NOTHING[: (size - len(part)) * len(table.columns)]
                values.append(len(part))
            elif statement is _removal:
                values += part[-1] * (size - len(part))
            execute(statement(table, size), values)

    def _sent(self, tickets: list[int]) -> None:
        text = orjson.dumps(tickets).decode()
        self._connection.execute(_MARK_SENT, (text,))
        self._connection.execute(_FORGET_SENT)


# The last message stays, marked: SQLite numbers on from the highest ticket that is there, and a
# ticket must never name a second message.
_MARK_SENT = "UPDATE messages SET sent = 1 WHERE ticket IN (SELECT value FROM json_each(?))"
_FORGET_SENT = "DELETE FROM messages WHERE sent = 1 AND ticket < (SELECT max(ticket) FROM messages)"


@cache
def _insertion(table: Table, size: int) -> str:
    """Return what puts up to so many rows; of more than one their number is the last value."""
    row = f"({', '.join('?' * len(table.columns))})"
    into = f"INSERT INTO {table.name} ({table.listed})"
    if size == 1:
        return f"{into} VALUES {row}{table.conflict}"
    # Behind a SELECT it must be plain that ON does not belong to a join: hence the WHERE.
    values = ", ".join([row] * size)
    return f"{into} SELECT * FROM (VALUES {values}) WHERE true LIMIT ?{table.conflict}"


@cache
def _removal(table: Table, size: int) -> str:
    if size == 1:
        same = " AND ".join(f"{column} = ?" for column in table.key)
        return f"DELETE FROM {table.name} WHERE {same}"
    row = f"({', '.join('?' * len(table.key))})"
    keys, values = ", ".join(table.key), ", ".join([row] * size)
    # Named first: for keys written out behind IN, SQLite reads the whole table instead.
    gone = f"WITH gone ({keys}) AS (VALUES {values})"
    return f"{gone} DELETE FROM {table.name} WHERE ({keys}) IN (SELECT * FROM gone)"


_CODES = {
    sqlite3.SQLITE_FULL: "ZR852",
    sqlite3.SQLITE_READONLY: "ZR853",
    sqlite3.SQLITE_CORRUPT: "ZR854",
    sqlite3.SQLITE_NOTADB: "ZR854",
    sqlite3.SQLITE_BUSY: "ZR857",
    sqlite3.SQLITE_CANTOPEN: "ZR851",
    sqlite3.SQLITE_TOOBIG: "ZR862",
}


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Say in our words what SQLite reports."""
    try:
        yield
    except _THEIRS as error:
        raise _told(error, address) from error


_THEIRS = (UnicodeEncodeError, OverflowError, sqlite3.Error)


def _told(error: Exception, address: str) -> StoreError:
    if not isinstance(error, sqlite3.Error):
        return failure("ZR862", reason=str(error))
    number = getattr(error, "sqlite_errorcode", None) or 0
    primary = number & 0xFF
    code = _CODES.get(primary, "ZR863")
    texts: dict[str, dict[str, object]] = {
        "ZR851": {"address": address, "reason": str(error)},
        "ZR857": {"seconds": BUSY_SECONDS},
    }
    values = texts.get(code, {"reason": str(error)})
    # When flushing itself fails, only reopening the file shows what has reached the disk.
    return failure(code, uncertain=primary == sqlite3.SQLITE_IOERR, **values)
