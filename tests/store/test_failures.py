"""Stores that cannot be opened, read or written: a code, what to do, and nothing lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from tests.store.disks import Disk, small_disk
from tests.store.rows import Counting, booking, opening, register_row, work
from tests.store.servers import Missing, Server, running_server, server_or_reason

from zhunru.errors import StoreError
from zhunru.store import sqlite
from zhunru.store.base import BundleRow, Change, Store, View, Work
from zhunru.store.chain import Chain, verify_chain
from zhunru.store.database import DatabaseStore
from zhunru.store.migrations import bring_up_to_date
from zhunru.store.opening import open_store, path_in
from zhunru.store.schema import POSTGRES, STEPS, VERSION
from zhunru.store.sqlite import SqliteDatabase

FIXTURES = Path(__file__).parents[1] / "fixtures" / "store"


def refused(address: str, **others: object) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_store(address, **others).close()  # type: ignore[arg-type]
    return caught.value


def failing(store: Store, one: Work) -> StoreError:
    with pytest.raises(StoreError) as caught:
        store.write(one)
    error = caught.value
    assert error.diagnostic.help("zh")
    assert error.diagnostic.help("en")
    return error


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["ModuleNotFoundError", "ImportError"])
def test_a_driver_that_is_missing_or_lacks_its_library_is_told(error: str, tmp_path: Path) -> None:
    package = tmp_path / "psycopg"
    package.mkdir()
    (package / "__init__.py").write_text(f"raise {error}('no pq wrapper available')\n")
    code = "from zhunru.store.opening import open_store; open_store('postgresql://x/y')"
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "StoreError: 没有安装所需的组件“psycopg”" in run.stderr


@pytest.mark.parametrize("address", ["", "mysql://localhost/x", "sqlite:", "http://x"])
def test_an_address_that_is_not_understood_opens_nothing(address: str) -> None:
    assert refused(address).code == "ZR850"


@pytest.mark.parametrize("form", ["{}", "sqlite:{}", "sqlite://{}"])
def test_a_file_is_opened_by_its_path(tmp_path: Path, form: str) -> None:
    open_store(form.format(tmp_path / "店.db")).close()
    assert (tmp_path / "店.db").exists()


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:///C:/办件/库.db", "C:/办件/库.db"),
        ("sqlite:///d:\\办件\\库.db", "d:\\办件\\库.db"),
        ("C:\\办件\\库.db", "C:\\办件\\库.db"),
        ("sqlite:C:\\库.db", "C:\\库.db"),
        ("//server/办件/库.db", "//server/办件/库.db"),
        ("sqlite:///var/库.db", "/var/库.db"),
        ("sqlite:///c:", "/c:"),
    ],
)
def test_a_drive_of_windows_stands_in_an_address(address: str, path: str) -> None:
    assert path_in(address) == path


def test_a_mistyped_path_makes_no_new_store_where_none_is_wanted(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "typo.db"), create=False).code == "ZR851"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = refused(str(tmp_path / "no" / "store.db"))
    assert error.code == "ZR851"
    assert "store.db" in error.diagnostic.message("zh")


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    error = refused(f"postgresql://zhunru:geheim@/x?host={tmp_path}")
    assert error.code == "ZR851"
    assert "geheim" not in str(error)


# --- files that are not ours ---------------------------------------------------------------------


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes("这不是数据库。".encode() * 100)
    before = path.read_bytes()
    assert refused(str(path)).code == "ZR854"
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE events (mine TEXT)")
        file.commit()
    before = path.read_bytes()
    assert refused(str(path)).code == "ZR856"
    assert path.read_bytes() == before


def test_a_database_of_another_program_on_a_server_is_left_alone(server: Server) -> None:
    psycopg = pytest.importorskip("psycopg")
    address = server.new_database()
    with psycopg.connect(address) as other:
        other.execute("CREATE TABLE events (mine TEXT)")
    assert refused(address).code == "ZR856"
    with psycopg.connect(address) as other:
        found = other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchall() == [("events",)]


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(str(path))
    for n in range(60):
        store.write(Counting(f"案{n}").work())
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(StoreError) as caught:
        damaged = open_store(str(path))
        for n in range(60):
            damaged.write(Counting(f"案{n}").work())
    assert caught.value.code == "ZR854"


def test_what_was_acknowledged_outlives_a_power_cut(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    """SQLite says how: in this mode a log is flushed at each commit; in others seconds are lost."""
    store = opened(str(tmp_path / "store.db"))
    assert isinstance(store, DatabaseStore)
    with store._database.writing() as session:
        assert session.query("PRAGMA journal_mode") == [("wal",)]
        assert session.query("PRAGMA synchronous") == [(2,)], "FULL"


def test_letters_that_were_sent_take_no_room(durable: str, opened: Callable[..., Store]) -> None:
    store = opened(durable)
    for _ in range(3):
        store.write(Counting("案1").work())
    store.sent([ticket for ticket, _ in store.messages(10)])
    ((left,),) = execute(durable, "SELECT count(*) FROM messages")
    assert left in (0, 1), "where tickets are numbered on from the last one, that one stays"
    assert store.messages(10) == []


# --- versions ------------------------------------------------------------------------------------


def test_a_store_of_a_newer_version_is_left_alone(durable: str) -> None:
    open_store(durable).close()
    execute(durable, "UPDATE zhunru_store SET value = '99' WHERE name = 'version'")
    error = refused(durable)
    assert error.code == "ZR855"
    assert "99" in error.diagnostic.message("zh")
    execute(durable, f"UPDATE zhunru_store SET value = '{VERSION}' WHERE name = 'version'")
    open_store(durable).close()


def test_a_store_that_does_not_say_what_it_is_is_left_alone(durable: str) -> None:
    open_store(durable).close()
    for name in ("version", "algorithm"):
        ((value,),) = execute(durable, f"SELECT value FROM zhunru_store WHERE name = '{name}'")
        execute(durable, f"DELETE FROM zhunru_store WHERE name = '{name}'")
        error = refused(durable)
        assert error.code == "ZR854" and name in error.diagnostic.message("zh")
        execute(durable, f"INSERT INTO zhunru_store (name, value) VALUES ('{name}', '{value}')")
    open_store(durable).close()


def execute(address: str, text: str) -> list[tuple[object, ...]]:
    if address.startswith("postgresql:"):
        import psycopg

        with psycopg.connect(address, autocommit=True) as server:
            cursor = server.execute(text)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []
    with closing(sqlite3.connect(address)) as file, file:
        return file.execute(text).fetchall()


def test_a_store_of_the_first_version_still_opens(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript((FIXTURES / "version-1.sql").read_text(encoding="utf-8"))
    store = opened(str(path))
    assert [row.case_id for row in store.find_cases()] == ["案1", "案2"]
    for partition in store.partitions():
        assert verify_chain(Chain(), partition, store.chain(partition)).broken is None
    assert store.write(Counting("案1", "令1").work()) == 2, "an old answer is still the answer"
    assert store.write(Counting("案1", "新").work()) == 3
    assert store.bundle("d") == BundleRow(digest="d", code="甲", registered=5, body=b"\x00\x01")
    assert store.read(lambda view: list(view.register_rows("应急响应"))) == [register_row()]
    assert store.read(lambda view: list(view.bookings("检查", "社区", 0, 9))) == [booking()]
    assert execute(str(path), "SELECT value FROM zhunru_store WHERE name = 'version'") == [
        (str(VERSION),)
    ]
    fresh = tmp_path / "new.db"
    opened(str(fresh))
    assert objects(str(path)) == objects(str(fresh))


def objects(path: str) -> list[tuple[object, ...]]:
    return execute(path, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")


def test_a_store_that_is_opened_on_a_full_disk_is_read(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "小", "4m"))
        except Missing as missing:
            pytest.skip(str(missing))
        path = str(disk.place / "store.db")
        store = opened(path)
        store.write(Counting("案1").work())
        disk.fill()
        other = opened(path)
        assert [row.case_id for row in other.find_cases()] == ["案1"]
        other.close()
        store.close()


def test_a_database_of_the_first_version_still_opens(
    server: Server, opened: Callable[..., Store]
) -> None:
    psycopg = pytest.importorskip("psycopg")
    address = server.new_database()
    with psycopg.connect(address) as old:

        def run(text: str, values: object) -> list[tuple[object, ...]]:
            cursor = old.execute(text.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []

        bring_up_to_date(run, POSTGRES, [], None, STEPS[:1])
    looking = opened(address, untouched=True)
    assert (looking.find_cases(), looking.next_due(), looking.letters(["dead"])) == ([], None, [])
    with pytest.raises(StoreError) as refused:
        looking.write(Counting("案1").work())
    assert refused.value.code == "ZR853"
    looking.close()
    version = "SELECT name, value FROM zhunru_store WHERE name IN ('version', 'writer')"
    assert execute(address, version) == [("version", "1")], "whoever only looks changes nothing"
    store = opened(address)
    assert store.write(Counting("案1").work()) == 1
    assert execute(address, "SELECT value FROM zhunru_store WHERE name = 'version'") == [
        (str(VERSION),)
    ]


def test_a_step_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "store.db")
    store = open_store(path)
    store.write(Counting("案1").work())
    store.close()
    before = objects(path)

    def broken(execute: Callable[..., object], *others: object) -> str:
        execute("CREATE TABLE half (a TEXT)", ())
        execute("NONSENSE", ())
        return ""

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "bring_up_to_date", broken)
        assert refused(path).code == "ZR863"
    assert objects(path) == before
    again = open_store(path)
    assert again.write(Counting("案1").work()) == 2
    again.close()


@pytest.mark.parametrize("asked", ["sm3", "md5"])
def test_the_digest_of_a_store_cannot_be_changed(durable: str, asked: str) -> None:
    open_store(durable).close()
    assert refused(durable, algorithm=asked).code == "ZR868"
    open_store(durable, algorithm="sha256").close()


def test_an_unknown_digest_makes_no_store(durable: str) -> None:
    assert refused(durable, algorithm="md5").code == "ZR864"
    open_store(durable, algorithm="sm3").close()


# --- SQLite: full, read-only, busy ---------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Iterator[str]:
    """A store file with one case of one event."""
    place = str(tmp_path / "store.db")
    store = open_store(place)
    store.write(Counting("案1", "令0").work())
    store.close()
    yield place


def test_a_full_file_refuses_and_keeps_what_was_acknowledged(
    path: str, opened: Callable[..., Store]
) -> None:
    store = opened(path)
    database = store._database  # type: ignore[attr-defined]
    assert isinstance(database, SqliteDatabase)
    ((pages,),) = database._writer.execute("PRAGMA page_count")
    database._writer.execute(f"PRAGMA max_page_count = {pages + 8}")
    acknowledged = 1
    with pytest.raises(StoreError) as caught:
        for n in range(1, 1_000):
            store.write(Counting("案1", f"令{n}").work())
            acknowledged += 1
    assert (caught.value.code, caught.value.uncertain) == ("ZR852", False)
    assert len(store.events("案1")) == acknowledged
    assert store.write(Counting("案1", "令0").work()) == 1, "what is known is still told"
    database._writer.execute("PRAGMA max_page_count = 100000")
    assert store.write(Counting("案1", "后来").work()) == acknowledged + 1


FILL = """
import sys
from zhunru.errors import StoreError
from zhunru.store.opening import open_store
from tests.store.rows import Counting
store = open_store(sys.argv[1])
done = 0
try:
    while True:
        store.write(Counting("案1", f"满{done}").work())
        done += 1
except StoreError as error:
    print(done, error.code)
"""


@contextmanager
def own_disk(place: Path, size: str) -> Iterator[Disk]:
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(place, size))
        except Missing as missing:
            pytest.skip(str(missing))
        yield disk


def test_a_full_disk_refuses_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    with own_disk(tmp_path / "disk", "2m") as disk:
        place = str(tmp_path / "disk" / "store.db")
        done = subprocess.run(
            [sys.executable, "-c", FILL, place],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        count, code = done.stdout.split()
        assert code == "ZR852"
        assert int(count) > 50
        disk.resize("8m")
        store = open_store(place)
        assert len(store.events("案1")) == int(count)
        assert verify_chain(Chain(), "甲街道", store.chain("甲街道")).broken is None
        assert store.write(Counting("案1", "后来").work()) == int(count) + 1
        store.close()


def test_a_full_disk_of_a_server_loses_nothing(
    tmp_path: Path, opened: Callable[..., Store]
) -> None:
    """The server may refuse, or stop altogether when it cannot write its log."""
    with server_or_reason() as found:
        if isinstance(found, str):
            pytest.skip(found)
    with ExitStack() as stack:
        # Not under the tests' own folder, which the server's user may not enter.
        parent = stack.enter_context(tempfile.TemporaryDirectory(prefix="zr-disk-"))
        Path(parent).chmod(0o755)
        place = Path(parent) / "disk"
        disk = stack.enter_context(own_disk(place, "140m"))
        server = stack.enter_context(running_server(folder=place))
        store = opened(server.new_database())
        acknowledged: dict[str, object] = {}
        with pytest.raises(StoreError) as caught:
            for n in range(10_000):
                command = f"令{n}"
                body = os.urandom(30_000).hex()
                acknowledged[command] = store.write(Counting("案1", command, body=body).work())
        assert caught.value.code in ("ZR852", "ZR851", "ZR861")
        lost = f"令{len(acknowledged)}"
        disk.resize("600m")
        server.restart()
        number = store.write(Counting("案1", lost).work())
        assert number == len(acknowledged) + 1, "asked again, it is carried out once"
        events = {event.command: event.number for event in store.events("案1")}
        assert events == {**acknowledged, lost: number}
        assert verify_chain(Chain(), "甲街道", store.chain("甲街道")).broken is None


def test_a_file_that_became_read_only_is_read_but_not_written(
    path: str, opened: Callable[..., Store]
) -> None:
    store = opened(path)
    store._database._writer.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]
    assert failing(store, Counting("案1").work()).code == "ZR853"
    assert len(store.events("案1")) == 1
    store._database._writer.execute("PRAGMA query_only = OFF")  # type: ignore[attr-defined]
    assert store.write(Counting("案1").work()) == 2


def test_a_file_that_another_program_holds_is_waited_for_and_then_given_up(
    path: str, opened: Callable[..., Store]
) -> None:
    store = opened(path)
    store._database._writer.execute("PRAGMA busy_timeout = 100")  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert failing(store, Counting("案1").work()).code == "ZR857"
        assert len(store.events("案1")) == 1, "readers do not wait"
        other.execute("ROLLBACK")
    assert store.write(Counting("案1").work()) == 2


# --- several workers -----------------------------------------------------------------------------


def test_two_workers_on_one_database_take_turns(durable: str, opened: Callable[..., Store]) -> None:
    stores = [opened(durable), opened(durable)]
    answers: list[object] = []

    def go(store: Store, name: str) -> None:
        for n in range(40):
            answers.append(store.write(Counting(f"案{n % 3}", f"{name}{n}", f"分区{n % 3}").work()))
            # Both send this one: only one of them carries it out.
            answers.append(store.write(Counting("共", f"同{n}", "共同").work()))

    threads = [threading.Thread(target=go, args=each) for each in zip(stores, "甲乙", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    for store in stores:
        for n, count in ((0, 28), (1, 26), (2, 26)):
            assert [e.number for e in store.events(f"案{n}")] == list(range(1, count + 1))
        assert [e.number for e in store.events("共")] == list(range(1, 41))
        assert len(store.partitions()) == 4
        for partition in store.partitions():
            assert verify_chain(Chain(), partition, store.chain(partition)).broken is None


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_workers_open_an_empty_database_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    workers, rounds = 4, 6 if kind == "sqlite" else 2
    for number in range(rounds):
        postgres = kind == "postgres"
        address = (
            request.getfixturevalue("server").new_database()
            if postgres
            else str(tmp_path / f"{number}.db")
        )
        found: list[object] = []
        together = threading.Barrier(workers)

        def go(
            name: int,
            address: str = address,
            found: list[object] = found,
            together: threading.Barrier = together,
        ) -> None:
            together.wait(60)
            try:
                store = open_store(address)
                found.append(store.write(Counting(f"案{name}").work()))
                store.close()
            except StoreError as error:
                found.append(error)

        threads = [threading.Thread(target=go, args=(name,)) for name in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert found == [1] * workers


# --- PostgreSQL: lost connections ----------------------------------------------------------------


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that a test may kill."""
    with server_or_reason() as found:
        if isinstance(found, str):
            pytest.skip(found)
        yield found


def test_a_server_that_was_started_again_is_found_again(
    own_server: Server, opened: Callable[..., Store]
) -> None:
    store = opened(own_server.new_database())
    store.write(Counting("案1", "令1").work())
    own_server.stop("immediate")
    error = failing(store, Counting("案1", "令2").work())
    assert (error.code, error.uncertain) == ("ZR851", False)
    with pytest.raises(StoreError):
        store.events("案1")
    own_server.start()
    assert store.write(Counting("案1", "令2").work()) == 2
    assert len(store.events("案1")) == 2
    assert store.write(Counting("案1", "令1").work()) == 1
    own_server.stop("immediate")
    own_server.start()
    store.put_bundle(BundleRow(digest="d", code="甲", registered=1, body=b""))
    assert store.write(Counting("案1", "令3").work()) == 3, "an idle connection is replaced unseen"


def test_a_connection_lost_while_writing_leaves_it_uncertain(
    server: Server, opened: Callable[..., Store]
) -> None:
    psycopg = pytest.importorskip("psycopg")
    address = server.new_database()
    store = opened(address)
    store.write(Counting("案1", "令1").work())
    session = store._database._writer  # type: ignore[attr-defined]
    number = session.info.backend_pid
    with psycopg.connect(address, autocommit=True) as other:
        # The event's table is held, so the write hangs between its statements and its commit.
        other.execute("BEGIN")
        other.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        errors: list[StoreError] = []
        writer = threading.Thread(
            target=lambda: errors.append(failing(store, Counting("案1", "令2").work()))
        )
        writer.start()
        while not waits(other, number):
            time.sleep(0.01)
        other.execute("SELECT pg_terminate_backend(%s)", (number,))
        writer.join(60)
        other.execute("ROLLBACK")
    assert [(e.code, e.uncertain) for e in errors] == [("ZR861", True)]
    assert store.write(Counting("案1", "令2").work()) == 2, "asked again, it is carried out once"
    assert store.write(Counting("案1", "令2").work()) == 2


@pytest.mark.parametrize("seed", range(4))
def test_failures_leave_nothing_behind_on_a_connection(
    seed: int, server: Server, opened: Callable[..., Store]
) -> None:
    """Whatever fails between them, works that can be written are: no statement goes missing."""
    psycopg = pytest.importorskip("psycopg")
    address = server.new_database()
    store, chance = opened(address), random.Random(seed)
    written = 0

    def refuse(view: View) -> tuple[Change, object]:
        raise LookupError(str(view.case("案9")))

    with psycopg.connect(address, autocommit=True) as other:
        for _ in range(60):
            step = chance.choice("wwwrrspf")
            if step == "w":
                written += 1
                store.write(Counting(f"案{written % 3}", f"令{written}").work())
            elif step == "r":
                with pytest.raises(LookupError):
                    store.write(Work(partition="甲街道", run=refuse, cases=("案9",)))
            elif step == "s":
                store.sent([ticket for ticket, _ in store.messages(10)])
            elif step == "p":
                store.events("案1")
            else:
                table = chance.choice(("partitions", "messages"))
                other.execute(f"ALTER TABLE {table} ADD CONSTRAINT f CHECK (false) NOT VALID")
                assert failing(store, Counting("案1", "败").work()).code == "ZR863"
                other.execute(f"ALTER TABLE {table} DROP CONSTRAINT f")
    assert sum(len(store.events(f"案{n}")) for n in range(3)) == written


def test_a_connection_that_forgot_its_address_is_named_by_the_one_given(server: Server) -> None:
    psycopg = pytest.importorskip("psycopg")
    from zhunru.store.postgres import translated

    address = server.new_database()
    connection = psycopg.connect(address)
    connection.close()
    with pytest.raises(StoreError) as caught, translated(address, connection):
        raise psycopg.OperationalError("gone")
    assert (caught.value.code, caught.value.uncertain) == ("ZR851", False)
    assert str(server.folder) in caught.value.diagnostic.message("zh")


def waits(connection: object, number: int) -> bool:
    text = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    found = connection.execute(text, (number,)).fetchall()  # type: ignore[attr-defined]
    return bool(found and found[0][0])


def test_a_server_that_only_reads_refuses_to_write(
    server: Server, opened: Callable[..., Store]
) -> None:
    store = opened(server.new_database())
    store.write(work(opening()))
    session = store._database._writer  # type: ignore[attr-defined]
    session.execute("SET default_transaction_read_only TO on")
    assert failing(store, Counting("案1").work()).code == "ZR853"
    assert store.write(Counting("案1").work()) == 2


def test_a_worker_that_stands_still_inside_a_write_holds_up_the_others_only_for_a_while(
    server: Server, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.new_database()
    store, other = opened(address), opened(address)
    other._database._writer.execute("SET lock_timeout TO '100ms'")  # type: ignore[attr-defined]
    inside, go_on = threading.Event(), threading.Event()

    def run(view: View) -> tuple[Change, object]:
        inside.set()
        assert go_on.wait(60)
        return opening(), "好"

    slow = threading.Thread(target=store.write, args=(Work(partition="甲街道", run=run),))
    slow.start()
    assert inside.wait(60)
    assert failing(other, Counting("案2").work()).code == "ZR857"
    go_on.set()
    slow.join(60)
    assert other.write(Counting("案2").work()) == 1


def test_where_no_server_can_be_had_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.store import servers

    def missing() -> Path:
        raise servers.Missing("not installed")

    monkeypatch.setattr(servers, "programs", missing)
    monkeypatch.delenv(servers.DEMANDED, raising=False)
    with server_or_reason() as found:
        assert found == "not installed"
    monkeypatch.setenv(servers.DEMANDED, "required")
    with pytest.raises(servers.Missing), server_or_reason():
        pass
    with pytest.raises(servers.Missing), running_server():
        pass
