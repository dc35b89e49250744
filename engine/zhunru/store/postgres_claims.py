"""Duties that one alone may have, of all who have a store in a PostgreSQL database open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import Lock

import psycopg

from zhunru.store.claims import SILENT
from zhunru.store.failures import failure
from zhunru.store.tables import Record

Connection = psycopg.Connection[Record]
# Any number will do, as long as nobody else in the database has duties under it.
_OURS = 0x5A52554E
# Stores may lie side by side in schemas of one database.
_TAKE = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || '.' || %s))"
# A machine that lost its power says nothing: the server has to find out, or keeps its locks.
_NOTICE = """
    SET tcp_keepalives_idle TO 20;
    SET tcp_keepalives_interval TO 10;
    SET tcp_keepalives_count TO 3;
"""
# Of one that hangs and does not ask for its duties the system answers for it that it lives. Older
# servers (before 14) have no such setting.
_HANGS = """
    SELECT set_config(name, %s, false) FROM pg_settings WHERE name = 'idle_session_timeout'
"""


class LockClaims:
    """Duties that are ours as long as a connection lives: the server lets go of its locks then."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._held: dict[str, tuple[Connection, int]] = {}
        self._numbers = count(1)
        self._closed = False
        self._lock = Lock()

    def claim(self, duty: str) -> int:
        """Return 0 if a duty is somebody else's; else a number, another one after it was lost."""
        with self._lock:
            if self._closed:
                raise failure("ZR860")
            connection, number = self._held.pop(duty, (None, 0))
            if connection is None or not _lives(connection):
                connection, number = self._taken(duty), next(self._numbers)
            if connection is None:
                return 0
            self._held[duty] = connection, number
            return number

    def _taken(self, duty: str) -> Connection | None:
        """Return a new connection that has a duty, or None."""
        connection = self._connect()
        try:
            connection.execute(_NOTICE)
            connection.execute(_HANGS, (f"{SILENT}s",))
            ((taken,),) = connection.execute(_TAKE, (_OURS, duty)).fetchall()
        except psycopg.Error as error:
            connection.close()
            raise failure("ZR863", reason=str(error).strip()) from error
        if taken:
            return connection
        connection.close()
        return None

    def close(self) -> None:
        """Leave all duties to others."""
        with self._lock:
            self._closed = True
            while self._held:
                self._held.popitem()[1][0].close()


def _lives(connection: Connection) -> bool:
    with suppress(psycopg.Error):
        connection.execute("SELECT 1")
        return True
    connection.close()
    return False
