"""A PostgreSQL connection spoken to past the driver's cursors, for whoever writes.

A lone caller pays for each statement: a cursor, its journey through the driver's pipeline and the
waiting in it take some 80 microseconds of the processor, the same in the words of libpq five.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from zhunru.store.committed import Query
from zhunru.store.tables import Record

# Each is kept by the server as well. One goes with each mix of tables that a group touches: a
# hundred are common, and a store that runs for months must not gather all that there may be.
MOST_PREPARED = 500
# Far above the time that the server itself lets a statement wait for another worker.
PATIENCE_SECONDS = 120
_FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.PIPELINE_ABORTED})


class Wire:
    """Statements in journeys: all of one leave together, and each is prepared once.

    After an error the connection must be given up: what was still under way is not waited for.
    """

    def __init__(self, connection: psycopg.Connection[Record]) -> None:
        self._pg = connection.pgconn
        self._names: dict[str, bytes] = {}
        self._rows = Transformer(connection)
        self._selector = DefaultSelector()
        self._selector.register(self._pg.socket, EVENT_READ)
        # Of each statement that left ahead of a journey, whether it was prepared on the way.
        self._ahead: list[bool] = []

    def send_ahead(self, statements: Sequence[Query]) -> None:
        """Let statements leave whose rows nobody asks for: the server carries them out meanwhile,
        and what became of them is found at the next journey."""
        self._ahead += self._send_all(statements)
        # What finds no room leaves with what comes next: to wait for it is to wait for the server.
        self._pg.flush()

    def journey(self, statements: Sequence[Query]) -> list[list[Record]]:
        """Carry out statements, their values marked by `?`, and return the rows of each."""
        prepared = self._send_all(statements)
        self._pg.pipeline_sync()
        self._flush()
        ahead, self._ahead = self._ahead, []
        for fresh in ahead:
            self._outcome(fresh)
        found = [self._loaded(self._outcome(fresh)) for fresh in prepared]
        self._next()  # the end of the journey
        self._pg.exit_pipeline_mode()
        return found

    def _send_all(self, statements: Sequence[Query]) -> list[bool]:
        if len(self._names) > MOST_PREPARED and not self._ahead:
            self._forget()
        # A value that cannot be written is found before anything has left: it may be that of one
        # work, which must not leave half a journey behind for the others.
        written = [(text, [_value(each) for each in values]) for text, values in statements]
        self._pg.enter_pipeline_mode()  # where statements left ahead, it is in it already
        return [self._send(text, values) for text, values in written]

    def _forget(self) -> None:
        """Begin with no statements prepared."""
        done = self._pg.exec_(b"DEALLOCATE ALL")
        if done.status != ExecStatus.COMMAND_OK:
            raise error_from_result(done)
        self._names.clear()

    def _send(self, text: str, values: Sequence[bytes | None]) -> bool:
        """Send a statement, and before it what prepares it; return whether that was needed."""
        name = self._names.get(text)
        fresh = name is None
        if name is None:
            name = self._names[text] = f"zhunru{len(self._names)}".encode()
            self._pg.send_prepare(name, _numbered(text))
        self._pg.send_query_prepared(name, values)
        return fresh

    def _flush(self) -> None:
        while self._pg.flush():
            # A full socket: the server may be waiting for us to read before it reads on.
            self._selector.modify(self._pg.socket, EVENT_READ | EVENT_WRITE)
            self._wait()
            self._selector.modify(self._pg.socket, EVENT_READ)
            self._pg.consume_input()

    def _outcome(self, fresh: bool) -> PGresult:
        """Return the result of a statement, behind that of preparing it."""
        if fresh:
            self._result()
        return self._result()

    def _result(self) -> PGresult:
        """Return the one result of a statement."""
        found = self._next()
        assert found is not None
        if found.status in _FAILED:
            raise error_from_result(found)
        self._next()  # nothing more of this statement
        return found

    def _next(self) -> PGresult | None:
        while self._pg.is_busy():
            # Lets go of the interpreter: a server may take long, or wait for another worker.
            self._wait()
            self._pg.consume_input()
        return self._pg.get_result()

    def _wait(self) -> None:
        # A server that says nothing for so long is taken for lost: all others wait behind this one.
        if not self._selector.select(PATIENCE_SECONDS):
            raise psycopg.OperationalError(f"no answer within {PATIENCE_SECONDS} seconds")

    def _loaded(self, result: PGresult) -> list[Record]:
        if not result.ntuples:
            return []
        self._rows.set_pgresult(result)
        return self._rows.load_rows(0, result.ntuples, tuple)


@cache
def _numbered(text: str) -> bytes:
    first, *rest = text.split("?")
    return "".join([first, *(f"${at}{part}" for at, part in enumerate(rest, 1))]).encode()


def _value(value: object) -> bytes | None:
    if value is None:
        return None
    text = str(value).encode()
    # libpq would take it for the end, and the rest would be lost without a word.
    if b"\0" in text:
        raise psycopg.DataError("a text with a NUL in it")
    return text
