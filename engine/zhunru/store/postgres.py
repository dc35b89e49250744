"""The store in a PostgreSQL database, for several workers at once.

Workers take turns: whoever writes locks one row first. A group then costs two journeys, one that
locks and fetches what the works named, and one that writes and commits. Of a large group most rows
leave before that, while its last works are still being run: two processors then work on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus

from zhunru.errors import StoreError
from zhunru.store.committed import Query, Session
from zhunru.store.database import DatabaseStore, WritingSession
from zhunru.store.failures import failure
from zhunru.store.migrations import bring_up_to_date
from zhunru.store.postgres_claims import LockClaims
from zhunru.store.schema import POSTGRES
from zhunru.store.tables import Record, Table
from zhunru.store.wire import Wire
from zhunru.store.writing import Plan

Connection = psycopg.Connection[Record]
BUSY_SECONDS = 30
_SETTINGS = f"""
    SET client_encoding TO 'UTF8';
    SET jit TO off; -- compiling a statement takes longer than these statements do
    -- Everything here goes by keys; a plan made while tables were small must not stay.
    SET enable_seqscan TO off;
    SET enable_hashjoin TO off;
    SET enable_mergejoin TO off;
    SET lock_timeout TO '{BUSY_SECONDS}s';
    SET idle_in_transaction_session_timeout TO '60s';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')
"""
_TAKE_TURN = "SELECT value FROM zhunru_store WHERE name = 'writer' FOR UPDATE"
_LEAVE_NAME = "UPDATE zhunru_store SET value = ? WHERE name = 'writer'"
# In seconds, the last in milliseconds.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_CLOSING_SECONDS = 5
# Works of a group whose rows leave together, while those behind them are still being run.
AHEAD = 40
# Any number will do, as long as nobody else in the database makes tables under it.
_MAKING_TABLES = 0x5A52554E


def open_postgres(
    url: str, algorithm: str | None = None, *, untouched: bool = False
) -> DatabaseStore:
    """Open the store in a database, or make it in an empty one.

    `untouched`: all is read in one transaction, and whatever that changes is taken back.
    """
    return DatabaseStore(PostgresDatabase(url, algorithm, untouched))


class PostgresDatabase:
    """One connection that writes, and as many as are needed that read; lost ones are replaced."""

    errors: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str, algorithm: str | None, untouched: bool = False) -> None:
        self._url = url
        self._untouched = untouched
        self._lock = Lock()
        self._readers: deque[Connection] = deque()
        self._claims = LockClaims(self._connect)
        self._closed = False
        # Whoever writes leaves its name, so that the next one sees whether it was the last.
        self._name = token_hex(8)
        self._writer: Connection | None = self._connect()
        self._wire: Wire | None = self._wired(self._writer)
        try:
            self.algorithm = self._prepare(self._writer, algorithm)
        except BaseException:
            self._writer.close()
            raise

    def _connect(self) -> Connection:
        try:
            connection = psycopg.connect(self._url, autocommit=True, **_patience(self._url))
            connection.execute(_SETTINGS)
        except psycopg.Error as error:
            raise failure("ZR851", address=_shown(self._url), reason=str(error)) from error
        connection.prepare_threshold = 1
        return connection

    def _wired(self, connection: Connection) -> Wire:
        # Writes go by whole keys: planning them anew each time would find the same again.
        with translated(self._url, connection):
            connection.execute("SET plan_cache_mode TO force_generic_plan")
        return Wire(connection)

    def _prepare(self, connection: Connection, algorithm: str | None) -> str:
        session = _Session(connection)
        if self._untouched:
            with translated(self._url, connection):
                # Whoever takes what is read may be slow.
                session.query("SET idle_in_transaction_session_timeout TO 0")
                session.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
                tables = [name for (name,) in session.query(_TABLES)]
                return bring_up_to_date(session.query, POSTGRES, tables, algorithm)
        # Two workers may find the same empty database: one of them makes the tables.
        with translated(self._url, connection), connection.transaction():
            session.query("SELECT pg_advisory_xact_lock(?)", (_MAKING_TABLES,))
            tables = [name for (name,) in session.query(_TABLES)]
            made = bring_up_to_date(session.query, POSTGRES, tables, algorithm)
            session.query(
                "INSERT INTO zhunru_store (name, value) VALUES ('writer', '') "
                "ON CONFLICT (name) DO NOTHING"
            )
        return made

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session on one consistent state."""
        if self._closed:
            raise failure("ZR860")
        if self._untouched and self._writer is not None:
            with translated(self._url, self._writer):
                yield _Session(self._writer)
            return
        connection = self._reader()
        try:
            with translated(self._url, connection):
                yield _Session(connection)
        finally:
            _roll_back(connection)
            if connection.closed or self._closed:
                connection.close()
            else:
                self._readers.append(connection)

    def _reader(self) -> Connection:
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        while self._readers:
            with suppress(IndexError, psycopg.Error):
                connection = self._readers.pop()
                connection.execute(begin)
                return connection
        connection = self._connect()
        with translated(self._url, connection):
            connection.execute(begin)
        return connection

    @contextmanager
    def writing(self) -> Iterator[WritingSession]:
        """Open the session that writes; only one worker in the whole database has one."""
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            if self._untouched:
                raise failure("ZR853")
            # A server that was started again costs the first write after it a new connection.
            connection = self._writer
            if connection is None or self._wire is None or connection.closed:
                connection = self._writer = self._connect()
                self._wire = self._wired(connection)
                # It may lead to another server, which lacks what was written last: what is kept is
                # then as if somebody else had written.
                self._name = token_hex(8)
            session = _WritingSession(self._wire, self._name)
            try:
                with translated(self._url, connection, session):
                    yield session
            except BaseException:
                # Whatever was still under way on this connection, and what it left prepared.
                connection.close()
                raise
            finally:
                _roll_back(connection)

    def claim(self, duty: str) -> int:
        """Tell whether a duty is ours."""
        return self._claims.claim(duty)

    def back_up(self, target: Path) -> None:
        """Refuse: the programs of the server copy it."""
        raise failure("ZR869")

    def close(self) -> None:
        """Let go of every connection, and leave our duties to others."""
        self._closed = True
        self._claims.close()
        # The committer has waited long enough for whoever may still be in a write.
        held = self._lock.acquire(timeout=_CLOSING_SECONDS)
        try:
            while self._readers:
                self._readers.pop().close()
            # One that is in use is let go of by whoever uses it: two must not speak on it at once.
            if held and self._writer is not None:
                self._writer.close()
        finally:
            if held:
                self._lock.release()


def _patience(url: str) -> dict[str, Any]:
    """Return after how long a silent network is taken for cut, unless the address says."""
    said = psycopg.conninfo.conninfo_to_dict(url)
    return {name: value for name, value in _PATIENCE.items() if name not in said}


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def _roll_back(connection: Connection) -> None:
    if not connection.closed and connection.info.transaction_status != TransactionStatus.IDLE:
        # Not by the driver: after a rollback it would prepare all of its statements anew.
        done = connection.pgconn.exec_(b"ROLLBACK")
        if done.status != ExecStatus.COMMAND_OK:
            connection.close()


class _Session:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def query(self, text: str, values: Sequence[object] = ()) -> list[Record]:
        cursor = self._connection.execute(_marked(text), values)
        return cursor.fetchall() if cursor.description else []

    def query_all(self, queries: Sequence[Query]) -> list[list[Record]]:
        # In a pipeline these all leave before the first answer is waited for.
        cursors = [self._connection.execute(_marked(text), values) for text, values in queries]
        return [cursor.fetchall() for cursor in cursors]

    def among(self, values: Sequence[str]) -> tuple[str, object]:
        return "= ANY(?::text[])", _literal("t", values)


class _WritingSession:
    committing = False
    ahead = AHEAD

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._name = name
        self._replaces = False
        self._last = ""
        # Begins once nobody else writes any more; leaves with whatever is asked for first.
        self._begun = False

    def _journey(self, queries: Sequence[Query]) -> list[list[Record]]:
        if self._begun:
            return self._wire.journey(queries)
        self._begun = True
        _, ((self._last,),), *found = self._wire.journey([*_BEGIN, *queries])
        return found

    def alone(self) -> bool:
        if not self._begun:
            self._journey(())
        self._replaces = self._last != self._name
        return not self._replaces

    def query(self, text: str, values: Sequence[object] = ()) -> list[Record]:
        return self._journey([(text, values)])[0]

    def query_all(self, queries: Sequence[Query]) -> list[list[Record]]:
        return self._journey(queries)

    def among(self, values: Sequence[str]) -> tuple[str, object]:
        return "= ANY(?::text[])", _literal("t", values)

    def send_ahead(self, made: Plan) -> None:
        if not self._begun:
            self._journey(())
        self._wire.send_ahead([_written(made)])

    def carry_out(self, made: Plan) -> None:
        # From here on a lost connection leaves open whether the commit arrived.
        self.committing = True
        queries: list[Query] = []
        if made.writes:
            queries.append(_written(made))
        if self._replaces:
            queries.append((_LEAVE_NAME, (self._name,)))
        if made.sent:
            queries.append((_MARK_SENT, (_literal("i", made.sent),)))
            queries.append((_FORGET_SENT, ()))
        queries.append(("COMMIT", ()))
        self._journey(queries)


_BEGIN: tuple[Query, ...] = (("BEGIN", ()), (_TAKE_TURN, ()))
_MARK_SENT = "UPDATE messages SET sent = 1 WHERE ticket = ANY(?::int8[])"
_FORGET_SENT = "DELETE FROM messages WHERE sent = 1 AND ticket < (SELECT max(ticket) FROM messages)"
# How a column of several rows is taken apart: by a mark between its texts, or as an array.
_MARK = "\x1f"
_ARRAYS = {"t": "?::text[]", "i": "?::int8[]", "b": "?::bytea[]"}
_MARKED = {**_ARRAYS, "t": "string_to_array(?, E'\\x1f')"}


@cache
def _marked(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")


def _written(made: Plan) -> Query:
    """Return the statement that writes the rows of a plan, with its values."""
    rows = [(t.types[: len(t.key)], rows) for t, rows in made.gone]
    rows += [(t.types, rows) for t, rows in made.put]
    parts = tuple([(t, len(rows) == 1) for t, rows in (*made.gone, *made.put)])
    gone = len(made.gone)
    try:
        values = [each for part in rows for each in _values(*part, _joined)]
    except _MarkInside:
        values = [each for part in rows for each in _values(*part, _literal)]
        return _together(parts, gone, marked=False), values
    return _together(parts, gone, marked=True), values


@cache
def _together(parts: tuple[tuple[Table, bool], ...], gone: int, *, marked: bool) -> str:
    """Return one statement for all tables: each statement of its own costs as much as many rows.

    Of every table it is told whether it is one row; the first so many are taken away.
    """
    forms = _MARKED if marked else _ARRAYS
    texts = [_removal(*part, forms) for part in parts[:gone]]
    texts += [_insertion(*part, forms) for part in parts[gone:]]
    named = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(texts))
    return f"WITH {named} SELECT 1"


def _insertion(table: Table, single: bool, forms: Mapping[str, str]) -> str:
    into = f"INSERT INTO {table.name} ({table.listed})"
    if single:
        return f"{into} VALUES ({', '.join('?' * len(table.columns))}){table.conflict}"
    columns = ", ".join([forms[each] for each in table.types])
    return f"{into} SELECT * FROM unnest({columns}){table.conflict}"


def _removal(table: Table, single: bool, forms: Mapping[str, str]) -> str:
    if single:
        same = " AND ".join(f"{column} = ?" for column in table.key)
        return f"DELETE FROM {table.name} WHERE {same}"
    columns = ", ".join([forms[each] for each in table.types[: len(table.key)]])
    same = " AND ".join(f"{table.name}.{column} = gone.{column}" for column in table.key)
    return (
        f"DELETE FROM {table.name} USING unnest({columns}) AS gone ({', '.join(table.key)}) "
        f"WHERE {same}"
    )


def _values(
    types: str, rows: Sequence[Record], column: Callable[[str, Sequence[Any]], str]
) -> Sequence[object]:
    """Return the values of one row as they are, of several as one text for each column."""
    if len(rows) == 1:
        # Bytes are written in words of the database; everything else is its own text.
        return [f"\\x{v.hex()}" if t == "b" else v for t, v in zip(types, rows[0], strict=True)]
    return list(map(column, types, zip(*rows, strict=True)))


class _MarkInside(Exception):
    """A text has the mark in it that was to stand between the texts."""


def _joined(kind: str, values: Sequence[Any]) -> str:
    """Return a column of two rows or more; its texts go as they are, with a mark between them.

    In an array each of them would have to be escaped, by both sides one sign after the other.
    """
    if kind != "t":
        return _literal(kind, values)
    text = _MARK.join(values)
    # JSON never has it in it, but the key of a command, or a name, may.
    if text.count(_MARK) != len(values) - 1:
        raise _MarkInside
    return text


def _literal(kind: str, values: Sequence[Any]) -> str:
    """Return an array as PostgreSQL writes it."""
    if kind == "i":
        return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"
    if kind == "b":
        inner = [f'"\\\\x{value.hex()}"' for value in values]
    else:
        inner = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
    return "{" + ",".join(inner) + "}"


_CODES = {"53100": "ZR852", "25006": "ZR853", "XX001": "ZR854", "XX002": "ZR854", "55P03": "ZR857"}
_LOST = {None, "57P01", "57P02", "57P03", "57P05", "25P03"}


@contextmanager
def translated(
    url: str, connection: Connection, session: _WritingSession | None = None
) -> Iterator[None]:
    """Say in our words what the database reports."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise failure("ZR862", reason=str(error)) from error
    except psycopg.Error as error:
        committing = session is not None and session.committing
        raise _failure(error, url, connection, committing) from error


def _failure(
    error: psycopg.Error, url: str, connection: Connection, committing: bool
) -> StoreError:
    state = error.sqlstate
    reason = str(error).strip()
    if connection.closed or (isinstance(error, psycopg.OperationalError) and state in _LOST):
        connection.close()
        if committing:
            return failure("ZR861", uncertain=True)
        # A connection that is lost does not even know its address any more.
        return failure("ZR851", address=_shown(url), reason=reason)
    # A text with a NUL or half a character in it: the fault of one value, not of the server.
    if isinstance(error, psycopg.DataError):
        return failure("ZR862", reason=reason)
    code = _CODES.get(state or "", "ZR863")
    return failure(code, reason=reason, seconds=BUSY_SECONDS)


def _shown(url: str) -> str:
    """Return an address without its password."""
    rest = [
        part for part in psycopg.conninfo.conninfo_to_dict(url).items() if part[0] != "password"
    ]
    return " ".join(f"{name}={value}" for name, value in rest)
